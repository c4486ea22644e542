"""Postal addresses: French, foreign, optional, half-typed (A3: acts are sent abroad too)."""

import pytest

from demarches.schema import lecture
from portal.ui.controls import controle
from tests.demarches.formulaires import champ, definition, page, section

FRANCE = {
    "x__voie": "12 rue de l’Église",
    "x__complement": "Bâtiment B",
    "x__code_postal": "49100",
    "x__commune": "Angers",
    "x__pays": "FR",
}


def answer(typed, **options):
    form = page(champ("adresse", **options), typed=typed)
    assert form.is_valid(), form.errors
    return form.reponses.get("x")


def errors(typed, **options):
    form = page(champ("adresse", **options), typed=typed)
    assert not form.is_valid(), form.reponses
    return {name: str(messages[0]) for name, messages in form.errors.items()}


def lines(typed, **options):
    whole = definition(section(champ("adresse", **options)))
    ((_label, text),) = lecture.lire_demande(whole, {"x": answer(typed, **options)})[0].lignes
    return text.split("\n")


def test_french_address_reads_as_on_an_envelope():
    assert answer(FRANCE) == {
        "voie": "12 rue de l’Église",
        "complement": "Bâtiment B",
        "code_postal": "49100",
        "commune": "Angers",
        "pays": "FR",
    }
    assert lines(FRANCE) == ["12 rue de l’Église", "Bâtiment B", "49100 Angers"]


def test_french_post_code_may_hold_spaces():
    assert answer(FRANCE | {"x__code_postal": " 49 100 "})["code_postal"] == "49100"
    assert answer(FRANCE | {"x__code_postal": "20000"})["code_postal"] == "20000"


@pytest.mark.parametrize(
    "code", ["4910", "491000", "4910O", "2A004", "SW1A 1AA", "-", "４９１００"]
)
def test_french_post_code_has_five_digits(code):
    assert errors(FRANCE | {"x__code_postal": code}) == {
        "x__code_postal": "En France, le code postal a 5 chiffres. Exemple : 49100."
    }


@pytest.mark.parametrize(
    ("code", "town", "country", "last"),
    [
        ("1000", "Bruxelles", "BE", ["1000 Bruxelles", "Belgique"]),
        ("SW1A 1AA", "London", "GB", ["SW1A 1AA London", "Royaume-Uni"]),
        ("H2X 1Y4", "Montréal", "CA", ["H2X 1Y4 Montréal", "Canada"]),
        ("12500-000", "São Paulo", "BR", ["12500-000 São Paulo", "Brésil"]),
    ],
)
def test_foreign_address(code, town, country, last):
    typed = FRANCE | {"x__code_postal": code, "x__commune": town, "x__pays": country}
    assert answer(typed)["pays"] == country
    assert lines(typed)[-2:] == last


@pytest.mark.parametrize(
    ("town", "country"), [("Dubaï", "AE"), ("Hong Kong", "HK"), ("Abidjan", "CI")]
)
def test_countries_without_post_codes(town, country):
    typed = FRANCE | {"x__code_postal": "", "x__commune": town, "x__pays": country}
    assert answer(typed)["commune"] == town
    assert lines(typed)[-2] == town


def test_address_without_country_is_french():
    typed = {name: value for name, value in FRANCE.items() if name != "x__pays"}
    assert answer(typed, france=True)["pays"] == "FR"
    assert "x__code_postal" in errors(typed | {"x__code_postal": "1000"}, france=True)
    assert "x__pays" not in page(champ("adresse", france=True)).fields


def test_country_of_no_list():
    assert errors(FRANCE | {"x__pays": "XX"})["x__pays"] == "Choisissez un pays de la liste."


def test_required_address_left_empty_names_each_part():
    found = errors({name: "" for name in FRANCE} | {"x__pays": "FR"})
    assert set(found) == {"x__voie", "x__code_postal", "x__commune"}


def test_complement_is_never_required():
    assert answer(FRANCE | {"x__complement": ""})["complement"] == ""
    assert lines(FRANCE | {"x__complement": " "}) == ["12 rue de l’Église", "49100 Angers"]


def test_optional_address_may_be_left_empty():
    # The list of countries always sends something.
    assert answer({name: "" for name in FRANCE} | {"x__pays": "FR"}, requis=False) is None


@pytest.mark.parametrize("left_out", ["voie", "code_postal", "commune"])
def test_optional_address_half_typed_is_to_be_completed(left_out):
    found = errors(FRANCE | {f"x__{left_out}": ""}, requis=False)
    assert found == {f"x__{left_out}": "Complétez l’adresse, ou effacez-la en entier."}


@pytest.mark.parametrize("typed", ["voie", "complement", "code_postal", "commune"])
def test_one_line_of_an_optional_address_is_not_thrown_away(typed):
    empty = dict.fromkeys(FRANCE, "") | {"x__pays": "FR"}
    assert errors(empty | {f"x__{typed}": FRANCE[f"x__{typed}"]}, requis=False)


@pytest.mark.parametrize("part", ["voie", "complement", "commune"])
def test_line_too_long(part):
    assert "10000 caractères" in errors(FRANCE | {f"x__{part}": "a" * 10_000})[f"x__{part}"]


def test_post_code_too_long():
    typed = FRANCE | {"x__code_postal": "1" * 13, "x__pays": "BE"}
    assert "12" in errors(typed)["x__code_postal"]


def test_lines_hold_no_line_end_and_no_control():
    typed = FRANCE | {"x__voie": "12 rue\r\nde\x00 l’Église"}
    assert answer(typed)["voie"] == "12 rue de l’Église"


@pytest.mark.parametrize("requis", [True, False])
def test_what_france_requires_is_marked_required(requis):
    form = page(champ("adresse", requis=requis))
    marked = [name for name in form.fields if controle(form[name]).requis]
    france = ["x__voie", "x__code_postal", "x__commune", "x__pays"]
    assert marked == (france if requis else [])


def test_own_address_is_filled_in_by_phones_and_others_are_not():
    other = page(champ("adresse"))
    assert other["x__voie"].field.widget.attrs["autocomplete"] == "off"
