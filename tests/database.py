"""The tests' database, as another process is told of it."""

import os
from collections.abc import Callable
from urllib.parse import quote

from django.db import connection, transaction


def url() -> str:
    """Return the DATABASE_URL of the test database in use, over TCP or a socket's folder."""
    s = connection.settings_dict
    who = quote(s["USER"], safe="") + (f":{quote(s['PASSWORD'], safe='')}" if s["PASSWORD"] else "")
    port = f":{s['PORT']}" if s["PORT"] else ""
    if s["HOST"].startswith("/"):
        return f"postgres://{who}@{port}/{quote(s['HOST'])}/{s['NAME']}"
    return f"postgres://{who}@{s['HOST']}{port}/{s['NAME']}"


def environ(**changes: str) -> dict[str, str]:
    """Return the environment of a process that works on the test database."""
    kept = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return {**kept, "DJANGO_SETTINGS_MODULE": "portal.settings", "DATABASE_URL": url(), **changes}


def undone(*acts: Callable[[], object]) -> None:
    """Do `acts` in a transaction that fails at its end with a LookupError."""
    with transaction.atomic():
        for act in acts:
            act()
        raise LookupError
