"""Login required everywhere but where a view says it is public."""

from __future__ import annotations

from collections.abc import Callable
from time import time
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin

from accounts.queries.second_facteur import page_manquante
from accounts.services.conditions import A_ACCEPTER
from portal.ui.suites import asked, vers

# How late the end of a session may be moved on: a row is written this often at most.
RENEWED_EVERY = 300
# Open all the same: public information, logging out, and the rights that no refusal takes away
# (Règlement (UE) 2016/679, art. 15, 17 and 20: see, download and erase one's data).
OUVERTS = frozenset({"home", "captcha", "notifications", "admin"})
OUVERTES = frozenset(
    f"accounts:{nom}"
    for nom in (
        "connexion",
        "deconnexion",
        "conditions",
        "conditions-version",
        "accepter-conditions",
        "refuser-conditions",
        "donnees",
        "telecharger",
        "consultations",
        "fermer-compte",
        "annuler-fermeture",
    )
)


class LoginRequired(LoginRequiredMiddleware):
    """Django's own, which asks who is there even on public pages: a session read for nothing.

    The duration of a session counts from the last page, not from the login. An agent who has a
    second factor to show, or to add, does that first; the admin sees to its own pages.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        return refused if refused is not None else self._second_factor(request)

    def _second_factor(self, request: HttpRequest) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or match.view_name.startswith("accounts:second-facteur"):
            return None
        compte = request.user
        page = page_manquante(compte) if compte.is_authenticated and compte.is_staff else None
        return redirect(vers(page, asked(request))) if page is not None else None

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        session = getattr(request, "session", None)
        # Only where the page has read the session anyway.
        if session is not None and session.accessed and SESSION_KEY in session:
            now = int(time())
            if now - session.get("vue_a", 0) > RENEWED_EVERY:
                session["vue_a"] = now
        return response


class ConditionsAAccepter(MiddlewareMixin):
    """Lead a resident to the new terms until they are accepted; what was asked comes after.

    The session says so since the login: a page costs no query more for it.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or match.namespace in OUVERTS or match.view_name in OUVERTES:
            return None
        # Who brings no session has nothing to accept, and none is read for it.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        if not request.session.get(A_ACCEPTER):
            return None
        return redirect(vers("accounts:accepter-conditions", asked(request)))
