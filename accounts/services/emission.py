"""Keys of services (B8), on the clerk's side: made one by one or in bulk, readable for a while.

A key is never kept: it is worked out from the secret key and the number of its lot. The agent who
made a lot reads it again for DUREE_RETRAIT, so that a reload, a double click or a lost download
does not make another key, which would void the one just given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.errors import ClesDejaRemises, FamilleDejaRattachee, ServiceSansCoordonnees
from accounts.models import CleService, Compte, DossierFamille
from accounts.services.cles import empreinte
from portal.audit import log
from portal.kernel.crypto import derived_number

DUREE_RETRAIT = timedelta(minutes=10)


@dataclass(frozen=True)
class CleEmise:
    """A key that can be read."""

    dossier: DossierFamille
    cle: str
    expire_at: datetime

    @property
    def sans_adresse(self) -> bool:
        """Whether its letter has nowhere to go."""
        return not self.dossier.donnees.get("adresse")


@transaction.atomic
def emettre(*, dossier_id: int, auteur: Compte | None, lot: UUID | None = None) -> CleEmise:
    """Make a key for a family; the one before is worth nothing from now on. Raises
    FamilleDejaRattachee, ServiceSansCoordonnees or ClesDejaRemises.
    """
    emises = emettre_en_nombre(dossiers=[dossier_id], auteur=auteur, lot=lot)
    if not emises:
        raise FamilleDejaRattachee
    return emises[0]


@transaction.atomic
def emettre_en_nombre(
    *,
    dossiers: Sequence[int],
    auteur: Compte | None,
    lot: UUID | None = None,
    remplacer: bool = True,
) -> list[CleEmise]:
    """Make a key for each of these families but those attached already, in the order of names;
    without `remplacer`, but those with a valid key too.

    The same `lot` sent again makes nothing and returns the same keys. Raises
    ServiceSansCoordonnees, or ClesDejaRemises when a lot is no longer shown.
    """
    rows = DossierFamille.objects.filter(pk__in=dossiers, foyer=None).select_related("service")
    # Locked in the order of ids: two clerks who issue at once wait for each other, never both.
    locked = list(rows.order_by("id").select_for_update(of=("self",), no_key=True))
    if any(not (d.service.telephone or d.service.courriel) for d in locked):
        raise ServiceSansCoordonnees
    if lot is not None and _is_connu(lot, locked):
        return _deja_emises(lot, auteur)
    if not remplacer:
        locked = _sans_cle_valable(locked)
    living = CleService.objects.filter(utilisation_at=None, revocation_at=None)
    now = timezone.now()
    living.filter(dossier__in=[dossier.pk for dossier in locked]).update(revocation_at=now)
    expire_at = now + settings.DUREE_CLE
    lot = lot or uuid4()
    emises = [CleEmise(dossier, _cle(lot, dossier.pk), expire_at) for dossier in locked]
    nouvelles = [
        CleService(
            dossier=e.dossier, empreinte=empreinte(e.cle), auteur=auteur, expire_at=expire_at
        )
        for e in emises
    ]
    CleService.objects.bulk_create(nouvelles, batch_size=1000)
    log.record_each("cle.emise", targets=locked, actor=auteur)
    return _par_nom(emises)


def relire(*, lot: UUID, auteur: Compte) -> list[CleEmise]:
    """Return the keys of a lot that its author made a short while ago, in the order of names;
    none once that time has passed.
    """
    depuis = timezone.now() - DUREE_RETRAIT
    recentes = CleService.objects.valables().filter(auteur=auteur, created_at__gt=depuis)
    emises = [
        CleEmise(row.dossier, _cle(lot, row.dossier_id), row.expire_at)
        for row in recentes.select_related("dossier__service")
        if row.empreinte == empreinte(_cle(lot, row.dossier_id))
    ]
    return _par_nom(emises)


def _sans_cle_valable(dossiers: Sequence[DossierFamille]) -> list[DossierFamille]:
    valables = CleService.objects.valables().filter(dossier__in=dossiers)
    gardees = set(valables.values_list("dossier_id", flat=True))
    return [dossier for dossier in dossiers if dossier.pk not in gardees]


def _cle(lot: UUID, dossier_id: int) -> str:
    return derived_number("cle_service.lot", f"{lot}:{dossier_id}")


def _is_connu(lot: UUID, dossiers: Sequence[DossierFamille]) -> bool:
    """Tell whether a lot was made already, whatever became of its keys."""
    empreintes = [empreinte(_cle(lot, dossier.pk)) for dossier in dossiers]
    return CleService.objects.filter(empreinte__in=empreintes).exists()


def _deja_emises(lot: UUID, auteur: Compte | None) -> list[CleEmise]:
    emises = relire(lot=lot, auteur=auteur) if auteur else []
    if not emises:
        raise ClesDejaRemises
    return emises


def _par_nom(emises: list[CleEmise]) -> list[CleEmise]:
    return sorted(emises, key=lambda emise: (emise.dossier.nom, emise.dossier.pk))
