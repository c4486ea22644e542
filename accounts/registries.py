"""What apps above tell the accounts app."""

from __future__ import annotations

from collections import defaultdict

_permissions: dict[str, set[str]] = defaultdict(set)


def grant(role: str, *permissions: str) -> None:
    """Give a role (`accounts.models.Role`) permissions, named `app.codename`."""
    _permissions[role].update(permissions)


def permissions_of(role: str) -> frozenset[str]:
    """Return what a role may do."""
    return frozenset(_permissions[role])
