"""The only way a message is sent: a row in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from portal.kernel.crypto import fingerprint
from portal.notifications import catalog
from portal.notifications.models import OutgoingMessage


class MessageContradictoire(RuntimeError):
    """The same fact was announced to the same person with another content: a programming error."""


@dataclass(frozen=True)
class Destinataire:
    """To whom: an e-mail address, as the person gave it."""

    courriel: str

    @property
    def key(self) -> str:
        """The address as it stands in a message's key: recognisable, not readable."""
        return fingerprint("destinataire", self.courriel.casefold())


def enqueue(
    code: str,
    *,
    destinataire: Destinataire,
    fait: int,
    context: dict[str, str],
    send_after: datetime | None = None,
) -> OutgoingMessage:
    """Write the message in the caller's transaction; the next drain (2 s) sends it.

    `fait` is the id of the row that caused it, never of the request: refusing twice is two facts.
    `send_after` (aware) holds it back. Raises MessageContradictoire when the same fact is announced
    with another content, RuntimeError outside of a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{code}: a message is queued only inside a transaction")
    rendered = catalog.render(code, context)
    digest = fingerprint("courrier", f"{rendered.subject}\n{rendered.text}")
    key = f"{code}:{fait}:{destinataire.key}"
    new = OutgoingMessage(
        key=key,
        code=code,
        digest=digest,
        recipient=destinataire.courriel,
        subject=rendered.subject,
        body_text=rendered.text,
        body_html=rendered.html,
        due_at=send_after or timezone.now(),
    )
    # ON CONFLICT DO NOTHING: the unique key decides, without the savepoint of get_or_create.
    OutgoingMessage.objects.bulk_create([new], ignore_conflicts=True)
    message = OutgoingMessage.objects.defer("body_text", "body_html").get(key=key)
    if message.digest != digest:
        raise MessageContradictoire(key)
    return message
