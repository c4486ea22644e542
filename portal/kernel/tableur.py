"""Tables for spreadsheets (CSV), that run nothing when they are opened."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# What makes a spreadsheet read a cell as a formula (OWASP, CSV Injection), full-width forms too.
_FORMULES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defuser(valeur: str) -> str:
    """Return a text that a spreadsheet shows and never works out."""
    return f"'{valeur}" if valeur.lstrip(" ").startswith(_FORMULES) else valeur


def ecrire(lignes: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file as French spreadsheets open it: `;`, UTF-8 with its mark, formulas
    defused.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([defuser(value) for value in ligne] for ligne in lignes)
    return text.getvalue().encode("utf-8-sig")
