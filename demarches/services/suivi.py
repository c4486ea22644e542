"""Following a request without account: by its number, or by a link to its address."""

from __future__ import annotations

from django.db import transaction

from demarches.models import Demande
from demarches.services import messages
from portal.audit import log
from portal.notifications import outbox


@transaction.atomic
def envoyer_lien(*, demande_id: int) -> None:
    """Send the link that opens everything to the address of the request, and nowhere else."""
    demande = Demande.objects.deposees().with_demarche().get(pk=demande_id, compte=None)
    # The fact is this asking, not the request: asking twice sends two mails.
    fait = log.record("demande.lien_envoye", target=demande)
    outbox.enqueue(
        "lien_de_suivi",
        destinataire=outbox.Destinataire(demande.courriel),
        fait=fait.pk,
        context={
            "numero": demande.numero or "",
            "demarche": demande.demarche_titre,
            "lien": messages.lien(demande),
        },
    )
