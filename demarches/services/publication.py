"""Definitions in: a checked document becomes the current version of its démarche."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import Service
from demarches.models import Demarche, Theme, VersionDemarche
from demarches.schema.definition import Definition
from demarches.schema.parse import DefinitionInvalide, Faute, parse
from portal.audit import log

CREEE, MISE_A_JOUR, INCHANGEE = "créée", "mise à jour", "inchangée"


@dataclass(frozen=True)
class Lot:
    """Documents read from a catalogue folder, by file name."""

    themes: list[dict[str, Any]]
    services: list[dict[str, Any]]
    demarches: dict[str, Any]


@transaction.atomic
def charger(lot: Lot) -> dict[str, str]:
    """Load a whole catalogue, or nothing: returns what became of each démarche, by code.

    Themes and services that exist already are left as the town has them. Raises DefinitionInvalide
    with every mistake of every file, each named with its file and place.
    """
    definitions = _verifier(lot)
    for theme in lot.themes:
        Theme.objects.get_or_create(code=theme["code"], defaults=_without_code(theme))
    for service in lot.services:
        Service.objects.get_or_create(code=service["code"], defaults=_without_code(service))
    return {definition.code: publier(definition, document) for definition, document in definitions}


def publier(definition: Definition, document: dict[str, Any]) -> str:
    """Make a checked definition current; an unchanged one makes no new version."""
    demarche, created = Demarche.objects.update_or_create(
        code=definition.code,
        defaults={
            "theme": Theme.objects.get(code=definition.theme),
            "service": Service.objects.get(code=definition.service),
            "titre": definition.titre,
            "resume": definition.resume,
            "description": definition.description,
            "synonymes": "\n".join(definition.synonymes),
            "acces": definition.acces,
        },
    )
    versions = VersionDemarche.objects.select_for_update().filter(demarche=demarche)
    current = versions.filter(courante=True).first()
    if current is not None and current.definition == document:
        return INCHANGEE
    last = VersionDemarche.objects.filter(demarche=demarche).aggregate(last=Max("numero"))["last"]
    versions.filter(courante=True).update(courante=False)
    VersionDemarche.objects.create(demarche=demarche, numero=(last or 0) + 1, definition=document)
    log.record("demarche.publiee", target=demarche, details={"version": (last or 0) + 1})
    return CREEE if created else MISE_A_JOUR


def _verifier(lot: Lot) -> list[tuple[Definition, dict[str, Any]]]:
    fautes: list[Faute] = []
    result: list[tuple[Definition, dict[str, Any]]] = []
    for name, document in lot.demarches.items():
        try:
            definition = parse(document)
        except DefinitionInvalide as error:
            fautes += [Faute(f"{name} › {faute.lieu}", faute.texte) for faute in error.fautes]
        else:
            result.append((definition, document))
            fautes += _unknown(name, definition, lot)
    fautes += _twice([definition.code for definition, _document in result])
    if fautes:
        raise DefinitionInvalide(fautes)
    return result


def _unknown(name: str, definition: Definition, lot: Lot) -> list[Faute]:
    """Themes and services a definition names must come with the lot or be there already."""
    fautes = []
    themes = {theme["code"] for theme in lot.themes}
    services = {service["code"] for service in lot.services}
    if not (definition.theme in themes or Theme.objects.filter(code=definition.theme).exists()):
        fautes.append(Faute(f"{name} › theme", f"thème inconnu : « {definition.theme} »"))
    if not (
        definition.service in services or Service.objects.filter(code=definition.service).exists()
    ):
        fautes.append(Faute(f"{name} › service", f"service inconnu : « {definition.service} »"))
    return fautes


def _twice(codes: Sequence[str]) -> list[Faute]:
    return [
        Faute("code", f"« {code} » est le code de deux fichiers")
        for code in sorted({code for code in codes if codes.count(code) > 1})
    ]


def _without_code(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "code"}
