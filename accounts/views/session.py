"""Opening the session of an account, in one place whatever leads to it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse

from accounts.models import Compte
from accounts.services import appareils, sessions
from accounts.services.conditions import A_ACCEPTER
from accounts.services.connexion import conditions_a_accepter


def ouvrir(request: HttpRequest, compte: Compte) -> None:
    """Log in: under a new key (`login` cycles it), which nobody can have planted before."""
    login(request, compte)
    lasts = settings.DUREE_SESSION_AGENT if compte.is_staff else settings.DUREE_SESSION_RESIDENT
    request.session.set_expiry(int(lasts.total_seconds()))
    request.session.update(sessions.decrire(request.headers.get("User-Agent", "")))
    request.session[A_ACCEPTER] = conditions_a_accepter(compte)


def note(request: HttpRequest) -> str:
    """Return what this browser keeps of the accounts that have logged in from it."""
    return request.COOKIES.get(settings.APPAREIL_COOKIE_NAME, "")


def retenir(request: HttpRequest, response: HttpResponse, compte: Compte) -> None:
    """Let this browser be known to the account at its next login."""
    response.set_cookie(
        settings.APPAREIL_COOKIE_NAME,
        appareils.retenir(note(request), compte),
        max_age=settings.DUREE_APPAREIL_CONNU,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
