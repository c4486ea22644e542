"""Empty the outbox: claim a row, send outside of the transaction, write the outcome if it is still
ours.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from time import monotonic

from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from portal.notifications import channels
from portal.notifications.models import CLAIM_LASTS, OutgoingMessage, State

logger = logging.getLogger(__name__)

# Waits between tries, about two days in all: a mail server down for a week-end loses nothing.
WAITS = [timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 7200, 21_600, 43_200, 86_400)]
MAX_ATTEMPTS = len(WAITS) + 1


def drain(budget: timedelta = timedelta(seconds=30)) -> int:
    """Send what is due, one row at a time, for at most about `budget`; return how many were tried.

    One claim at a time keeps what a killed worker can send twice down to one message a thread.
    """
    deadline = monotonic() + budget.total_seconds()
    tried = 0
    with channels.mail_connection() as backend:
        while monotonic() < deadline:
            message = claim_next()
            if message is None:
                break
            attempt(message, backend)
            tried += 1
    return tried


@transaction.atomic
def claim_next() -> OutgoingMessage | None:
    """Take the oldest due message that nobody else is taking, and count the attempt."""
    now = timezone.now()
    due = OutgoingMessage.objects.due(now).order_by("due_at", "id")
    while message := due.select_for_update(of=("self",), skip_locked=True).first():
        if message.attempts < MAX_ATTEMPTS:
            message.state = State.INFLIGHT
            message.attempts += 1
            message.due_at = now + CLAIM_LASTS
            message.save(update_fields=["state", "attempts", "due_at"])
            return message
        # Its workers died every time.
        OutgoingMessage.objects.filter(pk=message.pk).update(
            state=State.FAILED, last_error="envoi interrompu trop souvent"
        )
    return None


def attempt(message: OutgoingMessage, backend: BaseEmailBackend) -> None:
    """Send one claimed message and write what became of it if the claim is still ours."""
    now = timezone.now()
    outcome: dict[str, object]
    try:
        channels.send(message, backend)
    except channels.PermanentFailure as failure:
        outcome = {"state": State.FAILED, "last_error": type(failure.__cause__).__name__}
    except Exception as error:
        logger.exception("message %s was not sent", message.pk)
        backend.close()  # what the connection holds is unknown now
        outcome = _after_error(message, error, now)
    else:
        outcome = {"state": State.SENT, "sent_at": timezone.now(), "last_error": ""}
    mine = OutgoingMessage.objects.filter(
        pk=message.pk, attempts=message.attempts, state=State.INFLIGHT
    )
    mine.update(**outcome)


def _after_error(message: OutgoingMessage, error: Exception, now: datetime) -> dict[str, object]:
    last_error = type(error).__name__
    if message.attempts >= MAX_ATTEMPTS:
        return {"state": State.FAILED, "last_error": last_error}
    wait = WAITS[message.attempts - 1]
    return {"state": State.RETRY, "due_at": now + wait, "last_error": last_error}


def purge_bodies(before: datetime) -> int:
    """Blank who and what of messages finished before `before` (aware); the fact stays."""
    finished = OutgoingMessage.objects.filter(
        state__in=[State.SENT, State.FAILED], created_at__lt=before
    ).exclude(recipient="")
    return finished.update(recipient="", subject="", body_text="", body_html="")
