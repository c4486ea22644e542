"""A database of its own, beside the one the environment names: nobody's data is ever touched."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg.sql import SQL, Composable, Identifier, Literal

SUFFIX = "_parvis_bench"


class Database:
    """The database of a run. `reuse` keeps it afterwards, and takes up one of the same size."""

    def __init__(self, *, accounts: int, requests: int, reuse: bool) -> None:
        self.size = f"{accounts} accounts, {requests} requests"
        self.reuse = reuse
        address, _, options = given_url().partition("?")
        parts = urlsplit(address)
        # As portal.settings.env reads it, which cannot be imported before the name is changed: the
        # folder of a socket may stand before the name of the base, which libpq does not know.
        folder, _, name = parts.path.rpartition("/")
        given = {
            "dbname": name,
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "host": unquote(parts.hostname or "") or folder.removeprefix("/"),
            "port": str(parts.port or ""),
        }
        self._server = {key: value for key, value in given.items() if value}
        self.name = name + SUFFIX
        self.url = f"{address.rpartition('/')[0]}/{self.name}" + (options and f"?{options}")

    def create(self) -> bool:
        """Make the database, name it in the environment; return whether the town must be built."""
        found = self.reuse and self._recorded_size() == self.size
        if not found:
            self.drop()
            self._execute(SQL("CREATE DATABASE {}").format(Identifier(self.name)))
            # Parallel workers end with their query: the CPU they took could not be attributed.
            self._execute(
                SQL("ALTER DATABASE {} SET max_parallel_workers_per_gather = 0").format(
                    Identifier(self.name)
                )
            )
        os.environ["DATABASE_URL"] = self.url
        os.environ.pop("DATABASE_URL_FILE", None)
        return not found

    def record_size(self) -> None:
        """Note that the town is complete (read by a later run with `reuse`)."""
        self._execute(
            SQL("COMMENT ON DATABASE {} IS {}").format(Identifier(self.name), Literal(self.size))
        )

    def leave(self) -> None:
        """Remove the database, unless it was asked to be kept."""
        if not self.reuse:
            with suppress(psycopg.OperationalError):  # the server may be stopping with us
                self.drop()

    def drop(self) -> None:
        self._execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(self.name)))

    def _recorded_size(self) -> str | None:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        with psycopg.connect(**self._server) as connection:
            row = connection.execute(query, [self.name]).fetchone()
        return row[0] if row else None

    def _execute(self, statement: Composable) -> None:
        with psycopg.connect(**self._server, autocommit=True) as connection:
            connection.execute(statement)


def given_url() -> str:
    """Return the address in the environment, read before Django is: ours replaces it."""
    path = os.environ.get("DATABASE_URL_FILE")
    return Path(path).read_text().strip() if path else os.environ["DATABASE_URL"]
