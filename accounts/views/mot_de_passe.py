"""« Mot de passe oublié ? »: who, the secret question, the link of a mail, a new password."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import LienExpire, LienInvalide, TropDEssais
from accounts.forms.mot_de_passe import NouveauMotDePasseForm, OubliForm, ReponseForm
from accounts.models import Compte
from accounts.services import jetons
from accounts.services import mot_de_passe as service
from accounts.views import session
from portal.kernel.errors import Refusal
from portal.ui.errors import gone

# The typed name, kept on the server from one page to the next.
NOM = "mot_de_passe_oublie"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def oubli(request: HttpRequest) -> HttpResponse:
    """Ask whose password it is; every name leads to a question."""
    form = OubliForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            request.session[NOM] = service.demander(nom=form.cleaned_data["identifiant"])
        except TropDEssais as refusal:
            status = _attendre(form, refusal)
        else:
            return redirect("accounts:oubli-question")
    return render(request, "accounts/oubli.html", {"form": form}, status=status)


@login_not_required
@never_cache
@sensitive_post_parameters("reponse_secrete")
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest) -> HttpResponse:
    """Ask the secret question; every answer leads to the same page."""
    nom = request.session.get(NOM)
    if nom is None:
        return redirect("accounts:oubli")
    form = ReponseForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            reponse = form.cleaned_data["reponse_secrete"]
            service.repondre(nom=nom, reponse=reponse, cookie=session.note(request))
        except TropDEssais as refusal:
            status = _attendre(form, refusal)
        else:
            return redirect("accounts:oubli-envoye")
    context = {"form": form, "nom": nom, "question": service.question(nom=nom)}
    return render(request, "accounts/oubli_question.html", context, status=status)


@login_not_required
@never_cache
@require_safe
def envoye(request: HttpRequest) -> HttpResponse:
    """Say what happens next, whatever was answered."""
    return render(request, "accounts/oubli_envoye.html")


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def nouveau(request: HttpRequest, jeton: str) -> HttpResponse:
    """The page behind the link: a new password."""
    try:
        compte = jetons.lire(jetons.REINITIALISATION, jeton).compte
        form = NouveauMotDePasseForm(
            request.POST if request.method == "POST" else None, compte=compte
        )
        if form.is_bound and form.is_valid():
            mot_de_passe = form.cleaned_data["nouveau_mot_de_passe"]
            return _enregistrer(
                request, service.reinitialiser(jeton=jeton, mot_de_passe=mot_de_passe)
            )
    except (LienExpire, LienInvalide) as refusal:
        return _lien_mort(request, refusal)
    context = {"form": form, "identifiant": compte.identifiant}
    status = 422 if form.errors else 200
    return render(request, "accounts/nouveau_mot_de_passe.html", context, status=status)


def _enregistrer(request: HttpRequest, compte: Compte) -> HttpResponse:
    if request.user == compte:  # its session was closed with the others
        logout(request)
    messages.success(
        request, "Votre nouveau mot de passe est enregistré. Connectez-vous pour continuer."
    )
    response = redirect("accounts:connexion")
    # Who used the link reads the account's mail: an attack shall not slow this browser.
    session.retenir(request, response, compte)
    return response


def _attendre(form: forms.Form, refusal: TropDEssais) -> int:
    form.add_error(None, str(refusal))
    return 429


def _lien_mort(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A link too old, used, or cut by a mail program: what to do instead."""
    recommencer = ("Demander un nouveau lien", reverse("accounts:oubli"))
    if isinstance(refusal, LienExpire):
        return gone(request, f"{refusal} Il était valable une heure.", recommencer)
    message = (
        f"{refusal} Si vous venez de choisir un nouveau mot de passe, il est enregistré : "
        "connectez-vous."
    )
    response = gone(request, message, recommencer)
    response.status_code = 404
    return response
