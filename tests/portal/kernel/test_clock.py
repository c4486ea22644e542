"""Working days: Code du travail, art. L3133-1, and the two days of Alsace-Moselle (L3134-13)."""

from datetime import date

import pytest

from portal.kernel.clock import (
    ajouter_jours_ouvres,
    is_ouvre,
    jours_ouvres_depuis,
    retirer_jours_ouvres,
)


@pytest.mark.parametrize(
    ("jour", "ouvre"),
    [
        (date(2026, 4, 3), True),  # Good Friday, but in Alsace-Moselle
        (date(2026, 4, 4), False),  # Saturday
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 4, 7), True),
        (date(2026, 5, 1), False),  # a Friday
        (date(2026, 5, 14), False),  # Ascension
        (date(2026, 5, 15), True),  # the « pont » is no holiday
        (date(2026, 7, 14), False),
        (date(2026, 12, 24), True),
        (date(2026, 12, 26), False),  # a Saturday
        (date(2025, 12, 26), True),  # a Friday, Saint Stephen's in Alsace-Moselle
        (date(2027, 1, 1), False),
        (date(2024, 2, 29), True),
    ],
)
def test_working_days(jour, ouvre):
    assert is_ouvre(jour) is ouvre


def test_alsace_moselle_has_two_more(settings):
    settings.JOURS_FERIES_ZONE = "alsace-moselle"
    assert not is_ouvre(date(2026, 4, 3))
    assert not is_ouvre(date(2025, 12, 26))
    assert not is_ouvre(date(2026, 4, 6))
    assert is_ouvre(date(2026, 4, 7))


@pytest.mark.parametrize(
    ("depart", "nombre", "fin"),
    [
        (date(2026, 4, 2), 2, date(2026, 4, 7)),  # Thursday: Friday, then over Easter
        (date(2026, 4, 30), 1, date(2026, 5, 4)),  # 1 May is a Friday
        (date(2026, 12, 30), 2, date(2027, 1, 4)),  # over the year
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # from a Saturday
    ],
)
def test_days_added(depart, nombre, fin):
    assert ajouter_jours_ouvres(depart, nombre) == fin


@pytest.mark.parametrize(
    ("depart", "nombre", "debut"),
    [
        (date(2026, 4, 7), 2, date(2026, 4, 2)),
        (date(2026, 5, 4), 1, date(2026, 4, 30)),
        (date(2027, 1, 4), 2, date(2026, 12, 30)),
        (date(2026, 11, 22), 1, date(2026, 11, 20)),  # from a Sunday
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
    ],
)
def test_days_taken_away(depart, nombre, debut):
    assert retirer_jours_ouvres(depart, nombre) == debut


@pytest.mark.parametrize(
    ("jour", "fin", "nombre"),
    [
        (date(2026, 4, 2), date(2026, 4, 7), 2),
        (date(2026, 4, 3), date(2026, 4, 6), 0),
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 12, 30), date(2027, 1, 4), 2),
    ],
)
def test_days_between(jour, fin, nombre):
    assert jours_ouvres_depuis(jour, fin) == nombre


@pytest.mark.parametrize("nombre", [0, 1, 2, 5])
def test_a_day_is_past_its_delay_as_the_limit_says(nombre):
    """Late by adding to the day, and late by a limit counted back from today, are the same."""
    for today in (date(2026, 4, day) for day in range(1, 30)):
        limite = retirer_jours_ouvres(today, nombre)
        for day in range(1, 30):
            depart = date(2026, 3, day)
            assert (ajouter_jours_ouvres(depart, nombre) < today) == (depart < limite)
