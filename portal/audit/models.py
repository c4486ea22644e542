"""The journal: who did or read what, when, from where. Rows can be added, never changed."""

from django.db import models


class AuditEvent(models.Model):
    """One act or reading. Ids and labels, no foreign keys: the journal outlives what it tells of.

    UPDATE and DELETE are refused by a trigger unless the transaction has set the purge flag
    (`portal.kernel` migration 0001).
    """

    at = models.DateTimeField("date", auto_now_add=True, db_index=True)
    action = models.CharField("acte", max_length=60)
    actor_id = models.BigIntegerField("compte", null=True, blank=True)
    actor_label = models.CharField("auteur", max_length=150, blank=True)
    target_type = models.CharField("type d’objet", max_length=60, blank=True)
    target_id = models.CharField("objet", max_length=40, blank=True)
    target_label = models.CharField("libellé", max_length=150, blank=True)
    address = models.CharField("réseau", max_length=50, blank=True)
    details = models.JSONField("détails", default=dict, blank=True)

    class Meta:
        verbose_name = "évènement du journal"
        verbose_name_plural = "journal"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["target_type", "target_id", "id"], name="audit_par_objet"),
            models.Index(fields=["actor_id", "id"], name="audit_par_auteur"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_label}"
