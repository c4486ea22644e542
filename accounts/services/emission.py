"""Keys of services (B8), on the clerk's side: made one by one or in bulk, readable once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.errors import FamilleDejaRattachee
from accounts.models import CleService, Compte, DossierFamille
from accounts.services.cles import empreinte
from portal.audit import log
from portal.kernel.crypto import normalise_number, random_number


@dataclass(frozen=True)
class CleEmise:
    """A key just made: the only moment at which it can be read."""

    dossier: DossierFamille
    cle: str
    expire_at: datetime


@transaction.atomic
def emettre(*, dossier_id: int, auteur: Compte | None) -> CleEmise:
    """Make a key for a family; the one before is worth nothing from now on. Raises
    FamilleDejaRattachee.
    """
    emises = emettre_en_nombre(dossiers=[dossier_id], auteur=auteur)
    if not emises:
        raise FamilleDejaRattachee
    return emises[0]


@transaction.atomic
def emettre_en_nombre(*, dossiers: Sequence[int], auteur: Compte | None) -> list[CleEmise]:
    """Make a key for each of these families but those attached already, in the order of names."""
    rows = DossierFamille.objects.filter(pk__in=dossiers, foyer=None).select_related("service")
    # Locked in the order of ids: two clerks who issue at once wait for each other, never both.
    locked = list(rows.order_by("id").select_for_update(of=("self",), no_key=True))
    living = CleService.objects.filter(utilisation_at=None, revocation_at=None)
    now = timezone.now()
    living.filter(dossier__in=[dossier.pk for dossier in locked]).update(revocation_at=now)
    expire_at = now + settings.DUREE_CLE
    emises = [CleEmise(dossier, random_number(), expire_at) for dossier in locked]
    CleService.objects.bulk_create(
        [
            CleService(
                dossier=emise.dossier,
                empreinte=empreinte(emise.cle),
                auteur=auteur,
                expire_at=expire_at,
            )
            for emise in emises
        ],
        batch_size=1000,
    )
    log.record_each("cle.emise", targets=locked, actor=auteur)
    return sorted(emises, key=lambda emise: (emise.dossier.nom, emise.dossier.pk))


def cle_vivante(dossier: DossierFamille, cle: str) -> CleEmise | None:
    """Return a key as when it was made, if it is the living one of this family: its letter may be
    printed.
    """
    number = normalise_number(cle)
    if number is None:
        return None
    vivante = CleService.objects.valables().filter(dossier=dossier, empreinte=empreinte(number))
    found = vivante.first()
    return CleEmise(dossier, number, found.expire_at) if found else None
