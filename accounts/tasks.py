"""Shells over services."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.services import fermeture, invitations


@shared_task(name="accounts.purger_comptes")
def purger_comptes() -> None:
    fermeture.purger()
    invitations.purger(timezone.now() - settings.DUREE_COMPTE_JAMAIS_ACTIVE)
