"""Shells over services."""

from celery import shared_task
from django.utils import timezone

from demarches.services import brouillon


@shared_task(name="demarches.purger_brouillons")
def purger_brouillons() -> int:
    return brouillon.purger(timezone.now())
