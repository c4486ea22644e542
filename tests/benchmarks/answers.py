"""What residents type, made from the definition: any démarche of the catalogue can be filled in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from demarches.models import Demande, VersionDemarche
from demarches.schema import bornes, demandeur
from demarches.schema.definition import Champ, Section
from demarches.services import depot

Typed = dict[str, list[str]]

_TEXT = "Réponse tapée par un habitant, à l’identique chaque fois"
_ADDRESS = {
    "voie": "12 rue des Tilleuls",
    "complement": "Bâtiment B",
    "code_postal": "49999",
    "commune": "Clairval-sur-Loire",
    "pays": "FR",
}


def _day(champ: Champ) -> str:
    low, high = champ.options["min"], champ.options["max"]
    day: date = bornes.resolve(str(high or low)) if high or low else timezone.localdate()
    return f"{day:%d/%m/%Y}"


# The last choice is the one that asks most (« copie intégrale », « une autre personne »).
_TYPED: dict[str, Callable[[Champ], list[str]]] = {
    "texte": lambda champ: [_TEXT[: champ.options["longueur_max"]]],
    "texte_long": lambda champ: [(_TEXT * 3)[: champ.options["longueur_max"]]],
    "nombre": lambda champ: [str(champ.options["min"] or 1)],
    "date": lambda champ: [_day(champ)],
    "oui_non": lambda champ: ["non"],
    "choix": lambda champ: [champ.options["choix"][-1]["valeur"]],
    "choix_multiples": lambda champ: [c["valeur"] for c in champ.options["choix"][:3]],
    "courriel": lambda champ: ["elodie@courriel.example"],
    "telephone": lambda champ: ["06 39 98 00 12"],
    "attestation": lambda champ: ["on"],
}


@dataclass(frozen=True)
class Modele:
    """One version filled in: what a draft holds, and what a filed request holds of it."""

    version: VersionDemarche
    saisie: dict[str, Typed]
    demandeur: dict[str, Any]
    reponses: dict[str, Any]

    @property
    def decision(self) -> bool:
        return self.version.lue.decision


def fill(version: VersionDemarche) -> Modele:
    """Fill in every screen; raises ValueError naming the screen that the services refuse."""
    definition = version.lue
    qui = typed(demandeur.section(definition.demandeur))
    demande: Typed = {}
    for section in definition.sections:
        demande |= typed(section)
    saisie = {demandeur.ETAPE: qui, depot.MA_DEMANDE: demande}
    checked = depot.verifier(Demande(version=version, saisie=saisie))
    if checked.a_reprendre is not None:
        raise ValueError(f"{definition.code}: « {checked.a_reprendre.titre} » is refused: {saisie}")
    return Modele(version, saisie, checked.demandeur, checked.reponses)


def typed(section: Section) -> Typed:
    """Return what a browser sends for one section, by HTML name."""
    result: Typed = {}
    for champ in section.champs:
        if champ.type == "adresse":
            left_out = {"pays"} if champ.options.get("france") else set()
            parts = {name: value for name, value in _ADDRESS.items() if name not in left_out}
            result |= {f"{champ.cle}__{name}": [value] for name, value in parts.items()}
        elif champ.type in _TYPED:
            result[champ.cle] = _TYPED[champ.type](champ)
    return result
