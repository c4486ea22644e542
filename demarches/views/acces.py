"""What this browser may see: requests of the logged-in account, and those of no account that it
opened.

The session remembers the latter with a level (architecture.md, « The ticket number as a key »): by
its number alone one sees where a request stands; its content needs the filing session or the link
sent by mail.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from time import time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import Compte
from demarches.models import Demande
from demarches.models.demande import DemandeQuerySet
from portal.ui.errors import gone

NUMERO, COMPLET = "numero", "complet"
_SESSION = "demandes"
REMEMBERED = 50


class Ailleurs(Exception):
    """The visitor is led elsewhere; `response` says where (`mene_ailleurs` answers with it)."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


def mene_ailleurs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view raise Ailleurs, from however deep, to answer with another page."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Ailleurs as ailleurs:
            return ailleurs.response

    return wrapped


def compte_de(request: HttpRequest) -> Compte | None:
    """Return the logged-in account, or None."""
    return request.user if request.user.is_authenticated else None


def exiger_compte(request: HttpRequest) -> Compte:
    """Return the logged-in account of a view that the middleware reserves to logged-in people."""
    if not request.user.is_authenticated:
        raise Http404
    return request.user


def ouvrir(request: HttpRequest, demande: Demande, niveau: str) -> None:
    """Remember in the session that this browser may see a request of no account."""
    opened = dict(request.session.get(_SESSION, {}))
    previous = opened.pop(str(demande.uuid), NUMERO)
    opened[str(demande.uuid)] = COMPLET if COMPLET in (niveau, previous) else NUMERO
    request.session[_SESSION] = dict(list(opened.items())[-REMEMBERED:])
    if demande.compte_id is None and not request.user.is_authenticated:
        # A little longer than the draft, so that a late visitor reads that it has expired.
        lasts = settings.DUREE_BROUILLON_SANS_COMPTE + timedelta(hours=1)
        request.session.set_expiry(int(lasts.total_seconds()))


def prolonger(request: HttpRequest) -> None:
    """Let the session of who has no account live on with the draft being typed (a row each ten
    minutes at most); the middleware does so for accounts.
    """
    now = int(time())
    if not request.user.is_authenticated and now - request.session.get("vue_a", 0) > 600:
        request.session["vue_a"] = now


def niveau(request: HttpRequest, demande: Demande) -> str:
    """Return the level at which a request in scope is open here."""
    if demande.compte_id is not None:
        return COMPLET
    return str(request.session.get(_SESSION, {}).get(str(demande.uuid), NUMERO))


def en_portee(request: HttpRequest) -> DemandeQuerySet:
    """Return the requests this browser may see, at whatever level."""
    opened = list(request.session.get(_SESSION, {}))
    demandes = Demande.objects.for_session(opened)
    if request.user.is_authenticated:
        demandes = demandes | Demande.objects.for_compte(request.user)
    return demandes


def trouver(request: HttpRequest, uuid: UUID, *, avec_demarche: bool = False) -> Demande:
    """Return a request in scope, with its démarche and service where the page shows them.

    Raises Ailleurs towards the login for who is not logged in (whether or not the request exists),
    Http404 for a stranger, Ailleurs with a 410 page for a draft this browser knew that has been
    removed since.
    """
    demandes = en_portee(request).filter(uuid=uuid)
    demande = next(iter(demandes.with_demarche() if avec_demarche else demandes), None)
    if demande is not None:
        return demande
    known = str(uuid) in request.session.get(_SESSION, {})
    if known and not Demande.objects.filter(uuid=uuid).exists():
        raise Ailleurs(brouillon_expire(request))
    if request.user.is_authenticated:
        raise Http404
    messages.info(
        request,
        "Sans compte, ouvrez le lien reçu par courriel, ou saisissez votre numéro de ticket "
        "sur la page d’accueil.",
    )
    raise Ailleurs(redirect_to_login(request.get_full_path()))


def brouillon_expire(request: HttpRequest) -> HttpResponse:
    """Return the page that says a draft is over, and how to start anew."""
    message = (
        "Ce brouillon a expiré : il a été effacé pour protéger vos données. "
        "Vous pouvez recommencer la demande."
    )
    return gone(request, message, ("Voir toutes les démarches", reverse("demarches:catalogue")))
