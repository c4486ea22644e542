"""Who a login is."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db.models import Value
from django.db.models.functions import Lower
from django.http import HttpRequest

from accounts.models import ACTIVES, Compte


class CompteBackend(BaseBackend):
    """Identifiant or e-mail, and a password. What an account may do is on `Compte.has_perm`."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Compte | None:
        """Return the account, or None; takes as long for an unknown name as for a known one."""
        if username is None or password is None:
            return None
        compte = self._find(username.strip())
        if compte is None:
            make_password(password)  # the cost of a check, so that time tells nothing
            return None
        return compte if compte.check_password(password) and compte.is_active else None

    def _find(self, name: str) -> Compte | None:
        if "@" in name:
            # lower() as the unique index has it: read by it, and equal to what it holds equal.
            comptes = Compte.objects.annotate(minuscule=Lower("courriel"))
            return comptes.filter(minuscule=Lower(Value(name)), etat__in=ACTIVES).first()
        return Compte.objects.filter(identifiant=name.lower()).first()

    def get_user(self, user_id: int) -> Compte | None:
        """Return the session's account in one query, with what every page shows of it."""
        comptes = Compte.objects.select_related("personne", "agent_profil")
        compte = comptes.filter(pk=user_id).first()
        return compte if compte is not None and compte.is_active else None
