"""Whom a request is about: people of the home, picked by who files, frozen at filing (D2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.facade import PersonneConcernee, personnes_concernees
from accounts.models import Compte
from demarches.models import Demande
from demarches.schema.definition import Definition
from demarches.schema.demandeur import AUTRE, CONCERNES, IDENTITE_AUTRE, Candidat
from portal.ui.formats import date_longue

_PARMI = {
    "tous": lambda personne: True,
    "adultes": lambda personne: not personne.is_enfant,
    "enfants": lambda personne: personne.is_enfant,
}


def possibles(demande: Demande, compte: Compte | None) -> list[PersonneConcernee] | None:
    """Return the people of the home that a draft may be about (one query); None when that is not
    asked (no query): by the démarche, of a visitor, of an account of nobody (an agent's).
    """
    asked = demande.definition.demandeur
    if not asked.concerne or compte is None or compte.personne_id is None:
        return None
    if demande.compte_id != compte.pk:
        return None
    return [p for p in personnes_concernees(compte) if _PARMI[asked.parmi](p)]


def sans_choix(personnes: Sequence[PersonneConcernee] | None) -> bool:
    """Tell whether one is asked for whom, and the home has nobody to pick but oneself."""
    return personnes is not None and all(personne.is_titulaire for personne in personnes)


def candidats(personnes: Sequence[PersonneConcernee] | None) -> list[Candidat] | None:
    """Return people as choices of the page, the account holder first; None when not asked."""
    if personnes is None:
        return None
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


def figer(
    reponses: dict[str, Any], personnes: Sequence[PersonneConcernee] | None
) -> dict[str, Any]:
    """Return the answers of « Mes informations » with the people picked as they are today, then
    the one described on the page, who is nobody that the account knows.
    """
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
        for personne in personnes or ()
        if str(personne.pk) in values
    ]
    if AUTRE in values:
        autre = {name: reponses[cle] for name, cle in IDENTITE_AUTRE.items()}
        chosen.append({"personne": None, **autre, "a_naitre": False})
    asked = {CONCERNES, *IDENTITE_AUTRE.values()}
    rest = {name: value for name, value in reponses.items() if name not in asked}
    return rest | ({CONCERNES: chosen} if chosen else {})


def noms(demandeur: dict[str, Any], *, definition: Definition) -> str:
    """Return the names of those concerned on one line, for lists; "" where that is not asked."""
    if not definition.demandeur.concerne:
        return ""
    return ", ".join(f"{p['prenoms']} {p['nom']}" for p in demandeur.get(CONCERNES, []))


def _aide(personne: PersonneConcernee) -> str:
    if personne.naissance is None or personne.is_titulaire:
        return ""
    day = date_longue(personne.naissance).split(" ", 1)[1]
    return f"Naissance prévue le {day}" if personne.a_naitre else f"Date de naissance : {day}"
