"""The « conditions générales »: published for good, accepted by each account (A6, B1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.errors import ConditionsChangees
from accounts.models import Compte, Conditions
from portal.audit import log

# Set at login on the session of a resident who has not accepted the terms that apply.
A_ACCEPTER = "conditions_a_accepter"


@transaction.atomic
def accepter(*, compte_id: int, version: str) -> None:
    """Note that an account accepts a version; raises ConditionsChangees when it is not the one
    that applies now.
    """
    en_vigueur = Conditions.en_vigueur()
    if en_vigueur is None or en_vigueur.version != version:
        raise ConditionsChangees
    compte = Compte.objects.select_for_update().get(pk=compte_id)
    if compte.conditions_acceptees == version:
        return
    compte.conditions_acceptees = version
    compte.conditions_at = timezone.now()
    compte.save(update_fields=["conditions_acceptees", "conditions_at"])
    log.record(
        "compte.conditions_acceptees", target=compte, actor=compte, details={"version": version}
    )


@transaction.atomic
def enregistrer(
    *, version: str, texte: str, publication_at: datetime, auteur: Compte, pk: int | None = None
) -> Conditions:
    """Add a version, or correct one that does not apply yet; the database refuses the others."""
    conditions = Conditions.objects.select_for_update().get(pk=pk) if pk else Conditions()
    conditions.version = version
    conditions.texte = texte
    conditions.publication_at = publication_at
    conditions.save()
    log.record(
        "conditions.enregistrees",
        target=conditions,
        actor=auteur,
        details={"version": version, "publication": publication_at.isoformat()},
    )
    return conditions


@transaction.atomic
def supprimer(*, pk: int, auteur: Compte) -> None:
    """Drop a version that does not apply yet; the database refuses the others."""
    conditions = Conditions.objects.select_for_update().get(pk=pk)
    details = {"version": conditions.version}
    log.record("conditions.supprimees", target=conditions, actor=auteur, details=details)
    conditions.delete()
