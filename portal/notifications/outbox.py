"""The only way a message is sent: a row in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
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
    key = _key(code, fait, destinataire)
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
    if _insert(new):
        return new
    message = OutgoingMessage.objects.get(key=key)
    if message.digest != digest:
        raise MessageContradictoire(key)
    return message


def has_announced(code: str, *, destinataire: Destinataire, faits: Iterable[int]) -> bool:
    """Tell whether one of these facts was announced to a person by this message."""
    keys = [_key(code, fait, destinataire) for fait in faits]
    return OutgoingMessage.objects.filter(key__in=keys).exists()


def _key(code: str, fait: int, destinataire: Destinataire) -> str:
    return f"{code}:{fait}:{destinataire.key}"


def _insert(message: OutgoingMessage) -> bool:
    """Write a message unless its key is there: the unique key decides, no read, no savepoint."""
    message.created_at = timezone.now()
    fields = [field for field in OutgoingMessage._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(connection.ops.quote_name(field.column or "") for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(OutgoingMessage._meta.db_table)
    values = [
        field.get_db_prep_save(getattr(message, field.attname), connection) for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 (names of the model)
            " ON CONFLICT (key) DO NOTHING RETURNING id",
            values,
        )
        row = cursor.fetchone()
    message.pk = row[0] if row else None
    return row is not None
