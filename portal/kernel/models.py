"""Technical rows that would otherwise live in a cache server: counters of attempts, versions of
caches.
"""

from django.db import models


class Throttle(models.Model):
    """Attempts of one kind by one key (an address, an account); see `throttle.attempt`."""

    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=32)
    attempts = models.PositiveIntegerField()
    last_at = models.DateTimeField(db_index=True)
    blocked_until = models.DateTimeField(null=True)
    allowed = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="throttle_une_ligne_par_cle"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class CacheVersion(models.Model):
    """Number raised by a trigger when the data behind a process-wide cache changes."""

    name = models.CharField(max_length=40, primary_key=True)
    version = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
