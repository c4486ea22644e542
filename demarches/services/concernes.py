"""Whom a request is about: people of the home, picked by who files, frozen at filing (D2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.facade import PersonneConcernee, personnes_concernees
from accounts.models import Compte
from demarches.models import Demande
from demarches.schema.definition import Definition
from demarches.schema.demandeur import CONCERNES, Candidat
from portal.ui.formats import date_longue

_PARMI = {
    "tous": lambda personne: True,
    "adultes": lambda personne: not personne.is_enfant,
    "enfants": lambda personne: personne.is_enfant,
}


def possibles(demande: Demande, compte: Compte | None) -> list[PersonneConcernee]:
    """Return the people of the home that a draft may be about (one query, none when not asked).

    The account holder alone is not a choice: nothing is asked then.
    """
    asked = demande.definition.demandeur
    if not asked.concerne or compte is None or demande.compte_id != compte.pk:
        return []
    found = [p for p in personnes_concernees(compte) if _PARMI[asked.parmi](p)]
    return [] if all(personne.is_titulaire for personne in found) else found


def candidats(personnes: Sequence[PersonneConcernee]) -> list[Candidat]:
    """Return people as choices of the page, the account holder first."""
    return [
        Candidat(
            valeur=str(personne.pk),
            libelle=f"Moi-même ({personne.nom_complet})"
            if personne.is_titulaire
            else personne.nom_complet,
            aide=_aide(personne),
        )
        for personne in personnes
    ]


def figer(reponses: dict[str, Any], personnes: Sequence[PersonneConcernee]) -> dict[str, Any]:
    """Return the answers of « Mes informations » with the people picked as they are today."""
    picked = reponses.get(CONCERNES, [])
    values = {picked} if isinstance(picked, str) else set(picked)
    chosen = [
        {
            "personne": personne.pk,
            "nom": personne.nom,
            "prenoms": personne.prenoms,
            "naissance": personne.naissance.isoformat() if personne.naissance else "",
            "a_naitre": personne.a_naitre,
        }
        for personne in personnes
        if str(personne.pk) in values
    ]
    rest = {name: value for name, value in reponses.items() if name != CONCERNES}
    return rest | ({CONCERNES: chosen} if chosen else {})


def noms(demandeur: dict[str, Any], *, definition: Definition) -> str:
    """Return the names of those concerned on one line, for lists; the requester's own is left."""
    if not definition.demandeur.concerne:
        return ""
    return ", ".join(f"{p['prenoms']} {p['nom']}" for p in demandeur.get(CONCERNES, []))


def _aide(personne: PersonneConcernee) -> str:
    if personne.naissance is None or personne.is_titulaire:
        return ""
    day = date_longue(personne.naissance).split(" ", 1)[1]
    return f"Naissance prévue le {day}" if personne.a_naitre else f"Date de naissance : {day}"
