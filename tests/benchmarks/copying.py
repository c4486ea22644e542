"""Rows into PostgreSQL by COPY, and a bar that shows how far it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models
from django.db.models import Max
from psycopg.sql import SQL, Identifier

WIDTH = 30


class Table:
    """The table of a model, filled by the columns named; the others take their Django default."""

    def __init__(self, model: type[models.Model], *columns: str) -> None:
        fields = [f for f in model._meta.concrete_fields if not f.generated]
        unknown = set(columns) - {field.attname for field in fields}
        if unknown:
            raise ValueError(f"{model.__name__} has no column {', '.join(sorted(unknown))}")
        rest = [f for f in fields if f.attname not in columns and not f.primary_key]
        self.model = model
        self._filler = tuple(f.get_db_prep_save(f.get_default(), connection) for f in rest)
        self._statement = SQL("COPY {} ({}) FROM STDIN").format(
            Identifier(model._meta.db_table),
            SQL(", ").join(Identifier(name) for name in (*columns, *(f.attname for f in rest))),
        )

    def copy(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Write rows, each with the values of the named columns."""
        with connection.cursor() as cursor, cursor.copy(self._statement) as copy:
            for row in rows:
                copy.write_row(row + self._filler)

    def next_id(self) -> int:
        return (self.model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1


def reset_sequences(*tables: Table) -> None:
    """Let the next row that Django makes come after those copied with their id."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), [t.model for t in tables]):
            cursor.execute(sql)


class Bar:
    """« label [####....] 40 % » on a terminal, and one line with the time at the end."""

    def __init__(self, label: str, total: int, *, quiet: bool = False) -> None:
        self.label, self.total, self.done = label, max(total, 1), 0
        self._quiet = quiet
        self._start = time.monotonic()

    def advance(self, count: int) -> None:
        self.done += count
        if not self._quiet and sys.stderr.isatty():
            full = WIDTH * self.done // self.total
            bar = "#" * full + "." * (WIDTH - full)
            share = 100 * self.done // self.total
            sys.stderr.write(f"\r{self.label} [{bar}] {share} %")
            sys.stderr.flush()

    def end(self) -> None:
        if not self._quiet:
            elapsed = time.monotonic() - self._start
            lead = "\r\x1b[K" if sys.stderr.isatty() else ""
            sys.stderr.write(f"{lead}{self.label}: {self.done:,} in {elapsed:.1f} s\n")
