from __future__ import annotations

from django.db import models
from django.utils import timezone


class Conditions(models.Model):
    """A version of the « conditions générales »; accounts keep the version they accepted."""

    version = models.CharField("version", max_length=20, unique=True)
    texte = models.TextField("texte", help_text="En Markdown. Les titres commencent par ##.")
    publication_at = models.DateTimeField("en vigueur le", default=timezone.now)

    class Meta:
        verbose_name = "conditions générales"
        verbose_name_plural = "conditions générales"
        ordering = ["-publication_at", "-id"]

    def __str__(self) -> str:
        return self.version

    @classmethod
    def en_vigueur(cls) -> Conditions | None:
        """The version that applies now."""
        return cls.objects.filter(publication_at__lte=timezone.now()).first()
