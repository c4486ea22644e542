"""A message in the outbox, written as the product writes it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portal.notifications import outbox
from portal.notifications.models import OutgoingMessage

CONTEXT = {
    "numero": "7K2M-9QXD-04TB",
    "demarche": "Acte de naissance",
    "service": "État civil",
    "nom": "Élodie N’Guyen",
    "lien": "https://demarches.ville.fr/suivi/lien/jeton/",
}


def announce(
    fait: int = 1,
    courriel: str = "elodie@exemple.fr",
    *,
    send_after: datetime | None = None,
    **changes: str,
) -> OutgoingMessage:
    """Queue « demande_deposee » in a transaction of its own."""
    with transaction.atomic():
        return outbox.enqueue(
            "demande_deposee",
            destinataire=outbox.Destinataire(courriel),
            fait=fait,
            context=CONTEXT | changes,
            send_after=send_after,
        )
