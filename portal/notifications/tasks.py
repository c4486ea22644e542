"""Shells over delivery: a task claims and calls."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from portal.notifications import delivery

# How long the text of a finished message is kept.
BODIES_KEPT = timedelta(days=90)


@shared_task(name="notifications.drain")
def drain() -> int:
    return delivery.drain()


@shared_task(name="notifications.purge")
def purge() -> int:
    return delivery.purge_bodies(timezone.now() - BODIES_KEPT)
