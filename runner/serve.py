"""`run.py serve`: everything runs until Ctrl-C; what dies by itself is started again."""

import errno
import http.client
import re
import socket
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from runner import environment, install, servers
from runner.checkout import Checkout, Lock
from runner.console import Failure, say
from runner.process import Program, Running, last_line

START_SECONDS = 60.0
BACK_OFF_MAX = 30.0
STEADY_SECONDS = 60.0  # after that long without a fault, the next restart is immediate again
POLL_SECONDS = 0.2
LOGIN = re.compile(r"^((Résident|Agent)[^/]*:[^/]+/|Clé de famille)")


@dataclass
class Service:
    """A supervised program: restarted, later and later, when it ends by itself."""

    program: Program
    lock: int
    process: Running
    started_at: float = field(default_factory=time.monotonic)
    restart_at: float | None = None
    faults: int = 0

    def watch(self, now: float) -> None:
        """Look once: note an end, and restart when it is time."""
        if self.restart_at is None:
            code = self.process.poll()
            if code is not None:
                self._note_end(code, now)
        elif now >= self.restart_at:
            self.process = Running(self.program, lock=self.lock)
            self.started_at, self.restart_at = now, None

    def stop(self) -> None:
        """End the process it has by then, the restarted one if it was restarted."""
        self.process.stop()

    def _note_end(self, code: int, now: float) -> None:
        self.process.stop()
        if now - self.started_at > STEADY_SECONDS:
            self.faults = 0
        delay = min(2.0**self.faults, BACK_OFF_MAX)
        self.faults += 1
        self.restart_at = now + delay
        say(
            f"{self.program.name} s’est arrêté (code {code}), relance dans {delay:.0f} s ; "
            f"détails dans {self.program.log}"
        )


def serve(checkout: Checkout, lock: Lock) -> None:
    """Start everything, say where it is, watch it until a signal raises Stop."""
    port = environment.port()
    check_port_is_free(port)
    _turn_logs(checkout)
    install.ensure(checkout, "embedded")
    with ExitStack() as stack:
        found = servers.kept(checkout)
        processes = stack.enter_context(servers.started(found, lock=lock.fd))
        addresses = servers.addresses(found)
        secret = environment.kept_secret(checkout)
        env = environment.for_children(checkout, **addresses, PARVIS_SECRET_KEY=secret)
        logins = prepare(checkout, env)
        services = [Service(process.program, lock.fd, process) for process in processes]
        for program in (worker(checkout, env), web(checkout, env, port)):
            service = Service(program, lock.fd, Running(program, lock=lock.fd))
            services.append(service)
        for service in services:
            stack.callback(service.stop)
        wait_until_served(port, services)
        announce(logins, checkout)
        while True:
            for service in services:
                service.watch(time.monotonic())
            time.sleep(POLL_SECONDS)


def check_port_is_free(port: int) -> None:
    """Refuse early a port that we could not have, or share with a stranger on IPv6."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except PermissionError:
            raise Failure(
                f"Le port {port} est réservé à l’administrateur : choisissez-en un plus grand, "
                "par exemple PORT=8000 python3 run.py",
            ) from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Failure(
                    f"Le port {port} est déjà pris par un autre programme : choisissez-en un "
                    f"autre, par exemple PORT={other_port(port)} python3 run.py"
                ) from None
            # Otherwise: no IPv6 on this machine, which is fine.


def other_port(port: int) -> int:
    return port + 1 if port < 65535 else 8000


def prepare(checkout: Checkout, env: dict[str, str]) -> list[str]:
    """Migrate, collect static files, load the demonstration town; return the logins."""
    log = checkout.logs / "prepare.log"
    program = Program(
        name="prepare",
        command=(checkout.python, "manage.py", "prepare", "--demo"),
        cwd=checkout.root,
        env=env,
        log=log,
    )
    logins = []
    process = Running(program, stdout=subprocess.PIPE)
    try:
        for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip()
            if LOGIN.match(line.replace("\u00a0", " ")):
                logins.append(line)
            elif line:
                say(line)
        code = process.wait()
    finally:
        process.stop()
    if code != 0:
        raise Failure(f"La préparation a échoué : {last_line(log)} (journal : {log})")
    return logins


def worker(checkout: Checkout, env: dict[str, str]) -> Program:
    """The worker, with beat inside: one of each is enough for one machine."""
    return Program(
        name="worker",
        command=(
            *(
                checkout.python,
                "-m",
                "celery",
                "-A",
                "portal",
                "worker",
                "-P",
                "threads",
                "-c",
                "2",
            ),
            *("-B", "--scheduler", "celery.beat:Scheduler", "--loglevel", "INFO"),
            *("--without-gossip", "--without-mingle"),
        ),
        cwd=checkout.root,
        env=env | {"PARVIS_PROCESS": "worker"},
        log=checkout.logs / "worker.log",
        grace=1.5,
    )


def web(checkout: Checkout, env: dict[str, str], port: int) -> Program:
    """The web server, for this machine only: the demonstration's passwords are known."""
    return Program(
        name="web",
        command=(
            *(checkout.python, "-m", "granian", "--interface", "wsgi", "--no-ws"),
            *("--workers", "2", "--blocking-threads", "16", "--workers-kill-timeout", "1"),
            *("--respawn-failed-workers", "--host", "127.0.0.1", "--port", str(port)),
            "portal.wsgi:application",
        ),
        cwd=checkout.root,
        env=env | {"PARVIS_PROCESS": "web"},
        log=checkout.logs / "web.log",
        grace=1.5,
    )


def wait_until_served(port: int, services: list[Service]) -> None:
    """Until /sante/ answers; a web that dies at its start is not tried for ever."""
    deadline = time.monotonic() + START_SECONDS
    while not _is_served(port):
        late = services[-1:] if time.monotonic() > deadline else []
        for service in late + [one for one in services if one.process.poll() is not None]:
            name, log = service.program.name, service.program.log
            raise Failure(f"{name} ne démarre pas : {last_line(log)} (journal : {log})")
        time.sleep(0.05)


def _is_served(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        host = urlsplit(environment.public_url()).netloc
        connection.request("GET", "/sante/", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def announce(logins: list[str], checkout: Checkout) -> None:
    """The address, then the logins of the demonstration."""
    say(f"Parvis est prêt : {environment.public_url()}/")
    for line in logins:
        say(line)
    say(f"Ctrl-C pour tout arrêter. Journaux : {checkout.logs}")


def _turn_logs(checkout: Checkout) -> None:
    """Keep one earlier run of each log: enough to look at what happened, never a full disk."""
    for log in checkout.logs.glob("*.log"):
        log.replace(log.with_name(log.name + ".1"))
