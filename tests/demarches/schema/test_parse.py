"""A document with a mistake is refused with its place, and all its mistakes are told at once."""

from copy import deepcopy

import pytest
import time_machine

from demarches.schema.parse import DefinitionInvalide, parse
from tests.definitions import document
from tests.demarches.formulaires import CHOIX, champ, section

REMOVED = object()


def fautes(doc) -> dict[str, str]:
    """Return what is wrong, by place."""
    with pytest.raises(DefinitionInvalide) as caught:
        parse(doc)
    return {faute.lieu: faute.texte for faute in caught.value.fautes}


def changed(path: list[str | int], value: object, doc=None):
    """Return a valid document with one value replaced, added or removed."""
    doc = deepcopy(doc) if doc else document()
    place = doc
    for step in path[:-1]:
        place = place[step]
    if value is REMOVED:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return doc


FIRST = ["sections", 0, "champs", 0]


def test_smallest_document_is_read_with_its_defaults():
    definition = parse(document())

    assert definition.decision is True
    assert definition.duree_minutes == 30
    assert definition.delai_jours_ouvres is None
    assert definition.synonymes == definition.sources == ()
    assert definition.sections[0].champs[0].options == {"longueur_max": 200}
    assert definition.sections[0].champs[0].requis is True


def test_document_handed_over_is_not_changed():
    doc = document()
    before = deepcopy(doc)
    parse(doc)
    assert doc == before


@pytest.mark.parametrize("doc", [None, [], "un texte", 3, True, [{"schema": 1}]])
def test_what_is_not_a_mapping_is_refused(doc):
    assert fautes(doc)[""] == "attendu : une liste de clés et de valeurs"


@pytest.mark.parametrize(
    "key",
    "schema code titre theme service resume description aide acces sections".split(),
)
def test_missing_key_is_named(key):
    found = fautes(changed([key], REMOVED))
    assert list(found) == [key]
    assert found[key].startswith("manque")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (["sections", 0, "cle"], "sections[0].cle"),
        (["sections", 0, "titre"], "sections[0].titre"),
        (["sections", 0, "champs"], "sections[0].champs"),
        ([*FIRST, "cle"], "sections[0].champs[0].cle"),
        ([*FIRST, "type"], "sections[0].champs[0].type"),
        ([*FIRST, "libelle"], "sections[0].champs[0].libelle"),
    ],
)
def test_missing_key_of_a_section_or_field_is_named(path, place):
    assert fautes(changed(path, REMOVED))[place].startswith("manque")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (["titree"], "titree"),
        (["demandeur", "courriel"], "demandeur.courriel"),
        (["sections", 0, "champ"], "sections[0].champ"),
        ([*FIRST, "longueur"], "sections[0].champs[0].longueur"),
        ([*FIRST, "choix"], "sections[0].champs[0].choix"),  # an option of another kind
    ],
)
def test_unknown_key_is_named(path, place):
    assert fautes(changed(path, 1)) == {place: "clé inconnue"}


@pytest.mark.parametrize("version", [0, 2, -1, "1", None, [1], True, 1.5])
def test_other_version_of_the_schema_is_refused(version):
    assert "la version de schéma 1" in fautes(changed(["schema"], version))["schema"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *[("code", v) for v in ("", "a", "Majuscule", "é", "a b", "-a", "a_b", "a" * 51, 3, None)],
        *[("titre", v) for v in ("", "   ", 3, None, ["a"], {"fr": "a"})],
        *[("theme", v) for v in ("", 1, None)],
        *[("service", v) for v in ("", 1, None)],
        *[("resume", v) for v in (" ", 1)],
        *[("description", v) for v in ("\n", 1)],
        *[("aide", v) for v in ("", 1)],
        *[("acces", v) for v in ("libres", "", None, True, ["libre"])],
        *[("decision", v) for v in ("oui", 0, 1, None)],
        *[("duree_minutes", v) for v in (0, -5, 1441, "30", 1.5, True, None)],
        *[("delai_jours_ouvres", v) for v in (0, -1, 366, "5", True)],
        *[("synonymes", v) for v in ("carte", [""], [3], {"a": 1}, None)],
        *[("sources", v) for v in ("Code civil", [None])],
        *[("demandeur", v) for v in (None, [], "requis")],
        *[("rendez_vous", v) for v in (True, "oui", [])],
        *[("tarif", v) for v in (12, "gratuit")],
        *[("sections", v) for v in (None, [], {}, "a")],
    ],
)
def test_wrong_value_is_refused_at_its_key(key, value):
    assert fautes(changed([key], value))[key].startswith("attendu")


@pytest.mark.parametrize("value", [{"a": float("nan")}, {"a": float("inf")}, {"a\x00": 1}])
@pytest.mark.parametrize("key", ["rendez_vous", "tarif"])
def test_what_cannot_be_stored_is_refused_even_where_nothing_is_read_yet(key, value):
    assert any(place.startswith(key) for place in fautes(changed([key], value)))


@pytest.mark.parametrize(
    ("key", "value"),
    [("telephone", "oui"), ("telephone", None), ("telephone", []), ("adresse", "requis")],
)
def test_wrong_value_of_demandeur_is_refused_at_its_key(key, value):
    assert fautes(changed(["demandeur", key], value))[f"demandeur.{key}"].startswith("attendu")


@pytest.mark.parametrize(("key", "length"), [("titre", 120), ("resume", 250)])
def test_text_too_long_for_the_catalogue_is_refused(key, length):
    assert parse(changed([key], "a" * length))
    assert key in fautes(changed([key], "a" * (length + 1)))


def test_code_that_is_an_address_of_the_catalogue_is_refused():
    # /demarches/theme/aide/ is the page of a theme: its own « Aide à la saisie » could never open.
    assert "code" in fautes(changed(["code"], "theme"))


@pytest.mark.parametrize(
    "cle",
    ["", "Nom", "é", "a b", "a-b", "1a", "_a", "a__b", "a" * 51, "csrfmiddlewaretoken", 3, []],
)
@pytest.mark.parametrize("path", [["sections", 0, "cle"], [*FIRST, "cle"]])
def test_impossible_key_is_refused(path, cle):
    place = "sections[0].cle" if len(path) == 3 else "sections[0].champs[0].cle"
    assert fautes(changed(path, cle))[place].startswith("attendu")


def test_key_that_would_be_taken_for_part_of_another_is_refused():
    # The street of « a_ » is sent as a___voie, which also begins with « a__ ».
    assert "sections[0].champs[0].cle" in fautes(changed([*FIRST, "cle"], "a_"))


def test_section_may_not_take_the_address_of_the_recap():
    # Its screen would be taken for « Le récapitulatif », which nobody could then reach.
    assert "sections[0].cle" in fautes(changed(["sections", 0, "cle"], "recapitulatif"))


@pytest.mark.parametrize("value", ["", [], {}, "a", None])
def test_section_without_fields_is_refused(value):
    assert fautes(changed(["sections", 0, "champs"], value))["sections[0].champs"]


@pytest.mark.parametrize("value", [None, "texte", 3, ["cle"]])
def test_section_or_field_that_is_not_a_mapping_is_refused(value):
    assert "sections[0]" in fautes(changed(["sections", 0], value))
    assert "sections[0].champs[0]" in fautes(changed(FIRST, value))


@pytest.mark.parametrize("type_", ["", "text", "Texte", None, 3, [], {}, ["texte"]])
def test_unknown_kind_is_refused_and_the_known_ones_are_told(type_):
    text = fautes(changed([*FIRST, "type"], type_))["sections[0].champs[0].type"]
    assert "choix_multiples" in text


@pytest.mark.parametrize(
    ("type_", "option", "value"),
    [
        *[("texte", "longueur_max", v) for v in (0, -1, "10", True, 20_001, None)],
        *[("texte_long", "longueur_max", v) for v in (0, 1.5)],
        *[("nombre", "min", v) for v in ("1", 1.5, True, [])],
        *[("nombre", "max", v) for v in ("1", False)],
        *[("date", "min", v) for v in ("hier", "24/11/2026", "2026-02-30", "", 2026, True, [])],
        *[("date", "max", v) for v in ("aujourdhui+3", "aujourdhui + 3j", "aujourd’hui", "+3j")],
        *[("choix", "choix", v) for v in (None, [], "a", {}, ["a"], [{"valeur": "a"}])],
        ("choix", "choix", [{"valeur": "a", "libelle": ""}]),
        ("choix", "choix", [{"valeur": True, "libelle": "Oui"}]),
        ("choix", "choix", [{"valeur": "a", "libelle": "A", "couleur": "rouge"}]),
        ("choix", "choix", [{"valeur": "a", "libelle": "A"}, {"valeur": "a", "libelle": "B"}]),
        ("choix", "choix", [{"valeur": "a", "libelle": "A", "aide": 3}]),
        ("choix", "choix", [{"valeur": " a ", "libelle": "A"}]),  # no browser's answer would match
        ("choix_multiples", "choix", []),
        ("adresse", "france", "oui"),
        ("explication", "texte", ""),
        ("explication", "texte", None),
    ],
)
def test_wrong_option_is_refused_at_its_place(type_, option, value):
    doc = document(sections=[section(champ(type_, **{option: value}))])
    assert f"sections[0].champs[0].{option}" in fautes(doc)


@pytest.mark.parametrize(
    ("type_", "option"),
    [("choix", "choix"), ("choix_multiples", "choix"), ("explication", "texte")],
)
def test_option_that_a_kind_cannot_do_without_is_asked_for(type_, option):
    field = champ(type_)
    del field[option]
    doc = document(sections=[section(field)])
    assert fautes(doc)[f"sections[0].champs[0].{option}"].startswith("manque")


def test_explanation_needs_no_label_and_every_question_does():
    assert parse(document(sections=[section(champ("explication"))]))
    assert "sections[0].champs[0].libelle" in fautes(
        document(sections=[section({"cle": "x", "type": "attestation"})])
    )


@pytest.mark.parametrize(
    ("type_", "limits"),
    [
        ("nombre", {"min": 5, "max": 1}),
        ("date", {"min": "2026-12-31", "max": "2026-01-01"}),
        ("date", {"min": "aujourdhui", "max": "aujourdhui-1j"}),
    ],
)
def test_limits_that_no_answer_can_meet_are_refused(type_, limits):
    found = fautes(document(sections=[section(champ(type_, **limits))]))
    assert any(place.startswith("sections[0].champs[0]") for place in found)


@pytest.mark.parametrize(
    "limits",
    [
        {"min": "aujourdhui", "max": "2026-12-31"},
        {"min": "2026-06-01", "max": "aujourdhui"},
        {"min": "aujourdhui+1m", "max": "aujourdhui+30j"},
        {"min": "aujourdhui-1a", "max": "aujourdhui-365j"},
    ],
)
def test_definition_read_one_day_is_read_every_day(limits):
    # Requests filed on it are followed for years: what was published may not become unreadable.
    doc = document(sections=[section(champ("date", **limits))])
    for day in ("2026-02-10", "2026-07-01", "2026-12-15", "2027-01-15", "2029-03-01"):
        with time_machine.travel(f"{day}T12:00:00+01:00"):
            assert parse(doc), day


@pytest.mark.parametrize("borne", ["aujourdhui-9999a", "aujourdhui+9999a"])
def test_limit_outside_of_the_calendar_is_refused(borne):
    found = fautes(document(sections=[section(champ("date", min=borne))]))
    assert "sections[0].champs[0].min" in found


@pytest.mark.parametrize(
    "borne",
    ["2026-11-24", "aujourdhui", "aujourdhui-150a", "aujourdhui+30j", "aujourdhui+6m"],
)
def test_limits_of_dates_that_are_understood(borne):
    assert parse(document(sections=[section(champ("date", min=borne))]))


def test_field_key_used_twice_is_named_even_in_another_section():
    doc = document(
        sections=[
            section(champ("texte", "nom"), champ("texte", "nom"), cle="un"),
            section(champ("date", "nom"), cle="deux"),
        ]
    )
    found = fautes(doc)
    assert list(found) == ["sections[0].champs[1].cle", "sections[1].champs[0].cle"]
    assert all("« nom »" in text for text in found.values())


def test_section_key_used_twice_is_named():
    doc = document(sections=[section(champ("texte", "a")), section(champ("texte", "b"))])
    assert "« page »" in fautes(doc)["sections"]


def test_all_the_mistakes_of_a_document_are_told_at_once():
    doc = document(titre="", acces="ouvert", inconnue=1, duree_minutes=0)
    doc["demandeur"] = {"telephone": "oui"}
    doc["sections"] = [
        section(champ("texte", "A"), champ("couleur", "b"), cle="un"),
        section(champ("choix", "c", choix=[]), champ("texte", "d", requis="oui"), cle="deux"),
        section(cle="trois"),
        "quatre",
    ]
    places = set(fautes(doc))
    assert places >= {
        "titre",
        "acces",
        "inconnue",
        "duree_minutes",
        "demandeur.telephone",
        "sections[0].champs[0].cle",
        "sections[0].champs[1].type",
        "sections[1].champs[0].choix",
        "sections[1].champs[1].requis",
        "sections[2].champs",
        "sections[3]",
    }


def test_exception_reads_one_mistake_a_line_with_its_place():
    with pytest.raises(DefinitionInvalide) as caught:
        parse(document(titre="", acces="ouvert"))
    assert str(caught.value).splitlines() == [
        "titre : attendu : un texte de 120 caractères au plus",
        "acces : attendu : libre, compte ou famille",
    ]


def test_the_six_real_files_are_definitions(lot):
    definitions = {name: parse(doc) for name, doc in lot.demarches.items()}

    assert {name.removesuffix(".yaml") for name in definitions} == {
        d.code for d in definitions.values()
    }
    # Civil status acts are open to all, from abroad too (A3).
    for code in ("acte-naissance", "acte-mariage", "acte-deces"):
        definition = definitions[f"{code}.yaml"]
        assert definition.acces == "libre"
        assert definition.demandeur.adresse == "requise"
    assert definitions["stationnement-resident.yaml"].acces == "compte"


def test_choices_keep_their_order_and_help():
    doc = document(
        sections=[
            section(
                champ("choix", choix=[*CHOIX, {"valeur": "z", "libelle": "Z", "aide": "Rare."}])
            )
        ]
    )
    choix = parse(doc).champ("x").options["choix"]
    assert [c["valeur"] for c in choix] == ["rouge", "vert", "bleu", "z"]
    assert choix[3]["aide"] == "Rare."
