"""Logging in and out."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.errors import CompteAActiver, TropDEssais
from accounts.forms.connexion import ConnexionForm
from accounts.models import Compte
from accounts.services import connexion as service
from accounts.views import session
from portal.kernel.errors import Refusal


@login_not_required
@never_cache
@sensitive_post_parameters("mot_de_passe")
@require_http_methods(["GET", "HEAD", "POST"])
def connexion(request: HttpRequest) -> HttpResponse:
    """Show the login page, or log in and lead to where the resident was going."""
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(_target(request, request.user))
    form = ConnexionForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "suite": request.POST.get("suite") or request.GET.get("next", "")}
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            compte = service.connecter(
                nom=form.cleaned_data["identifiant"],
                mot_de_passe=form.cleaned_data["mot_de_passe"],
                cookie=session.note(request),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            status = 429 if isinstance(refusal, TropDEssais) else 422
            context["a_activer"] = isinstance(refusal, CompteAActiver)
        else:
            return _log_in(request, compte)
    return render(request, "accounts/connexion.html", {"a_activer": False} | context, status=status)


@login_not_required
@require_http_methods(["GET", "POST"])
def deconnexion(request: HttpRequest) -> HttpResponse:
    """End the session; a GET (an old bookmark) changes nothing and leads home."""
    if request.method == "POST":
        logout(request)
        messages.success(request, "Vous êtes déconnecté.")
    return redirect("home:accueil")


def _log_in(request: HttpRequest, compte: Compte) -> HttpResponse:
    session.ouvrir(request, compte)
    response = redirect(_target(request, compte))
    session.retenir(request, response, compte)
    return response


def _target(request: HttpRequest, compte: Compte) -> str:
    """Return where to go: the page asked for when it is one of ours, else the usual first page."""
    asked = request.POST.get("suite") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return asked
    return resolve_url("admin:index" if compte.is_staff else settings.LOGIN_REDIRECT_URL)
