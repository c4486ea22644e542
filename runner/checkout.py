"""Where things are: the checkout, its `var/` folder, its short folder for sockets."""

import fcntl
import hashlib
import json
import os
import pwd
import shutil
import stat
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.console import Failure, warn

# sockaddr_un holds 104 bytes on macOS, 108 on Linux; PostgreSQL appends "/.s.PGSQL.5432".
SOCKET_DIR_MAX = 80
LEFTOVER_WAIT = 20.0


@dataclass(frozen=True)
class Checkout:
    """One copy of the project and what belongs to it on this machine."""

    root: Path

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def key(self) -> str:
        """A short name of this checkout for folders that must live elsewhere."""
        return hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]

    def make_var(self) -> None:
        """Create `var/` or say in one line why it cannot be written."""
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise Failure(self._unwritable(self.var)) from None
        for folder in (self.var, self.logs):
            if not os.access(folder, os.W_OK | os.X_OK):
                raise Failure(self._unwritable(folder))

    def _unwritable(self, folder: Path) -> str:
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        return (
            f"Impossible d’écrire dans {existing} (propriétaire : {owner(existing)}) : "
            "changez ses droits, ou copiez Parvis dans un dossier à vous."
        )

    def socket_dir(self) -> Path:
        """The folder of the sockets: short, the same at each start, closed to others.

        Not under var/, because a deep checkout would exceed the length of a socket's path.
        """
        return private_dir(short_temp() / f"parvis-{os.getuid()}-{self.key}")


def owner(path: Path) -> str:
    """The name of the owner of a file, or its number."""
    uid = path.stat().st_uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def short_temp() -> Path:
    """The temporary folder, or /tmp where its path is too long for a socket."""
    folder = Path(tempfile.gettempdir())
    return folder if len(os.fsencode(folder)) <= SOCKET_DIR_MAX - 40 else Path("/tmp")  # noqa: S108


def private_dir(path: Path) -> Path:
    """Create a folder for us alone; one that someone else prepared under our name is refused."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        state = path.lstat()
        if not stat.S_ISDIR(state.st_mode) or (os.getuid() not in (0, state.st_uid)):
            raise Failure(
                f"{path} appartient à quelqu’un d’autre : supprimez ce dossier."
            ) from None
    except OSError as error:
        raise Failure(f"Impossible de créer {path} : {error.strerror}.") from None
    path.chmod(0o700)
    return path


def remove_tree(path: Path) -> None:
    """Remove a folder, its absence being fine."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def lives(pid: int) -> bool:
    """Whether a process has this number, ours or not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Lock:
    """One supervisor a checkout, held as a file lock that the system frees when its holders die.

    The guards of the services inherit it: after a kill -9 it is free only when all of them have
    stopped what they guard, so two PostgreSQL never open the same data.
    """

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def acquire(self, **info: Any) -> bool:
        """Take the lock, or answer False while a living process has it."""
        deadline = time.monotonic() + LEFTOVER_WAIT
        waiting = False
        while not self._try():
            if self._holder_lives() or time.monotonic() > deadline:
                return False
            if not waiting:
                warn("L’exécution précédente a été interrompue, ses services se terminent…")
                waiting = True
            time.sleep(0.1)
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, json.dumps({"pid": os.getpid(), **info}).encode(), 0)
        return True

    def holder(self) -> dict[str, Any]:
        """What the one who has the lock wrote about itself."""
        try:
            holder: dict[str, Any] = json.loads(os.pread(self.fd, 4096, 0))
        except ValueError:
            return {}
        return holder

    def _try(self) -> bool:
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder_lives(self) -> bool:
        pid = self.holder().get("pid")
        return isinstance(pid, int) and lives(pid)
