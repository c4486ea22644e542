"""How a message leaves: e-mail through Django's backends (SMTP, or a provider through anymail)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from smtplib import SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from portal.notifications.models import OutgoingMessage


class PermanentFailure(Exception):
    """The other side said no for good: trying again would not help."""


@contextmanager
def mail_connection() -> Iterator[BaseEmailBackend]:
    """Yield a backend whose connection is opened at the first message and closed at the end."""
    backend = get_connection()
    try:
        yield backend
    finally:
        backend.close()


def send(message: OutgoingMessage, backend: BaseEmailBackend) -> None:
    """Hand one message over; raises PermanentFailure, or whatever the network raised."""
    backend.open()
    try:
        backend.send_messages([_email(message)])
    except SMTPRecipientsRefused as error:
        if all(500 <= code < 600 for code, _text in error.recipients.values()):
            raise PermanentFailure from error
        raise
    except SMTPSenderRefused:
        raise  # our own address: a setting to mend, after which everything may leave
    except SMTPResponseException as error:
        if 500 <= error.smtp_code < 600:
            raise PermanentFailure from error
        raise


def _email(message: OutgoingMessage) -> EmailMultiAlternatives:
    email = EmailMultiAlternatives(
        subject=message.subject,
        body=message.body_text,
        to=[message.recipient],
        headers={
            # Derived from the row: a rare second copy is recognised by the reader's mail program.
            "Message-ID": f"<{message.uuid}@{urlsplit(settings.PUBLIC_URL).hostname}>",
            # RFC 3834: no automatic answer is wanted, nobody reads them.
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    email.attach_alternative(message.body_html, "text/html")
    return email
