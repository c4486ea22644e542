"""Messages of security: always by e-mail, whatever the preferred channel (B4)."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Compte
from portal.audit import log
from portal.notifications import outbox
from portal.ui.formats import date_heure


def lien(nom: str, **kwargs: str) -> str:
    """Return the absolute address of one of our pages, for a mail."""
    return str(settings.PUBLIC_URL + reverse(f"accounts:{nom}", kwargs=kwargs))


def ecrire(code: str, courriel: str, *, fait: int, **context: str) -> None:
    """Queue a message of security, in the caller's transaction."""
    outbox.enqueue(code, destinataire=outbox.Destinataire(courriel), fait=fait, context=context)


def noter(acte: str, compte: Compte, *, modification: str, courriel: str = "") -> None:
    """Write an act in the journal and tell the owner by mail (`courriel`: the address before the
    change, where it is the address that changes).
    """
    event = log.record(acte, target=compte, actor=compte)
    ecrire(
        "compte_modifie",
        courriel or compte.courriel,
        fait=event.pk,
        identifiant=compte.identifiant,
        modification=modification,
        date=date_heure(timezone.now()),
        lien=lien("oubli"),
    )
