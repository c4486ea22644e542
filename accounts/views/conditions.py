"""The « conditions générales »: read by everyone, accepted again when they change."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import ConditionsChangees
from accounts.models import Conditions
from accounts.queries import conditions as queries
from accounts.services import conditions
from accounts.views.acces import habitant
from portal.ui.suites import suite


@login_not_required
@require_safe
def lire(request: HttpRequest, version: str | None = None) -> HttpResponse:
    """Show the terms that apply, or a version that applied, and the list of all."""
    versions = queries.publiees()
    choisie = next((v for v in versions if version in {None, v.version}), None)
    if choisie is None and version is not None:
        raise Http404
    context = {
        "conditions": choisie,
        "en_vigueur": versions[0] if versions else None,
        "versions": versions,
    }
    return render(request, "accounts/conditions.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accepter(request: HttpRequest) -> HttpResponse:
    """Show what changed to who is already here, until it is accepted; then go on."""
    compte = habitant(request)
    apres = suite(request)
    texte = Conditions.en_vigueur()
    if texte is None or compte.conditions_acceptees == texte.version:
        return _continuer(request, apres)  # accepted elsewhere meanwhile
    refus = ""
    if request.method == "POST":
        try:
            conditions.accepter(compte_id=compte.pk, version=request.POST.get("version", ""))
        except ConditionsChangees as refusal:
            refus = str(refusal)
        else:
            return _continuer(request, apres)
    context = {"conditions": texte, "suite": apres, "refus": refus}
    status = 422 if refus else 200
    return render(request, "accounts/conditions_accepter.html", context, status=status)


@never_cache
@require_safe
def refuser(request: HttpRequest) -> HttpResponse:
    """Say what refusing means, and what stays possible."""
    compte = habitant(request)
    context = {"ferme_deja": compte.fermeture_demandee_at is not None, "suite": suite(request)}
    return render(request, "accounts/conditions_refuser.html", context)


def _continuer(request: HttpRequest, apres: str) -> HttpResponse:
    request.session.pop(conditions.A_ACCEPTER, None)
    return redirect(apres or resolve_url("accounts:connexion"))
