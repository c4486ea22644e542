from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def en_cours(self) -> Self:
        """Neither accepted, nor withdrawn, nor expired."""
        living = self.filter(acceptee_at=None, annulee_at=None)
        return living.filter(expire_at__gt=timezone.now())

    def pour(self, courriel: str) -> Self:
        """Those sent to an address, whatever its case."""
        return self.alias(adresse=Lower("courriel")).filter(adresse=courriel.lower())


class Invitation(models.Model):
    """A co-representative invited by e-mail to an own login on the same home (C6)."""

    foyer = models.ForeignKey("accounts.Foyer", on_delete=models.CASCADE, related_name="+")
    auteur = models.ForeignKey("accounts.Compte", on_delete=models.CASCADE, related_name="+")
    # The entry of the home that this person replaces, when one of the adults is invited.
    membre = models.ForeignKey(
        "accounts.Membre", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    courriel = models.EmailField("courriel", max_length=254)
    created_at = models.DateTimeField("envoyée le", auto_now_add=True)
    expire_at = models.DateTimeField("valable jusqu’au")
    acceptee_at = models.DateTimeField("acceptée le", null=True, blank=True)
    acceptee_par = models.ForeignKey(
        "accounts.Compte", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    annulee_at = models.DateTimeField("retirée le", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        ordering = ["-id"]
        indexes = [
            models.Index(
                Lower("courriel"),
                name="invitation_par_courriel",
                condition=Q(acceptee_at=None, annulee_at=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                "foyer",
                Lower("courriel"),
                condition=Q(acceptee_at=None, annulee_at=None),
                name="invitation_une_par_courriel",
            ),
            models.CheckConstraint(
                name="invitation_acceptee_ou_annulee",
                condition=Q(acceptee_at=None) | Q(annulee_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk}"
