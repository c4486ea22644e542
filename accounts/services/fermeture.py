"""« Fermer mon compte »: asked for, cancelled during the delay, then done for good (ADR 5)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts import registries
from accounts.models import REPRESENTANTS, Compte, Etat, Foyer, Membre, SessionCompte
from accounts.services import effacement, identifiants
from portal.audit import log
from portal.notifications import outbox
from portal.ui.formats import date_longue

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bilan:
    """What a purge did, or would do."""

    fermes: int
    refuses: int
    jamais_actives: int
    echecs: int = 0


def demander(*, compte: Compte, actuel: str) -> Compte:
    """Let an account close at the end of the delay, behind its current password; raises
    TropDEssais or MotDePasseActuelFaux.
    """
    identifiants.exiger_mot_de_passe(compte, actuel)
    return programmer(compte_id=compte.pk)


@transaction.atomic
def programmer(*, compte_id: int) -> Compte:
    """Note that an account is to close, and tell its holder how to stop that; asked twice, the
    first date counts and one message leaves.
    """
    compte = _verrouiller(compte_id)
    if compte.fermeture_demandee_at is None:
        compte.fermeture_demandee_at = timezone.now()
        compte.save(update_fields=["fermeture_demandee_at"])
        evenement = log.record("compte.fermeture_demandee", target=compte, actor=compte)
        assert compte.fermeture_prevue_at is not None  # noqa: S101 (set above)
        jour = date_longue(compte.fermeture_prevue_at)
        _ecrire("fermeture_demandee", compte, evenement.pk, date=jour)
    return compte


@transaction.atomic
def annuler(*, compte_id: int) -> Compte:
    """Keep an account that was to close; one that was not stays as it is."""
    compte = _verrouiller(compte_id)
    if compte.fermeture_demandee_at is not None and compte.etat != Etat.FERME:
        compte.fermeture_demandee_at = None
        compte.save(update_fields=["fermeture_demandee_at"])
        evenement = log.record("compte.fermeture_annulee", target=compte, actor=compte)
        _ecrire("fermeture_annulee", compte, evenement.pk)
    return compte


@transaction.atomic
def fermer(*, compte_id: int) -> bool:
    """Erase an account that is due; tell whether it was closed now.

    Everything goes in this transaction or nothing does: a crash leaves the account as it was, for
    the next run. Whoever cancels at the same moment is served by the row lock.
    """
    now = timezone.now()
    comptes = (_echus(now) | _refuses(now)).filter(pk=compte_id).select_related("personne")
    compte = comptes.select_for_update(of=("self",), no_key=True).first()
    if compte is None:
        return False
    demandee, courriel = compte.fermeture_demandee_at, compte.courriel
    nom = compte.get_full_name()
    registries.erase(compte)
    evenement = log.record("compte.ferme", target=compte)
    if demandee is not None:  # a refused account was told when it was refused
        outbox.enqueue(
            "compte_ferme",
            destinataire=outbox.Destinataire(courriel),
            fait=evenement.pk,
            context={"nom": nom},
        )
    return True


@transaction.atomic
def supprimer_jamais_active(*, compte_id: int) -> bool:
    """Delete an account that was never activated, with its person and home; tell whether it was.

    The row lock decides between this and an activation of the same moment: who comes second finds
    another state, or nothing.
    """
    comptes = _jamais_actives(timezone.now()).filter(pk=compte_id).select_related("personne")
    compte = comptes.select_for_update(of=("self",)).first()
    if compte is None:
        return False
    personne = compte.personne
    vides = effacement.quitter_les_foyers(compte, personne) if personne else []
    SessionCompte.objects.filter(compte_id=compte.pk).delete()
    compte.delete()
    if personne:
        effacement.supprimer(personne)
    # Nothing hangs on it, but for a child who lives in another home too.
    Foyer.objects.filter(pk__in=[vide.pk for vide in vides], membres=None).delete()
    return True


def autre_representant(compte: Compte) -> bool:
    """Tell whether the home goes on with somebody else when the account closes."""
    autres = Membre.objects.for_compte(compte).filter(role__in=REPRESENTANTS)
    return autres.exclude(personne=compte.personne_id).exists()


def purger() -> Bilan:
    """Close what is due and delete what was never activated, one transaction an account; what
    fails is logged, left as it was, and tried again by the next run.
    """
    now = timezone.now()
    fermes, rates = _chacun(_echus(now), fermer)
    refuses, autres = _chacun(_refuses(now), fermer)
    jamais, derniers = _chacun(_jamais_actives(now), supprimer_jamais_active)
    if jamais:
        log.record("comptes.jamais_actives_supprimes", details={"nombre": jamais})
    return Bilan(fermes, refuses, jamais, rates + autres + derniers)


def compter() -> Bilan:
    """Return what `purger` would do now."""
    now = timezone.now()
    return Bilan(_echus(now).count(), _refuses(now).count(), _jamais_actives(now).count())


def _chacun(comptes: QuerySet[Compte], acte: Callable[..., bool]) -> tuple[int, int]:
    """Do an act on each account; return how many it was done on, and how many failed."""
    faits, echecs = 0, 0
    for pk in _ids(comptes):
        try:
            faits += acte(compte_id=pk)
        except Exception:
            logger.exception("account %s: %s failed", pk, acte.__name__)
            echecs += 1
    return faits, echecs


def _ids(comptes: QuerySet[Compte]) -> Iterable[int]:
    """Ids by the hundred, in their order: a failure is passed over, not met again."""
    ids, last = comptes.order_by("pk").values_list("pk", flat=True), 0
    while lot := list(ids.filter(pk__gt=last)[:100]):
        yield from lot
        last = lot[-1]


def _echus(now: datetime) -> QuerySet[Compte]:
    asked = Compte.objects.filter(is_staff=False).exclude(etat=Etat.FERME)
    return asked.filter(fermeture_demandee_at__lte=now - settings.DUREE_AVANT_FERMETURE)


def _refuses(now: datetime) -> QuerySet[Compte]:
    """Refused, and nobody came to the counter about it since: kept no longer than the others that
    never served.
    """
    refused = Compte.objects.filter(is_staff=False, etat=Etat.REFUSE)
    return refused.filter(verification_at__lte=now - settings.DUREE_COMPTE_JAMAIS_ACTIVE).exclude(
        Q(fermeture_demandee_at__lte=now - settings.DUREE_AVANT_FERMETURE)
    )


def _jamais_actives(now: datetime) -> QuerySet[Compte]:
    waiting = Compte.objects.filter(is_staff=False, etat=Etat.A_ACTIVER)
    return waiting.filter(created_at__lte=now - settings.DUREE_COMPTE_JAMAIS_ACTIVE)


def _verrouiller(compte_id: int) -> Compte:
    comptes = Compte.objects.select_related("personne")
    return comptes.select_for_update(of=("self",), no_key=True).get(pk=compte_id)


def _ecrire(code: str, compte: Compte, fait: int, **context: str) -> None:
    outbox.enqueue(
        code,
        destinataire=outbox.Destinataire(compte.courriel),
        fait=fait,
        context={
            "nom": compte.get_short_name(),
            "lien": settings.PUBLIC_URL + reverse("accounts:donnees"),
            **context,
        },
    )
