"""What the person at the terminal reads, in French, and the errors that are one line of it."""

import os
import re
import sys
from typing import TextIO


class Failure(Exception):
    """Something the person can mend: one line that says what to do, and an exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Stop(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal; not an Exception, so that nothing swallows it."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


def typography(text: str) -> str:
    """Put the no-break spaces of French typography, which are unreadable in the source."""
    text = re.sub(r" ([:;?!»])", "\u00a0\\1", text)
    return text.replace("« ", "«\u00a0")


def say(text: str) -> None:
    """One line on the standard output, at once."""
    _write(sys.stdout, text)


def warn(text: str) -> None:
    """One line on the standard error: trouble, or progress that is nobody's output."""
    _write(sys.stderr, text)


def ask(question: str) -> bool:
    """A yes-or-no question; anything but a clear yes is no."""
    if not sys.stdin.isatty():
        raise Failure(f"{question} Sans terminal, confirmez avec --yes.", 2)
    answer = input(typography(f"{question} [o/N] "))
    return answer.strip().lower() in {"o", "oui", "y", "yes"}


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(typography(text) + "\n")
        stream.flush()
    except OSError:
        # `run.py | head`, a closed terminal: whoever listened has gone, the services go on.
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())
