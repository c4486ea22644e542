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


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later (or earlier), or the last of that month (31 January + 1
    month).
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
