"""Drafts: begun in one click, saved at each screen as typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.facade import services_de
from accounts.models import Compte
from demarches.errors import (
    BrouillonExpire,
    CompteRequis,
    DemandeDejaDeposee,
    DemarcheFermee,
    FamilleRequise,
    QuotaAtteint,
)
from demarches.models import Campagne, Demande, Demarche, VersionDemarche


@transaction.atomic
def commencer(*, demarche_id: int, compte: Compte | None) -> Demande:
    """Return a new draft on the current version; raises DemarcheFermee, CompteRequis,
    FamilleRequise or QuotaAtteint.
    """
    version = (
        VersionDemarche.objects.select_related("demarche")
        .filter(demarche_id=demarche_id, courante=True, demarche__en_ligne=True)
        .first()
    )
    if version is None:
        raise DemarcheFermee
    if version.demarche.exige_compte and compte is None:
        raise CompteRequis
    exiger_famille(version.demarche, compte)
    return Demande.objects.create(
        version=version,
        compte=compte,
        campagne=_campagne(version.demarche),
        expire_at=timezone.now() + _duree(avec_compte=compte is not None),
    )


def _campagne(demarche: Demarche) -> Campagne | None:
    """The campaign a request counts in; a démarche without campaigns has no quota."""
    campagnes = list(Campagne.objects.filter(demarche=demarche).order_by("debut_at"))
    if not campagnes:
        return None
    now = timezone.now()
    ouvertes = [c for c in campagnes if c.debut_at <= now < c.fin_at]
    if not ouvertes:
        raise DemarcheFermee("Cette démarche n’est pas ouverte en ce moment.")
    if not any(campagne.places_restantes for campagne in ouvertes):
        raise QuotaAtteint
    return next(campagne for campagne in ouvertes if campagne.places_restantes)


def enregistrer(
    *, demande_id: int, etape: str, saisie: dict[str, list[str]]
) -> dict[str, dict[str, list[str]]]:
    """Keep what a screen sent, beside what the other screens of that step sent, and prolong the
    draft.

    One conditional UPDATE under the row lock: a draft sent meanwhile from another tab stays as it
    was sent. Raises DemandeDejaDeposee or BrouillonExpire.
    """
    with transaction.atomic():
        fields = ("etat", "saisie", "expire_at", "compte_id")
        rows = Demande.objects.only(*fields).select_for_update(of=("self",))
        demande = rows.get(pk=demande_id)
        exiger_brouillon(demande)
        kept = {**demande.saisie.get(etape, {}), **saisie}
        demande.saisie = {**demande.saisie, etape: kept}
        demande.saisie_at = timezone.now()
        demande.expire_at = demande.saisie_at + _duree(avec_compte=demande.compte_id is not None)
        demande.save(update_fields=["saisie", "saisie_at", "expire_at"])
    saved: dict[str, dict[str, list[str]]] = demande.saisie
    return saved


def adopter(*, demande_id: int, compte: Compte) -> bool:
    """Give a draft of no account to who has logged in since; tell whether it was theirs to take.

    One conditional UPDATE: a draft that another tab has just sent or given stays as it is.
    """
    free = Demande.objects.brouillons().filter(pk=demande_id, compte=None)
    end = timezone.now() + _duree(avec_compte=True)
    return bool(free.update(compte=compte, expire_at=end))


def exiger_famille(demarche: Demarche, compte: Compte | None) -> None:
    """Raise FamilleRequise when a démarche is kept to the families of its service and the account's
    home has none of them attached (B8).
    """
    if demarche.exige_famille and (
        compte is None or demarche.service_id not in services_de(compte)
    ):
        raise FamilleRequise


def exiger_brouillon(demande: Demande) -> None:
    """Raise DemandeDejaDeposee or BrouillonExpire when a request is not a living draft."""
    if not demande.is_brouillon:
        raise DemandeDejaDeposee
    if demande.expire_at is not None and demande.expire_at <= timezone.now():
        raise BrouillonExpire


def anti_robot_est_passe(demande: Demande) -> bool:
    """Tell whether the code was copied rightly on this draft, not long ago (A8)."""
    passed = demande.anti_robot_at
    return passed is not None and passed + settings.DUREE_CAPTCHA_SUR_BROUILLON > timezone.now()


@transaction.atomic
def essayer_code(*, demande_id: int, essai: Callable[[], bool]) -> bool:
    """Try the anti-robot code (`essai` spends it) and note it on the draft, in one transaction.

    A code serves once. The other click of a double click waits here for the spent code's row, then
    finds the draft marked, or sent: that counts as passed too.
    """
    if essai():
        noter_anti_robot(demande_id=demande_id)
        return True
    demande = Demande.objects.get(pk=demande_id)
    return not demande.is_brouillon or anti_robot_est_passe(demande)


def noter_anti_robot(*, demande_id: int) -> None:
    """Remember that the code was copied rightly: a later error does not ask it again."""
    Demande.objects.filter(pk=demande_id).brouillons().update(anti_robot_at=timezone.now())


def purger(now: datetime) -> int:
    """Delete drafts that ended before `now` (aware); return how many."""
    deleted, _by_model = Demande.objects.brouillons().filter(expire_at__lt=now).delete()
    return deleted


def _duree(*, avec_compte: bool) -> timedelta:
    lasts: timedelta = (
        settings.DUREE_BROUILLON_AVEC_COMPTE
        if avec_compte
        else settings.DUREE_BROUILLON_SANS_COMPTE
    )
    return lasts
