"""Readings of a resident's file by an agent, written down for the resident to see (B11)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from accounts.models import Compte, Service
from portal.audit import log


def noter(
    action: str, *, cible: Model, agent: Compte, details: dict[str, Any] | None = None
) -> None:
    """Write in the journal that an agent has read something of a resident; `action` ends in
    `.consultee` or `.consulte`.

    The names of the agent's services that day go along: the resident is told these, and never the
    agent's own.
    """
    noter_chacun(action, cibles=[cible], agent=agent, details=details)


def noter_chacun(
    action: str, *, cibles: Iterable[Model], agent: Compte, details: dict[str, Any] | None = None
) -> None:
    """Write the reading of several files that one page shows side by side, as `noter` does."""
    if not action.endswith((".consultee", ".consulte")):
        raise ValueError(f"{action}: « Qui a consulté mon dossier » would not find it")
    services = list(Service.objects.filter(agents__compte=agent).values_list("nom", flat=True))
    log.record_each(
        action, targets=cibles, actor=agent, details={**(details or {}), "services": services}
    )
