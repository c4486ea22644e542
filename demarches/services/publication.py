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
from demarches.schema.parse import (
    SERVICE,
    THEME,
    DefinitionInvalide,
    Faute,
    parse,
    parse_liste,
)
from portal.audit import log

Valeurs = list[dict[str, Any]]
CREEE, MISE_A_JOUR, INCHANGEE = "créée", "mise à jour", "inchangée"


@dataclass(frozen=True)
class Lot:
    """Documents read from a catalogue folder, by file name."""

    themes: Any
    services: Any
    demarches: dict[str, Any]


@transaction.atomic
def charger(lot: Lot) -> dict[str, str]:
    """Load a whole catalogue, or nothing: returns what became of each démarche, by code.

    Themes and services that exist already are left as the town has them. Raises DefinitionInvalide
    with every mistake of every file, each named with its file and place.
    """
    themes, services, definitions = _verifier(lot)
    for theme in themes:
        Theme.objects.get_or_create(code=theme["code"], defaults=_without_code(theme))
    for service in services:
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


def _verifier(lot: Lot) -> tuple[Valeurs, Valeurs, list[tuple[Definition, dict[str, Any]]]]:
    themes, of_themes = parse_liste(lot.themes, THEME)
    services, of_services = parse_liste(lot.services, SERVICE)
    fautes = [_in("_themes.yaml", faute) for faute in of_themes]
    fautes += [_in("_services.yaml", faute) for faute in of_services]
    codes = {theme["code"] for theme in themes}, {service["code"] for service in services}
    emetteurs = {service["code"] for service in services if service["emet_des_cles"]}
    result: list[tuple[Definition, dict[str, Any]]] = []
    for name, document in lot.demarches.items():
        try:
            definition = parse(document)
        except DefinitionInvalide as error:
            fautes += [_in(name, faute) for faute in error.fautes]
        else:
            result.append((definition, document))
            fautes += _unknown(name, definition, *codes) + _sans_cle(name, definition, emetteurs)
    fautes += _twice([definition.code for definition, _document in result])
    if fautes:
        raise DefinitionInvalide(fautes)
    return themes, services, result


def _in(name: str, faute: Faute) -> Faute:
    return Faute(f"{name} › {faute.lieu}" if faute.lieu else name, faute.texte)


def _unknown(
    name: str, definition: Definition, themes: set[str], services: set[str]
) -> list[Faute]:
    """Themes and services a definition names must come with the lot or be there already."""
    fautes = []
    if not (definition.theme in themes or Theme.objects.filter(code=definition.theme).exists()):
        fautes.append(Faute(f"{name} › theme", f"thème inconnu : « {definition.theme} »"))
    if not (
        definition.service in services or Service.objects.filter(code=definition.service).exists()
    ):
        fautes.append(Faute(f"{name} › service", f"service inconnu : « {definition.service} »"))
    return fautes


def _sans_cle(name: str, definition: Definition, emetteurs: set[str]) -> list[Faute]:
    """A démarche kept to the families of a service that gives no key would open to nobody."""
    if definition.acces != "famille" or definition.service in emetteurs:
        return []
    if Service.objects.filter(code=definition.service, emet_des_cles=True).exists():
        return []
    return [Faute(f"{name} › acces", f"le service « {definition.service} » n’émet pas de clés")]


def _twice(codes: Sequence[str]) -> list[Faute]:
    return [
        Faute("code", f"« {code} » est le code de deux fichiers")
        for code in sorted({code for code in codes if codes.count(code) > 1})
    ]


def _without_code(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "code"}
