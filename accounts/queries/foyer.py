"""A home as pages and forms read it, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import ENFANTS, Compte, Membre, RoleMembre


@dataclass(frozen=True)
class PersonneConcernee:
    """Somebody a request may be about: the account holder or a member of the home."""

    pk: int  # of the Personne
    nom: str
    prenoms: str
    naissance: date | None
    a_naitre: bool
    is_enfant: bool
    is_titulaire: bool

    @property
    def nom_complet(self) -> str:
        return f"{self.prenoms} {self.nom}"


def personnes_concernees(compte: Compte) -> list[PersonneConcernee]:
    """Return the account holder, then the active members of the home but its contacts (one query).

    An account without a home has itself only; one without a person (an agent) has nobody.
    """
    if compte.personne is None:
        return []
    personne = compte.personne
    soi = PersonneConcernee(
        pk=personne.pk,
        nom=personne.nom,
        prenoms=personne.prenoms,
        naissance=personne.date_naissance,
        a_naitre=False,
        is_enfant=False,
        is_titulaire=True,
    )
    membres = Membre.objects.for_compte(compte).exclude(role=RoleMembre.CONTACT)
    autres = membres.exclude(personne=personne.pk).select_related("personne").order_by("id")
    return [soi, *map(_concernee, autres)]


def _concernee(membre: Membre) -> PersonneConcernee:
    return PersonneConcernee(
        pk=membre.personne_id,
        nom=membre.personne.nom,
        prenoms=membre.personne.prenoms or "Enfant à naître",  # who may have no name yet
        naissance=membre.personne.naissance,
        a_naitre=membre.role == RoleMembre.A_NAITRE,
        is_enfant=membre.role in ENFANTS,
        is_titulaire=False,
    )
