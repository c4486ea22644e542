"""The messages a request owes, with their links."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from demarches.models import Demande, Evenement
from portal.notifications import outbox
from portal.notifications.models import OutgoingMessage

_SALT = "demarches.lien-de-suivi"


def jeton(demande: Demande) -> str:
    """Return the signed, dated token that stands in a mail's link."""
    return signing.dumps(str(demande.uuid), salt=_SALT)


def lire_jeton(texte: str) -> str:
    """Return the UUID a token carries; raises signing.SignatureExpired or signing.BadSignature."""
    uuid: str = signing.loads(texte, salt=_SALT, max_age=settings.DUREE_LIEN_DE_SUIVI)
    return uuid


def lien(demande: Demande) -> str:
    """Return the address to follow a request: signed where there is no account."""
    if demande.compte_id:
        return settings.PUBLIC_URL + demande.get_absolute_url()
    path = reverse("demarches:lien", kwargs={"jeton": jeton(demande)})
    return str(settings.PUBLIC_URL + path)


def annoncer(code: str, demande: Demande, evenement: Evenement, **context: str) -> OutgoingMessage:
    """Queue the message a transition owes, to the request's own address."""
    return outbox.enqueue(
        code,
        destinataire=outbox.Destinataire(demande.courriel),
        fait=evenement.pk,
        context=_context(demande) | context,
    )


def _context(demande: Demande) -> dict[str, str]:
    return {
        "numero": demande.numero or "",
        "demarche": demande.demarche_titre,
        "service": demande.version.demarche.service.nom,
        "nom": demande.nom_demandeur,
        "lien": lien(demande),
    }
