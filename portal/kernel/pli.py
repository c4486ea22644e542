"""What people type, folded by the database: to compare and to search by an index."""

from __future__ import annotations

from django.db.models import Func, TextField

# Also written by hand in SQL: PostgreSQL takes the index when the expression is the same.
SQL = "regexp_replace(lower(kernel_unaccent({})), '[^[:alnum:]]+', '', 'g')"


class Pli(Func):
    """The text in small letters without accents, spaces or punctuation: « N’Guyen » and « nguyen »
    meet, « 12, rue d’Anjou » and « 12 rue d'Anjou » too.
    """

    template = SQL.format("%(expressions)s")
    arity = 1
    output_field = TextField()
