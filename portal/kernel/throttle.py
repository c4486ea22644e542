"""Slow down who tries too often: one table, one UPSERT an attempt, no lock-out for good.

Attempts are counted before the costly work (hashing a password) and outside of any transaction, so
that a rollback cannot give them back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from portal.kernel.crypto import fingerprint
from portal.kernel.models import Throttle

# A key that waits for nothing has no date: with « now » in its place, two people of one address
# whose clocks were read a moment apart blocked each other (tried with twenty).
_ATTEMPT = """
INSERT INTO kernel_throttle AS t (scope, key, attempts, last_at, blocked_until, allowed)
VALUES (%(scope)s, %(key)s, 1, %(now)s, NULL, true)
ON CONFLICT (scope, key) DO UPDATE SET
    allowed = t.blocked_until IS NULL OR t.blocked_until <= %(now)s,
    attempts = CASE
        WHEN t.blocked_until > %(now)s THEN t.attempts
        WHEN t.last_at < %(now)s - %(memory)s THEN 1
        ELSE t.attempts + 1 END,
    last_at = CASE WHEN t.blocked_until > %(now)s THEN t.last_at ELSE %(now)s END,
    blocked_until = CASE
        WHEN t.blocked_until > %(now)s THEN t.blocked_until
        WHEN t.last_at < %(now)s - %(memory)s OR t.attempts + 1 < %(free)s THEN NULL
        ELSE %(now)s + least(
            %(ceiling)s, %(delay)s * power(2, least(t.attempts + 1 - %(free)s, 20))) END
RETURNING allowed, blocked_until
"""


@dataclass(frozen=True)
class Rule:
    """`free` attempts at once, then a wait that doubles from `delay` to `ceiling`; forgotten after
    `memory`.
    """

    scope: str
    free: int
    delay: timedelta
    ceiling: timedelta
    memory: timedelta = timedelta(hours=24)


def attempt(rule: Rule, key: str) -> timedelta | None:
    """Count one attempt of `key`; return None when it may go on, else the time left to wait.

    An empty key (no known address) is not counted. An attempt made while blocked is refused and
    does not lengthen the wait, so nobody can be kept out for good.
    """
    if not key:
        return None
    now = timezone.now()
    parameters: dict[str, Any] = {
        "scope": rule.scope,
        "key": fingerprint("throttle", key),
        "now": now,
        "memory": rule.memory,
        "free": rule.free,
        "delay": rule.delay,
        "ceiling": rule.ceiling,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ATTEMPT, parameters)
        allowed, blocked_until = cursor.fetchone()
    return None if allowed else blocked_until - now


def is_slowed(rule: Rule, key: str) -> bool:
    """Tell whether the next attempt of `key` would have to wait; counts nothing."""
    counter = Throttle.objects.filter(scope=rule.scope, key=fingerprint("throttle", key))
    return counter.filter(blocked_until__gt=timezone.now()).exists()


def take_back(rule: Rule, key: str) -> None:
    """Uncount an allowed attempt that turned out right: many people may share an address."""
    if key:
        counter = Throttle.objects.filter(scope=rule.scope, key=fingerprint("throttle", key))
        counter.update(attempts=F("attempts") - 1, blocked_until=None)


def forget(rule: Rule, key: str) -> None:
    """Start the count of `key` anew, after a success."""
    if key:
        Throttle.objects.filter(scope=rule.scope, key=fingerprint("throttle", key)).delete()


def forget_everywhere(*keys: str) -> None:
    """Delete the counters of these keys under every rule: who they stood for is erased."""
    prints = [fingerprint("throttle", key) for key in keys if key]
    Throttle.objects.filter(key__in=prints).delete()


def purge(before: datetime) -> int:
    """Delete the counters last touched before `before` (aware); return how many."""
    deleted, _by_model = Throttle.objects.filter(last_at__lt=before).delete()
    return deleted
