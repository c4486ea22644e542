"""Daily upkeep of technical rows."""

from datetime import timedelta

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from portal.captcha.store import nettoyer
from portal.kernel import throttle


@shared_task(name="home.entretien")
def entretien() -> None:
    """Remove ended sessions, old counters of attempts, and codes nobody answered."""
    call_command("clearsessions")
    throttle.purge(timezone.now() - timedelta(days=2))
    nettoyer()
