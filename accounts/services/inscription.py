"""Signing up: the account, its person and its home are there together, or none is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.errors import IdentifiantPris
from accounts.models import Compte, Foyer, Membre, Personne, RoleMembre
from accounts.services import activation
from portal.audit import log
from portal.kernel.db import refuse_on


@dataclass(frozen=True)
class Dossier:
    """What a person told, screen by screen, checked; secrets are hashes already."""

    conditions: str
    identite: Mapping[str, Any]
    adresse: Mapping[str, str]
    contact: Mapping[str, str]
    identifiant: str
    mot_de_passe: str
    question: str
    reponse: str
    cles: tuple[int, ...] = ()


def enregistrer(*, dossier: Dossier, essai: Callable[[], bool]) -> Compte | None:
    """Spend the anti-robot code (`essai` does) and create the account, in one transaction.

    A code serves once. The other click of a double click waits here for the spent code's row, then
    finds the account: that counts as done too. Returns None when the code was wrong; raises
    IdentifiantPris when somebody else was quicker, with the code spent all the same.
    """
    refus = None
    with transaction.atomic():
        passed = essai()
        compte = deja_enregistre(dossier)
        if compte is None and passed:
            try:
                compte = creer(dossier)
            except IdentifiantPris as pris:  # its savepoint has undone the rest
                refus = pris
    if refus is not None:
        raise refus
    return compte


def deja_enregistre(dossier: Dossier) -> Compte | None:
    """Return the account that this very sign-up has made: the salt of its hash tells it from any
    other.
    """
    same = Compte.objects.filter(identifiant=dossier.identifiant, password=dossier.mot_de_passe)
    return same.first()


@transaction.atomic
def creer(dossier: Dossier) -> Compte:
    """Create an account to be activated, responsible for a new home, and queue its mail; raises
    IdentifiantPris.
    """
    contact = dossier.contact
    personne = Personne.objects.create(
        **dossier.identite,
        courriel=contact["courriel"],
        telephone_mobile=contact["telephone_mobile"],
        telephone_fixe=contact["telephone_fixe"],
    )
    foyer = Foyer.objects.create(**dossier.adresse)
    Membre.objects.create(personne=personne, foyer=foyer, role=RoleMembre.RESPONSABLE)
    # The unique key decides: looking first would let two people through at the same moment.
    with refuse_on("accounts_compte_identifiant_key", IdentifiantPris()):
        compte = Compte.objects.create(
            identifiant=dossier.identifiant,
            courriel=Compte.objects.normalize_email(contact["courriel"]),
            password=dossier.mot_de_passe,
            personne=personne,
            canal_prefere=contact["canal_prefere"],
            question_secrete=dossier.question,
            reponse_secrete=dossier.reponse,
            conditions_acceptees=dossier.conditions,
            conditions_at=timezone.now(),
            cles_a_rattacher=list(dossier.cles),
        )
    evenement = log.record("compte.cree", target=compte, actor=compte)
    activation.ecrire(compte, fait=evenement.pk)
    return compte
