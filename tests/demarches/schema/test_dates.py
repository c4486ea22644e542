"""Days as people write them, and those that cannot be."""

from datetime import date

import pytest
import time_machine

from demarches.schema import bornes
from tests.demarches.formulaires import answer, champ, error, page

PAST = {"min": "aujourdhui-150a", "max": "aujourdhui"}


@pytest.mark.parametrize(
    "typed",
    [
        "24/11/2024",
        "24-11-2024",
        "24.11.2024",
        "24 11 2024",
        "24 / 11 / 2024",
        "24/11/2024 ",
        "\u00a024/11/2024",
        "2024-11-24",
        "24 novembre 2024",
        "24 NOVEMBRE 2024",
        "dimanche 24 novembre 2024",
        "24  novembre   2024",
        "24\u202fnovembre\u00a02024",
        # The digits pad that phones show for this field has neither slash nor space.
        "24112024",
    ],
)
def test_usual_ways_of_writing_a_day(typed):
    assert answer("date", typed) == "2024-11-24"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("1/3/2024", "2024-03-01"),
        ("01/03/2024", "2024-03-01"),
        ("1er mars 2024", "2024-03-01"),
        ("14 août 1987", "1987-08-14"),
        ("14 aout 1987", "1987-08-14"),
        ("2 février 2000", "2000-02-02"),
        ("31 DÉCEMBRE 1999", "1999-12-31"),
        ("14 aou\u0302t 1987", "1987-08-14"),  # accent typed as a mark of its own
        ("2024-3-1", "2024-03-01"),
    ],
)
def test_months_in_words_and_short_numbers(typed, day):
    assert answer("date", typed) == day


@pytest.mark.parametrize(
    "typed",
    [
        "31/02/2024",
        "29/02/2023",
        "29/02/1900",
        "31/04/2024",
        "0/1/2024",
        "1/13/2024",
        "99/99/2024",
        "1/1/0000",
    ],
)
def test_day_that_does_not_exist(typed):
    assert error("date", typed) == "Ce jour n’existe pas. Vérifiez le jour et le mois."


@pytest.mark.parametrize("typed", ["29/02/2024", "29/02/2000", "29 février 1904"])
def test_29_february_of_a_leap_year(typed):
    assert answer("date", typed).endswith("-02-29")


@pytest.mark.parametrize(
    "typed",
    ["24/11/202", "24/11/24", "1/1/1", "24/11/20245", "24 novembre 24", "1/1/" + "9" * 5000],
)
def test_year_without_four_digits(typed):
    assert "quatre chiffres" in error("date", typed)


@pytest.mark.parametrize(
    "typed",
    [
        "hier",
        "24",
        "24/11",
        "novembre 2024",
        "24 brumaire 2024",
        "2024/11/24x",
        "😀",
        "x" * 10_000,
        "-",
        "24//2024",
        "٠",
    ],
)
def test_what_is_no_day_is_answered_with_an_example(typed):
    assert "24/11/2026" in error("date", typed)


@pytest.mark.parametrize("typed", ["", " ", "  \u00a0 ", "\x00"])
def test_empty_day(typed):
    assert error("date", typed) == "Ce champ est obligatoire."
    assert answer("date", typed, requis=False) is None


@time_machine.travel("2026-11-24T12:00:00+01:00")
def test_limits_counted_from_today():
    assert answer("date", "24/11/2026", **PAST) == "2026-11-24"
    late = error("date", "25/11/2026", **PAST)
    assert "trop tardive" in late
    assert "au plus tard le 24/11/2026" in late
    assert answer("date", "24/11/1876", **PAST) == "1876-11-24"
    old = error("date", "23/11/1876", **PAST)
    assert "trop ancienne" in old
    assert "24/11/1876" in old
    assert "trop ancienne" in error("date", "24/11/0202", **PAST)


def test_limits_that_are_days():
    limits = {"min": "2026-01-01", "max": "2026-12-31"}
    assert answer("date", "01/01/2026", **limits)
    assert answer("date", "31/12/2026", **limits)
    assert "trop ancienne" in error("date", "31/12/2025", **limits)
    assert "trop tardive" in error("date", "01/01/2027", **limits)


@pytest.mark.parametrize(
    ("now", "today"),
    [
        # Winter: Paris is an hour ahead of UTC.
        ("2026-01-14T22:59:59+00:00", date(2026, 1, 14)),
        ("2026-01-14T23:00:00+00:00", date(2026, 1, 15)),
        # Summer: two hours.
        ("2026-07-14T21:59:59+00:00", date(2026, 7, 14)),
        ("2026-07-14T22:00:00+00:00", date(2026, 7, 15)),
        # The nights when the clock changes.
        ("2026-03-28T23:00:00+00:00", date(2026, 3, 29)),
        ("2026-03-29T21:59:59+00:00", date(2026, 3, 29)),
        ("2026-03-29T22:00:00+00:00", date(2026, 3, 30)),
        ("2026-10-24T22:00:00+00:00", date(2026, 10, 25)),
        ("2026-10-25T22:59:59+00:00", date(2026, 10, 25)),
        ("2026-10-25T23:00:00+00:00", date(2026, 10, 26)),
        # New Year's Eve.
        ("2026-12-31T23:00:00+00:00", date(2027, 1, 1)),
    ],
)
def test_today_changes_at_midnight_in_paris(now, today):
    with time_machine.travel(now, tick=False):
        assert answer("date", f"{today:%d/%m/%Y}", **PAST) == today.isoformat()
        assert "trop tardive" in error("date", f"{bornes.add_months(today, 1):%d/%m/%Y}", **PAST)
        assert bornes.resolve("aujourdhui") == today


@time_machine.travel("2024-02-29T12:00:00+01:00")
def test_limits_counted_from_29_february():
    assert bornes.resolve("aujourdhui-1a") == date(2023, 2, 28)
    assert bornes.resolve("aujourdhui+4a") == date(2028, 2, 29)
    assert bornes.resolve("aujourdhui-150a") == date(1874, 2, 28)
    assert bornes.resolve("aujourdhui+1j") == date(2024, 3, 1)


@time_machine.travel("2026-01-31T12:00:00+01:00")
def test_months_end_on_their_last_day():
    assert bornes.resolve("aujourdhui+1m") == date(2026, 2, 28)
    assert bornes.resolve("aujourdhui+3m") == date(2026, 4, 30)
    assert bornes.resolve("aujourdhui-1m") == date(2025, 12, 31)
    assert bornes.resolve("aujourdhui-2m") == date(2025, 11, 30)
    assert bornes.resolve("aujourdhui+12m") == date(2027, 1, 31)


def test_example_is_shown_unless_the_definition_has_its_own():
    assert page(champ("date"))["x"].help_text == "Exemple : 24/11/2026"
    own = "Un samedi. Exemple : 14/06/1998"
    assert page(champ("date", aide=own))["x"].help_text == own


LIMITS = [
    {},
    {"min": "aujourdhui"},
    {"max": "aujourdhui"},
    {"min": "aujourdhui", "max": "aujourdhui+1a"},
    {"min": "aujourdhui", "max": "aujourdhui+3m"},
    {"min": "aujourdhui", "max": "aujourdhui+5j"},
    {"min": "aujourdhui", "max": "aujourdhui"},
    {"min": "aujourdhui-5a", "max": "aujourdhui"},
    {"min": "aujourdhui-9j", "max": "aujourdhui"},
    {"min": "aujourdhui-150a", "max": "aujourdhui"},
    {"min": "2031-01-01", "max": "2031-12-31"},
]


@pytest.mark.parametrize("limits", LIMITS, ids=str)
@pytest.mark.parametrize("today", ["2026-11-24", "2028-02-29", "2035-12-31"])
def test_example_obeys_the_limits_of_the_field(limits, today):
    with time_machine.travel(f"{today}T12:00:00+01:00"):
        hint = page(champ("date", aide="Une règle.", **limits))["x"].help_text
        rule, _sep, example = hint.partition(" Exemple : ")
        assert rule == "Une règle."
        assert answer("date", example, **limits)


@time_machine.travel("2026-12-20T12:00:00+01:00")
def test_example_of_a_day_to_come_leaves_the_working_days_that_hints_ask_for():
    hint = page(champ("date", min="aujourdhui", max="aujourdhui+3m"))["x"].help_text
    assert hint == "Exemple : 19/01/2027"
