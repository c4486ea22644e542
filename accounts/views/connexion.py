"""Logging in and out."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms.connexion import ConnexionForm
from accounts.models import Compte
from portal.audit import log
from portal.kernel import address, throttle
from portal.ui.formats import duree

BY_ACCOUNT = throttle.Rule(
    "connexion.compte", free=5, delay=timedelta(seconds=10), ceiling=timedelta(minutes=15)
)
BY_ADDRESS = throttle.Rule(
    "connexion.adresse", free=20, delay=timedelta(seconds=5), ceiling=timedelta(minutes=15)
)


@login_not_required
@never_cache
@sensitive_post_parameters("mot_de_passe")
@require_http_methods(["GET", "HEAD", "POST"])
def connexion(request: HttpRequest) -> HttpResponse:
    """Show the login page, or log in and lead to where the resident was going."""
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(_target(request, request.user))
    form = ConnexionForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        wait = _count_attempt(form) if form.is_valid() else None
        if wait is not None:
            form.add_error(None, f"Trop d’essais. Attendez {duree(wait)} avant de réessayer.")
            status = 429
        elif form.is_valid():
            compte = authenticate(
                request,
                username=form.cleaned_data["identifiant"],
                password=form.cleaned_data["mot_de_passe"],
            )
            if isinstance(compte, Compte):
                return _log_in(request, compte)
            form.add_error(None, "Identifiant ou mot de passe inconnu. Vérifiez votre saisie.")
    context = {"form": form, "suite": request.POST.get("suite") or request.GET.get("next", "")}
    return render(request, "accounts/connexion.html", context, status=status)


@login_not_required
@require_http_methods(["GET", "POST"])
def deconnexion(request: HttpRequest) -> HttpResponse:
    """End the session; a GET (an old bookmark) changes nothing and leads home."""
    if request.method == "POST":
        logout(request)
    return redirect("home:accueil")


def _count_attempt(form: ConnexionForm) -> timedelta | None:
    wait = throttle.attempt(BY_ADDRESS, address.throttle_key(address.current()))
    if wait is not None:  # a blocked address does not slow the account it aims at any further
        return wait
    return throttle.attempt(BY_ACCOUNT, form.cleaned_data["identifiant"].casefold())


def _log_in(request: HttpRequest, compte: Compte) -> HttpResponse:
    login(request, compte)
    lasts = settings.DUREE_SESSION_AGENT if compte.is_staff else settings.DUREE_SESSION_RESIDENT
    request.session.set_expiry(int(lasts.total_seconds()))
    log.record("compte.connexion", target=compte, actor=compte)
    for name in (compte.identifiant, compte.courriel.casefold()):
        throttle.forget(BY_ACCOUNT, name)
    return redirect(_target(request, compte))


def _target(request: HttpRequest, compte: Compte) -> str:
    """Return where to go: the page asked for when it is one of ours, else the usual first page."""
    asked = request.POST.get("suite") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return asked
    return resolve_url("admin:index" if compte.is_staff else settings.LOGIN_REDIRECT_URL)
