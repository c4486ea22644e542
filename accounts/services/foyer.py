"""A home as a whole: locked before any change, opened for who has none, left.

Lock order: the account who acts, the homes (smallest number first), then what hangs on them. Who
changes a home holds its row, so two representatives never change it at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.errors import CompteNonValide, DernierRepresentant
from accounts.models import (
    REPRESENTANTS,
    AutorisationSortie,
    Changement,
    Compte,
    Foyer,
    Invitation,
    Membre,
    Personne,
    RoleMembre,
)
from accounts.models.foyer import MembreQuerySet
from accounts.services.historique import noter
from portal.audit import log
from portal.notifications import outbox

ACCUSE = timedelta(minutes=10)
SUITE = (
    "D’autres changements faits dans les dix minutes ne donneront pas d’autre courriel : vous les "
    "trouverez dans l’historique du foyer."
)


@dataclass(frozen=True)
class Chez:
    """A validated account in its home; both rows are locked."""

    compte: Compte
    personne: Personne
    moi: Membre
    foyer: Foyer


def entrer(compte_id: int) -> Chez:
    """Lock an account and the home it represents; raises CompteNonValide (B6).

    Accounts older than homes get theirs here.
    """
    compte = verrouiller_compte(compte_id)
    personne = compte.personne
    if personne is None or not compte.is_valide:
        raise CompteNonValide
    moi = representation(personne) or _ouvrir(personne)
    return Chez(compte, personne, moi, verrouiller([moi.foyer_id])[0])


def verrouiller_compte(compte_id: int) -> Compte:
    """Lock an account: its own acts on homes follow each other."""
    comptes = Compte.objects.select_related("personne")
    return comptes.select_for_update(of=("self",), no_key=True).get(pk=compte_id)


def verrouiller(foyers: Iterable[int]) -> list[Foyer]:
    """Lock homes, smallest number first, and return them in that order."""
    rows = Foyer.objects.filter(pk__in=set(foyers)).order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True))


def representation(personne: Personne) -> Membre | None:
    """Return the place from which a person represents a home today."""
    return personne.membres.actifs().filter(role__in=REPRESENTANTS).first()


def representants(foyer: Foyer) -> MembreQuerySet:
    """Return the places of those who log in for a home today."""
    return foyer.membres.actifs().filter(role__in=REPRESENTANTS, personne__compte__isnull=False)


@transaction.atomic
def quitter(*, compte_id: int) -> Foyer:
    """Leave the home to its other representatives, for an own one at the same address.

    What the account has filed stays its own. Raises DernierRepresentant, CompteNonValide.
    """
    chez = entrer(compte_id)
    restants = laisser(chez.moi, chez.compte)
    if not restants:
        raise DernierRepresentant
    nouveau = Foyer.objects.create(**chez.foyer.adresse)
    arrivee = noter(
        nouveau,
        Changement.Acte.ARRIVEE,
        sujet=chez.personne,
        auteur=chez.compte,
        membre=_installer(chez.personne, nouveau),
    )
    log.record("foyer.quitte", target=chez.foyer, actor=chez.compte)
    annoncer(
        chez.compte,
        arrivee,
        "Vous avez quitté votre foyer. Vous en représentez maintenant un nouveau, à la même "
        "adresse. Les demandes que vous avez déposées restent les vôtres.",
    )
    return nouveau


def laisser(moi: Membre, compte: Compte) -> list[Membre]:
    """End the place of a representative; return who represents the home from now on, the new
    responsable first. The caller holds the locks.

    The one who has represented it for the longest takes over when the responsable leaves.
    """
    role = moi.role
    terminer(moi)
    Invitation.objects.filter(
        foyer=moi.foyer_id, auteur=compte, acceptee_at=None, annulee_at=None
    ).update(annulee_at=timezone.now())
    depart = noter(moi.foyer, Changement.Acte.DEPART, sujet=moi.personne, auteur=compte, membre=moi)
    restants = list(representants(moi.foyer).select_related("personne__compte").order_by("id"))
    if restants and role == RoleMembre.RESPONSABLE:
        _promouvoir(restants[0], compte)
    for membre in restants:
        phrase = f"{compte.get_full_name()} a quitté votre foyer."
        if membre.role == RoleMembre.RESPONSABLE:
            phrase += " Vous en êtes le responsable."
        annoncer(membre.personne.compte, depart, phrase)
    return restants


def terminer(membre: Membre) -> None:
    """End somebody's place today, and the pick-ups that hung on it."""
    membre.fin = timezone.localdate()
    membre.save(update_fields=["fin"])
    AutorisationSortie.objects.filter(contact=membre).delete()
    AutorisationSortie.objects.filter(enfant=membre).delete()


def annoncer(compte: Compte, changement: Changement, phrase: str) -> None:
    """Tell an account, at its login address, what changed in its home (D6)."""
    outbox.enqueue(
        "foyer_change",
        destinataire=outbox.Destinataire(compte.courriel),
        fait=changement.pk,
        context={
            "nom": compte.get_short_name(),
            "phrase": phrase,
            "lien": settings.PUBLIC_URL + reverse("accounts:entourage"),
        },
    )


def accuser(compte: Compte, changement: Changement, phrase: str) -> None:
    """Acknowledge to an account what it changed itself, once in ten minutes: who enters a whole
    family is not sent a mail a member, and somebody else in the account is still noticed.
    """
    recents = Changement.objects.filter(
        foyer=changement.foyer_id, auteur=compte, created_at__gt=timezone.now() - ACCUSE
    ).exclude(acte=Changement.Acte.ARRIVEE)
    if not outbox.has_announced(
        "foyer_change",
        destinataire=outbox.Destinataire(compte.courriel),
        faits=recents.values_list("pk", flat=True),
    ):
        annoncer(compte, changement, f"{phrase} {SUITE}")


def _ouvrir(personne: Personne) -> Membre:
    return _installer(personne, Foyer.objects.create())


def _installer(personne: Personne, foyer: Foyer) -> Membre:
    return foyer.membres.create(personne=personne, role=RoleMembre.RESPONSABLE)


def _promouvoir(membre: Membre, compte: Compte) -> None:
    ancien = membre.get_role_display()
    membre.role = RoleMembre.RESPONSABLE
    membre.save(update_fields=["role"])
    details = [{"libelle": "Rôle", "ancien": ancien, "nouveau": membre.get_role_display()}]
    noter(
        membre.foyer,
        Changement.Acte.MODIFICATION,
        sujet=membre.personne,
        auteur=compte,
        membre=membre,
        details=details,
    )
