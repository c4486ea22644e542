"""Whatever a file holds, reading it gives a definition that can be asked, or its mistakes."""

import json
from copy import deepcopy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demarches.schema import demandeur
from demarches.schema.builder import SectionForm
from demarches.schema.kinds import KINDS
from demarches.schema.parse import CLE, RESERVED, SCHEMA, DefinitionInvalide, parse
from tests.definitions import document
from tests.demarches.formulaires import champ, section, sent

SETTINGS = settings(
    max_examples=100,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
WORDS = st.sampled_from(
    [
        *KINDS,
        "cle",
        "type",
        "si",
        "champ",
        "parmi",
        "choix",
        "valeur",
        "libelle",
        "sections",
        "champs",
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | WORDS
    | st.sampled_from([SCHEMA, *RESERVED, "aujourdhui", "aujourdhui-9999a", "2026-11-24"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def every_kind() -> dict:
    """A document that uses every rule once."""
    fields = [champ(type_, f"f_{type_}") for type_ in KINDS]
    fields.append(champ("texte", "suite", si={"champ": "f_choix", "parmi": ["vert"]}))
    fields.append(champ("choix", "encore", si={"champ": "f_oui_non", "parmi": [True]}))
    last = section(champ("date", "fin", min="aujourdhui-1a"), cle="deux")
    last["si"] = {"champ": "encore", "parmi": ["bleu"]}
    return document(
        sections=[section(*fields, cle="un"), last], synonymes=["mot"], rendez_vous=None
    )


def places(node, path=()) -> list[tuple]:
    """Every place of a document."""
    steps = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    return [path, *(place for step, value in steps for place in places(value, (*path, step)))]


PLACES = places(every_kind())


def read(doc) -> None:
    """Read a document; a definition that comes out must be asked and answered without error."""
    told = None
    try:
        definition = parse(doc)
    except DefinitionInvalide as error:
        told = error.fautes
    if told is not None:
        assert told
        assert all(faute.texte for faute in told)
        return
    # A published definition is stored as JSON, which PostgreSQL refuses with these.
    stored = json.dumps(doc, allow_nan=False)
    assert "\\u0000" not in stored
    for part in (demandeur.section(definition.demandeur), *definition.sections):
        assert part.cle == demandeur.ETAPE or CLE.fullmatch(part.cle)
        for data in (None, sent()):
            form = SectionForm(definition, part, {}, data)
            form.is_valid()
            form.items()


def test_the_document_to_spoil_is_valid():
    assert parse(every_kind())


@SETTINGS
@given(JSON)
def test_any_json_is_read_or_its_mistakes_are_told(doc):
    read(doc)


@SETTINGS
@given(st.sampled_from(PLACES[1:]), JSON)
def test_document_spoilt_anywhere_is_read_or_its_mistakes_are_told(place, value):
    doc = every_kind()
    node = doc
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = deepcopy(value)
    read(doc)


@SETTINGS
@given(st.sampled_from(PLACES), st.text(max_size=10), JSON)
def test_key_added_anywhere_is_read_or_its_mistakes_are_told(place, name, value):
    doc = every_kind()
    node = doc
    for step in place:
        node = node[step]
    if isinstance(node, dict):
        node.setdefault(name, value)
    elif isinstance(node, list):
        node.append(value)
    read(doc)


@pytest.mark.parametrize("value", [[], {}, [[]], {"a": []}])
def test_list_or_mapping_where_a_word_is_expected(value):
    crashes = []
    for place in PLACES[1:]:
        doc = every_kind()
        node = doc
        for step in place[:-1]:
            node = node[step]
        node[place[-1]] = deepcopy(value)
        try:
            read(doc)
        except Exception as error:
            crashes.append((place, repr(error)))
    assert crashes == []
