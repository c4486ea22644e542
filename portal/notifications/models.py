"""The outbox: every message that must leave is a row, written in the transaction that owes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

# A worker that holds a message longer than this is taken for dead, and the message is due again.
CLAIM_LASTS = timedelta(seconds=60)


class State(models.TextChoices):
    QUEUED = "queued", "en attente"
    INFLIGHT = "inflight", "en cours d’envoi"
    RETRY = "retry", "à renvoyer"
    SENT = "sent", "envoyé"
    FAILED = "failed", "en échec"


class OutgoingMessageQuerySet(models.QuerySet["OutgoingMessage"]):
    def due(self, now: datetime) -> OutgoingMessageQuerySet:
        """Messages whose time has come, and those whose worker died with them."""
        return self.filter(state__in=[State.QUEUED, State.RETRY, State.INFLIGHT], due_at__lte=now)


class OutgoingMessage(models.Model):
    """One message to one recipient; `key` is code, fact and recipient: told once."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    key = models.CharField(max_length=120, unique=True, editable=False)
    digest = models.CharField(max_length=32, editable=False)
    code = models.CharField("modèle", max_length=60)
    recipient = models.EmailField("destinataire", max_length=254, blank=True)
    subject = models.CharField("objet", max_length=250, blank=True)
    body_text = models.TextField("texte", blank=True)
    body_html = models.TextField("texte mis en page", blank=True)
    state = models.CharField("état", max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    # Not before, then next try, then end of the claim: the one date a drain looks at.
    due_at = models.DateTimeField("à envoyer le")
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    sent_at = models.DateTimeField("envoyé le", null=True, blank=True)
    last_error = models.CharField("dernière erreur", max_length=120, blank=True)

    objects = OutgoingMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "courrier sortant"
        verbose_name_plural = "courriers sortants"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="courrier_envoye_date",
                condition=Q(state=State.SENT, sent_at__isnull=False)
                | (~Q(state=State.SENT) & Q(sent_at=None)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="courrier_a_envoyer",
                condition=Q(state__in=[State.QUEUED, State.RETRY, State.INFLIGHT]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state in {State.QUEUED, State.RETRY, State.INFLIGHT}

    @classmethod
    def oldest_due(cls) -> datetime | None:
        """When the longest-waiting due message should have left, or None."""
        due = cls.objects.due(timezone.now()).order_by("due_at")
        return due.values_list("due_at", flat=True).first()
