"""The requests of one account, as its pages list them."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Compte
from demarches.models import Demande, VersionDemarche
from demarches.models.demande import CONTENU, DemandeQuerySet

DERNIERES = 4


def brouillons(compte: Compte, limite: int = 20) -> list[Demande]:
    """Return the living drafts of an account, the last typed first (one query)."""
    living = Demande.objects.for_compte(compte).brouillons().filter(expire_at__gt=timezone.now())
    return list(living.defer(*CONTENU).order_by("-saisie_at")[:limite])


def deposees(compte: Compte) -> DemandeQuerySet:
    """Return the requests an account has filed, the newest first."""
    filed = Demande.objects.for_compte(compte).deposees()
    return filed.defer(*CONTENU).order_by("-depot_at")


def dernieres_demandes(compte: Compte) -> tuple[list[Demande], list[Demande]]:
    """Return the drafts to finish and the « Dernières demandes » (four) of the dashboard, with
    their definitions at hand (three queries at most).
    """
    drafts, filed = brouillons(compte, DERNIERES), list(deposees(compte)[:DERNIERES])
    VersionDemarche.precharger(demande.version_id for demande in (*drafts, *filed))
    return drafts, filed
