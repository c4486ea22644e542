"""One field, or a few, as a page asks them: small definitions and what is sent for them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django.utils.datastructures import MultiValueDict

from demarches.schema.builder import SectionForm
from demarches.schema.definition import Definition
from demarches.schema.parse import parse
from tests.definitions import document

CHOIX = [
    {"valeur": "rouge", "libelle": "Rouge"},
    {"valeur": "vert", "libelle": "Vert"},
    {"valeur": "bleu", "libelle": "Bleu, ou presque"},
]


def champ(type_: str, cle: str = "x", **options: Any) -> dict[str, Any]:
    """Return a field of a definition, with the options its kind cannot do without."""
    needed: dict[str, Any] = {"libelle": "Libellé"}
    if type_ in ("choix", "choix_multiples"):
        needed["choix"] = deepcopy(CHOIX)
    if type_ == "explication":
        needed = {"texte": "Un *texte*."}
    return {"cle": cle, "type": type_} | needed | options


def section(*champs: dict[str, Any], cle: str = "page", **changes: Any) -> dict[str, Any]:
    """Return a section of a definition."""
    return {"cle": cle, "titre": "Titre"} | changes | {"champs": list(champs)}


def definition(*sections: dict[str, Any]) -> Definition:
    """Return a checked definition of these sections."""
    return parse(document(sections=list(sections)))


def sent(**values: str | list[str]) -> MultiValueDict[str, str]:
    """Return values as a browser sends them."""
    return MultiValueDict(
        {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    )


def page(
    *champs: dict[str, Any],
    typed: dict[str, str | list[str]] | None = None,
    earlier: dict[str, list[str]] | None = None,
) -> SectionForm:
    """Return the form of a page of these fields: as first shown, or as sent if `typed` is given."""
    whole = definition(section(*champs))
    data = None if typed is None else sent(**typed)
    return SectionForm(whole, whole.sections[0], earlier or {}, data)


def answer(type_: str, typed: str | list[str], **options: Any) -> Any:
    """Return the answer kept for what is typed in one field, which must be accepted."""
    form = page(champ(type_, **options), typed={"x": typed})
    assert form.is_valid(), form.errors
    return form.reponses.get("x")


def error(type_: str, typed: str | list[str], **options: Any) -> str:
    """Return what is said of what is typed in one field, which must be refused."""
    form = page(champ(type_, **options), typed={"x": typed})
    assert not form.is_valid(), f"accepted: {form.reponses}"
    assert set(form.errors) == {"x"}
    (message,) = form.errors["x"]
    return str(message)
