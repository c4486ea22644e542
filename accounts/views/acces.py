"""Who is asking: the resident of the page, and whether the town hall has checked the account."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from accounts.errors import CompteNonValide
from accounts.models import Compte


def titulaire(request: HttpRequest) -> Compte:
    """Return the logged-in account, a resident's or an agent's; the middleware has led anybody else
    to the login.
    """
    if not request.user.is_authenticated:
        raise Http404
    return request.user


def habitant(request: HttpRequest) -> Compte:
    """Return the logged-in resident; raises Http404 for an agent, who has no space of this kind."""
    compte = request.user
    if not compte.is_authenticated or compte.personne_id is None:
        raise Http404
    return compte


def exiger_valide(compte: Compte) -> None:
    """Raise CompteNonValide while the town hall has not checked the account (B6)."""
    if not compte.is_valide:
        raise CompteNonValide
