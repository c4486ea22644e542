"""Working days, as a town hall counts them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays
from django.conf import settings

SATURDAY = 5


def is_ouvre(jour: date) -> bool:
    """Tell whether a day (Paris calendar) is a working day: no weekend, no French public holiday.

    Public holidays: Code du travail, art. L3133-1; Alsace-Moselle adds two (setting
    `JOURS_FERIES_ZONE`).
    """
    return jour.weekday() < SATURDAY and jour not in _feries(jour.year, settings.JOURS_FERIES_ZONE)


def ajouter_jours_ouvres(jour: date, nombre: int) -> date:
    """Return the `nombre`-th working day after `jour`, which itself does not count."""
    while nombre > 0:
        jour += timedelta(days=1)
        nombre -= is_ouvre(jour)
    return jour


def retirer_jours_ouvres(jour: date, nombre: int) -> date:
    """Return the `nombre`-th working day before `jour`, which itself does not count."""
    while nombre > 0:
        jour -= timedelta(days=1)
        nombre -= is_ouvre(jour)
    return jour


def jours_ouvres_depuis(jour: date, fin: date) -> int:
    """Return how many working days have begun after `jour`, up to `fin` which counts."""
    return sum(is_ouvre(jour + timedelta(days=n)) for n in range(1, (fin - jour).days + 1))


@lru_cache(maxsize=32)
def _feries(annee: int, zone: str) -> frozenset[date]:
    subdiv = "57" if zone == "alsace-moselle" else None
    return frozenset(holidays.country_holidays("FR", subdiv=subdiv, years=annee))
