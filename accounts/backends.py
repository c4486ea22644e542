"""Who a login is."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpRequest

from accounts.models import Compte, Etat
from portal.kernel.text import canonical_name


def trouver(nom: str) -> Compte | None:
    """Return the account of an identifiant or an e-mail; a closed one is nobody's.

    By e-mail, never one to activate: anybody may have typed that address, and what such an account
    answers would tell whether the address already has another.
    """
    nom = canonical_name(nom)
    if "@" in nom:
        # lower() and the states as the unique index has them: read by it.
        comptes = Compte.objects.annotate(minuscule=Lower("courriel"))
        closed = Q(etat__in=[Etat.A_ACTIVER, Etat.FERME])
        found = comptes.filter(~closed, minuscule=nom)
        return next(iter(found.order_by()), None)  # one at most: an order would choose its index
    return Compte.objects.exclude(etat=Etat.FERME).filter(identifiant=nom).first()


def verifier(compte: Compte | None, mot_de_passe: str) -> bool:
    """Tell whether a password is the account's; no account costs the same, and is no."""
    if compte is None:
        make_password(mot_de_passe)  # the cost of a check, so that time tells nothing
        return False
    return compte.check_password(mot_de_passe)


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
        compte = trouver(username)
        if not verifier(compte, password) or compte is None:
            return None
        return compte if compte.is_active else None

    def get_user(self, user_id: int) -> Compte | None:
        """Return the session's account in one query, with what every page shows of it."""
        comptes = Compte.objects.select_related("personne", "agent_profil")
        compte = comptes.filter(pk=user_id).first()
        return compte if compte is not None and compte.is_active else None
