"""« Mes informations »: what each démarche asks of who files."""

import pytest

from demarches.schema import demandeur, lecture
from demarches.schema.builder import SectionForm
from demarches.schema.parse import parse
from tests.definitions import document
from tests.demarches.formulaires import sent

WHO = {"nom": "N’Guyen", "prenoms": "Élodie", "courriel": "elodie@exemple.fr"}
ADDRESS = {
    "adresse__voie": "1 rue A",
    "adresse__code_postal": "49100",
    "adresse__commune": "Angers",
    "adresse__pays": "FR",
}


def form(telephone, adresse, typed):
    whole = parse(document(demandeur={"telephone": telephone, "adresse": adresse}))
    return SectionForm(whole, demandeur.section(whole.demandeur), {}, sent(**typed))


def test_name_first_names_and_email_are_always_asked():
    empty = form("absent", "absente", {})
    assert set(empty.errors) == {"nom", "prenoms", "courriel"}
    assert list(empty.fields) == ["nom", "prenoms", "courriel"]
    assert form("absent", "absente", WHO).is_valid()


@pytest.mark.parametrize(
    ("telephone", "missing"), [("requis", {"telephone"}), ("facultatif", set()), ("absent", set())]
)
def test_phone_as_the_demarche_says(telephone, missing):
    asked = form(telephone, "absente", WHO | {"telephone": ""})
    assert set(asked.errors) == missing
    assert ("telephone" in asked.fields) is (telephone != "absent")
    given = form(telephone, "absente", WHO | {"telephone": "06 12 34 56 78"})
    assert given.is_valid()
    assert given.reponses.get("telephone") == (None if telephone == "absent" else "+33612345678")


@pytest.mark.parametrize("adresse", ["requise", "facultative", "absente"])
def test_address_as_the_demarche_says(adresse):
    asked = form("absent", adresse, WHO | {"adresse__pays": "FR"})
    expected = {"adresse__voie", "adresse__code_postal", "adresse__commune"}
    assert set(asked.errors) == (expected if adresse == "requise" else set())
    given = form("absent", adresse, WHO | ADDRESS)
    assert given.is_valid()
    assert ("adresse" in given.reponses) is (adresse != "absente")


def test_unless_told_otherwise_phone_and_address_are_optional():
    whole = parse(document(demandeur={}))
    asked = SectionForm(whole, demandeur.section(whole.demandeur), {}, sent(**WHO))
    assert asked.is_valid()
    assert {"telephone", "adresse__voie"} <= set(asked.fields)


def test_phones_fill_in_ones_own_data():
    own = form("requis", "requise", {}).fields
    expected = {
        "nom": "family-name",
        "prenoms": "given-name",
        "courriel": "email",
        "telephone": "tel",
        "adresse__voie": "address-line1",
        "adresse__complement": "address-line2",
        "adresse__code_postal": "postal-code",
        "adresse__commune": "address-level2",
        "adresse__pays": "country",
    }
    assert {name: own[name].widget.attrs["autocomplete"] for name in expected} == expected


def test_requester_reads_in_order():
    asked = form("requis", "requise", WHO | ADDRESS | {"telephone": "0612345678"})
    assert asked.is_valid()
    lue = lecture.lire_demandeur(asked.definition, asked.reponses)
    assert [label for label, _text in lue.lignes] == [
        "Nom",
        "Prénoms",
        "Courriel",
        "Téléphone",
        "Adresse postale",
    ]
