"""Shells over services."""

from celery import shared_task

from accounts.services import fermeture


@shared_task(name="accounts.purger_comptes")
def purger_comptes() -> None:
    fermeture.purger()
