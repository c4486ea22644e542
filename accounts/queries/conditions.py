"""Which terms apply, and which applied before."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Conditions


def publiees() -> list[Conditions]:
    """Return every version that applies or applied, the one that applies first."""
    return list(Conditions.objects.filter(publication_at__lte=timezone.now()))


def a_venir(version: str) -> Conditions | None:
    """Return a version that will apply later, for the agents who prepare it."""
    versions = Conditions.objects.filter(publication_at__gt=timezone.now(), version=version)
    return versions.first()
