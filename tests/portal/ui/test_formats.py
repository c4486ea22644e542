"""Dates, money and phone numbers, as French people write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from portal.ui import formats


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 11, 24), "mardi 24 novembre 2026"),
        (date(2026, 3, 1), "dimanche 1er mars 2026"),
        (date(2024, 2, 29), "jeudi 29 février 2024"),
        (utc(2026, 11, 24, 13, 30), "mardi 24 novembre 2026"),
        (utc(2026, 12, 31, 23, 30), "vendredi 1er janvier 2027"),  # already tomorrow in Paris
    ],
)
def test_date_longue(value, expected):
    assert formats.date_longue(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (utc(2026, 11, 24, 13, 30), "mardi 24 novembre 2026 à 14\u00a0h\u00a030"),
        (utc(2026, 7, 14, 7, 5), "mardi 14 juillet 2026 à 9\u00a0h\u00a005"),
        (utc(2026, 11, 24, 8, 0), "mardi 24 novembre 2026 à 9\u00a0h"),
        # Both sides of the two clock changes of 2026, in Paris.
        (utc(2026, 3, 29, 0, 59), "dimanche 29 mars 2026 à 1\u00a0h\u00a059"),
        (utc(2026, 3, 29, 1, 0), "dimanche 29 mars 2026 à 3\u00a0h"),
        (utc(2026, 10, 25, 0, 30), "dimanche 25 octobre 2026 à 2\u00a0h\u00a030"),
        (utc(2026, 10, 25, 1, 30), "dimanche 25 octobre 2026 à 2\u00a0h\u00a030"),
    ],
)
def test_date_heure(value, expected):
    assert formats.date_heure(value) == expected


@time_machine.travel("2026-11-24T12:00:00Z")
def test_does_not_depend_on_the_locale_of_the_machine(monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert formats.date_longue(datetime.now(UTC)) == "mardi 24 novembre 2026"


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        formats.date_heure(datetime(2026, 11, 24, 14, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "expected"),
    [(date(2026, 11, 4), "04/11/2026"), (utc(2026, 11, 24, 23, 30), "25/11/2026")],
)
def test_date_courte(value, expected):
    assert formats.date_courte(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 11, 4), "2026-11-04"),
        (utc(2026, 11, 24, 13, 30), "2026-11-24T14:30:00+01:00"),
        (utc(2026, 7, 1, 0, 0), "2026-07-01T02:00:00+02:00"),
    ],
)
def test_iso(value, expected):
    assert formats.iso(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (timedelta(0), "1\u00a0seconde"),
        (45, "45\u00a0secondes"),
        (60, "1\u00a0minute"),
        (61, "2\u00a0minutes"),  # never announced too short
        (timedelta(minutes=30), "30\u00a0minutes"),
        (3600, "1\u00a0heure"),
        (timedelta(hours=1, minutes=30), "1\u00a0heure\u00a030"),
        (timedelta(hours=47), "47\u00a0heures"),
        (timedelta(hours=48), "2\u00a0jours"),
        (timedelta(days=30), "30\u00a0jours"),
    ],
)
def test_duree(value, expected):
    assert formats.duree(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1234.5"), "1\u202f234,50\u00a0€"),
        (Decimal("0"), "0,00\u00a0€"),
        (12, "12,00\u00a0€"),
        (Decimal("1234567.89"), "1\u202f234\u202f567,89\u00a0€"),
        (Decimal("-3.10"), "-3,10\u00a0€"),
    ],
)
def test_montant(value, expected):
    assert formats.montant(value) == expected


@pytest.mark.parametrize(
    ("nom", "expected"),
    [
        ("Odette", "d’Odette"),
        ("Émile", "d’Émile"),
        ("Œdipe", "d’Œdipe"),
        ("Yves", "d’Yves"),
        ("Yasmine", "de Yasmine"),
        ("Léa", "de Léa"),
        ("Hélène", "de Hélène"),
        ("Σοφία", "de Σοφία"),
        ("", "de "),
    ],
)
def test_de(nom, expected):
    assert formats.de(nom) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0612345678", "06 12 34 56 78"),
        ("+33612345678", "06 12 34 56 78"),
        ("02.61.91.00.00", "02 61 91 00 00"),
        ("+32470123456", "+32 470 12 34 56"),
        ("+262692123456", "+262 692 12 34 56"),
        ("demander l’accueil", "demander l’accueil"),
        ("12", "12"),
        ("", ""),
    ],
)
def test_telephone(value, expected):
    assert formats.telephone(value).replace("\u00a0", " ") == expected
