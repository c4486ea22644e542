"""Limits of dates in a definition: a day, or one counted from today."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from django.utils import timezone

_RELATIVE = re.compile(r"aujourdhui(?:([+-])(\d{1,4})([jma]))?")


def is_valid(borne: str) -> bool:
    """Tell whether a limit is written as `2026-11-24`, `aujourdhui`, `aujourdhui-150a`, `…+30j` or
    `…+6m`.
    """
    try:
        resolve(borne)
    except (ValueError, OverflowError):  # no such day, or outside of the calendar
        return False
    return True


def resolve(borne: str) -> date:
    """Return the day a valid limit means today, in the town (Europe/Paris)."""
    match = _RELATIVE.fullmatch(borne)
    if match is None:
        return date.fromisoformat(borne)
    today = timezone.localdate()
    sign, count, unit = match.groups()
    if sign is None:
        return today
    number = int(count) * (1 if sign == "+" else -1)
    if unit == "j":
        return today + timedelta(days=number)
    return add_months(today, number * (12 if unit == "a" else 1))


def are_impossible(low: str, high: str) -> bool:
    """Tell whether no day can lie between two valid limits, whatever day it is.

    Only what is always so counts: a definition that was right when published stays readable.
    """
    first, last = _RELATIVE.fullmatch(low), _RELATIVE.fullmatch(high)
    if first is None and last is None:
        return date.fromisoformat(high) < date.fromisoformat(low)
    if first is None or last is None:
        return False
    (from_unit, start), (to_unit, end) = _shift(first), _shift(last)
    return start > end if from_unit == to_unit or not (start and end) else start > 0 > end


def _shift(match: re.Match[str]) -> tuple[str, int]:
    sign, count, unit = match.groups()
    return (unit, int(count) * (1 if sign == "+" else -1)) if sign else ("", 0)


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later (or earlier), or the last of that month (31 January + 1
    month).
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
