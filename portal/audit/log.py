"""Write to the journal, in the caller's transaction when there is one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from portal.audit.models import AuditEvent
from portal.kernel import address


def record(
    action: str,
    *,
    target: Model | None = None,
    actor: Model | None = None,
    details: dict[str, Any] | None = None,
) -> AuditEvent:
    """Add one event. `action` reads `demande.deposee`; `details` holds no free text."""
    event = _event(action, target, actor, details)
    event.save(force_insert=True)
    return event


def record_each(
    action: str,
    *,
    targets: Iterable[Model],
    actor: Model | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Add one event for each target, in one statement: a page that shows several files."""
    AuditEvent.objects.bulk_create([_event(action, t, actor, details) for t in targets])


def _event(
    action: str, target: Model | None, actor: Model | None, details: dict[str, Any] | None
) -> AuditEvent:
    return AuditEvent(
        action=action,
        actor_id=actor.pk if actor is not None else None,
        actor_label=str(actor)[:150] if actor is not None else "",
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        target_label=str(target)[:150] if target is not None else "",
        address=address.shorten(address.current()),
        details=details or {},
    )
