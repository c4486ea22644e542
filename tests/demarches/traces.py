"""What the database holds, to show that a refused act left nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from accounts.models import Service
from demarches.models import Campagne, Demande, Demarche, Evenement, Theme, VersionDemarche
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage

WATCHED = (
    Demande,
    Evenement,
    Campagne,
    Demarche,
    VersionDemarche,
    Theme,
    Service,
    OutgoingMessage,
    AuditEvent,
)


def traces() -> dict[str, list[dict[str, Any]]]:
    """Return every row that an act could have written, column by column."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in WATCHED}


@contextmanager
def nothing_left() -> Iterator[None]:
    """Fail when the block changed a state, an event, a place, a message or the journal."""
    before = traces()
    yield
    assert traces() == before
