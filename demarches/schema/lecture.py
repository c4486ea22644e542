"""Filed answers as people read them: the recap, the follow-up, the PDF and the admin show the same
lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from demarches.schema import demandeur
from demarches.schema.definition import Definition, Section
from demarches.schema.kinds import KINDS
from portal.ui.formats import date_courte


@dataclass(frozen=True)
class SectionLue:
    """A title and its (label, text) lines; a text may have several lines."""

    cle: str
    titre: str
    lignes: list[tuple[str, str]]


def lire(section: Section, reponses: Mapping[str, Any]) -> SectionLue:
    """Return the lines of one section; unanswered optional fields are left out."""
    lignes = [
        (champ.libelle, KINDS[champ.type].show(champ, reponses[champ.cle]))
        for champ in section.champs
        if champ.cle in reponses
    ]
    return SectionLue(cle=section.cle, titre=section.titre, lignes=lignes)


def lire_demande(definition: Definition, reponses: Mapping[str, Any]) -> list[SectionLue]:
    """Return the sections of « La demande » that hold an answer."""
    lues = [lire(section, reponses) for section in definition.sections]
    return [lue for lue in lues if lue.lignes]


def lire_demandeur(definition: Definition, reponses: Mapping[str, Any]) -> SectionLue:
    """Return « Le demandeur »: identity, address and contacts, and whom the request is about."""
    lue = lire(demandeur.section(definition.demandeur), reponses)
    concernes = reponses.get(demandeur.CONCERNES, [])
    if concernes:
        libelle = "Personnes concernées" if len(concernes) > 1 else "Personne concernée"
        lue.lignes.append((libelle, "\n".join(map(_concerne, concernes))))
    return lue


def _concerne(personne: Mapping[str, str]) -> str:
    """« Léa Martin, 02/05/2017 », as frozen at filing."""
    nom = f"{personne['prenoms']} {personne['nom']}"
    if not personne["naissance"]:
        return nom
    jour = date_courte(date.fromisoformat(personne["naissance"]))
    return f"{nom}, naissance prévue le {jour}" if personne.get("a_naitre") else f"{nom}, {jour}"
