"""« Modifier les identifiants de mon espace personnel »: each behind the current password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import (
    CourrielInchange,
    CourrielPris,
    IdentifiantInchange,
    IdentifiantPris,
    LienExpire,
    LienInvalide,
    MotDePasseActuelFaux,
    MotDePasseInchange,
    TropDEssais,
)
from accounts.forms.identifiants import CourrielForm, IdentifiantForm, MotDePasseForm, QuestionForm
from accounts.services import identifiants as service
from accounts.services import jetons
from accounts.views import session
from accounts.views.acces import habitant, titulaire
from portal.kernel.errors import Refusal
from portal.ui.errors import gone

# Where on the form a refusal is said; the others are of the form as a whole.
CHAMPS: dict[type[Refusal], str] = {
    MotDePasseActuelFaux: "mot_de_passe_actuel",
    MotDePasseInchange: "nouveau_mot_de_passe",
    IdentifiantPris: "identifiant",
    IdentifiantInchange: "identifiant",
    CourrielInchange: "courriel",
}


@never_cache
@require_safe
def identifiants(request: HttpRequest) -> HttpResponse:
    """What one logs in with, and where to change each (an agent changes the password only)."""
    return render(request, "accounts/identifiants.html")


@never_cache
@sensitive_post_parameters("mot_de_passe_actuel")
@require_http_methods(["GET", "HEAD", "POST"])
def identifiant(request: HttpRequest) -> HttpResponse:
    """Another identifiant."""
    compte = habitant(request)

    def acte(saisi: dict[str, Any]) -> str:
        service.changer_identifiant(
            compte=compte, actuel=saisi["mot_de_passe_actuel"], identifiant=saisi["identifiant"]
        )
        return f"Votre identifiant est maintenant « {compte.identifiant} »."

    return _ecran(
        request, "accounts/modifier_identifiant.html", IdentifiantForm(_poste(request)), acte
    )


@never_cache
@sensitive_post_parameters("mot_de_passe_actuel")
@require_http_methods(["GET", "HEAD", "POST"])
def courriel(request: HttpRequest) -> HttpResponse:
    """Another login e-mail, which a link sent to it confirms."""
    compte = habitant(request)

    def acte(saisi: dict[str, Any]) -> str:
        service.demander_courriel(
            compte=compte, actuel=saisi["mot_de_passe_actuel"], courriel=saisi["courriel"]
        )
        return (
            f"Un courriel vient d’être envoyé à {saisi['courriel']}. Ouvrez son lien pour "
            "confirmer cette adresse ; d’ici là, rien ne change."
        )

    return _ecran(request, "accounts/modifier_courriel.html", CourrielForm(_poste(request)), acte)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def mot_de_passe(request: HttpRequest) -> HttpResponse:
    """Another password; the other sessions are closed, this one stays."""
    compte = titulaire(request)

    def acte(saisi: dict[str, Any]) -> str:
        service.changer_mot_de_passe(
            compte=compte,
            actuel=saisi["mot_de_passe_actuel"],
            nouveau=saisi["nouveau_mot_de_passe"],
            session=request.session.session_key or "",
        )
        update_session_auth_hash(request, compte)
        return "Votre mot de passe est changé. Vos autres sessions sont fermées."

    form = MotDePasseForm(_poste(request), compte=compte)
    response = _ecran(request, "accounts/modifier_mot_de_passe.html", form, acte)
    if response.status_code == 302:  # changed: what this browser knew of the account is no more
        session.retenir(request, response, compte)
    return response


@never_cache
@sensitive_post_parameters("mot_de_passe_actuel", "reponse_secrete")
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest) -> HttpResponse:
    """Another secret question, with its answer."""
    compte = habitant(request)

    def acte(saisi: dict[str, Any]) -> str:
        service.changer_question(
            compte=compte,
            actuel=saisi["mot_de_passe_actuel"],
            question=saisi["question_secrete"],
            reponse=saisi["reponse_secrete"],
        )
        return "Votre question secrète est enregistrée."

    form = QuestionForm(_poste(request), initial={"question_secrete": compte.question_secrete})
    return _ecran(request, "accounts/modifier_question.html", form, acte)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirmer_courriel(request: HttpRequest, jeton: str) -> HttpResponse:
    """The page behind the link sent to a new e-mail: one button, because scanners follow links."""
    try:
        lu = jetons.lire(jetons.COURRIEL, jeton)
        if request.method == "POST":
            service.confirmer_courriel(jeton=jeton)
            messages.success(request, "Votre nouveau courriel de connexion est confirmé.")
            # Leads to the login where this browser is not logged in.
            return redirect("accounts:identifiants")
    except (LienExpire, LienInvalide, CourrielPris) as refusal:
        return _lien_mort(request, refusal)
    context = {"identifiant": lu.compte.identifiant, "courriel": lu.valeur}
    return render(request, "accounts/confirmer_courriel.html", context)


def _poste(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _ecran(
    request: HttpRequest, template: str, form: forms.Form, acte: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    """Show a form, or do its act and say what `acte` returns; a refusal is said at its field."""
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            fait = acte(form.cleaned_data)
        except Refusal as refusal:
            form.add_error(CHAMPS.get(type(refusal)), str(refusal))
            status = 429 if isinstance(refusal, TropDEssais) else 422
        else:
            messages.success(request, fait)
            return redirect("accounts:identifiants")
    return render(request, template, {"form": form}, status=status)


def _lien_mort(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    lien = ("Voir mes identifiants", reverse("accounts:identifiants"))
    message = str(refusal)
    if isinstance(refusal, LienInvalide):
        message += " Si vous venez de confirmer cette adresse, c’est fait."
    response = gone(request, message, lien)
    if isinstance(refusal, LienInvalide):
        response.status_code = 404
    return response
