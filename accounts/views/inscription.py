"""« Créer mon espace »: each screen its own address, kept on leaving, sent once (B1, B2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import CleInvalide, IdentifiantPris
from accounts.forms.cles import ClesForm
from accounts.forms.inscription import AuthentificationForm, EnregistrerForm
from accounts.forms.profil import AdresseForm
from accounts.models import Conditions
from accounts.queries.familles import services_emetteurs
from accounts.queries.identifiants import est_libre, suggestions
from accounts.services import adresses, cles, inscription
from accounts.views import lecture
from accounts.views.progression import (
    AUTHENTIFICATION,
    CONDITIONS,
    ENREGISTRER,
    LIBELLES,
    SERVICES,
    SIMPLES,
    Progression,
)
from portal.captcha.fields import nouveau_code_demande
from portal.kernel import address, throttle
from portal.ui.errors import gone, too_many

# A whole building, a school or a digital-help desk may share an address.
PAR_ADRESSE = throttle.Rule(
    "inscription.adresse",
    free=40,
    delay=timedelta(seconds=30),
    ceiling=timedelta(minutes=10),
    memory=timedelta(hours=1),
)
# Each sending of that screen hashes up to twice.
AUTHENTIFIER = throttle.Rule(
    "inscription.authentifier",
    free=150,
    delay=timedelta(seconds=5),
    ceiling=timedelta(minutes=5),
    memory=timedelta(hours=1),
)
IDENTIFIANTS = throttle.Rule(
    "inscription.identifiants",
    free=300,
    delay=timedelta(seconds=2),
    ceiling=timedelta(minutes=2),
    memory=timedelta(hours=1),
)
PERDUE = (
    "Votre inscription n’est plus en mémoire : elle est restée trop longtemps sans activité, ou "
    "votre navigateur n’a pas gardé nos cookies. Rien n’a été enregistré."
)


@login_not_required
@never_cache
@require_safe
def commencer(request: HttpRequest) -> HttpResponse:
    """Lead to the first screen, or to where a sign-up under way was left."""
    if request.user.is_authenticated:
        return redirect("accounts:espace" if request.user.personne_id else "home:accueil")
    progression = Progression(request)
    return redirect(progression.url(progression.manquant() or ENREGISTRER))


@login_not_required
@never_cache
@sensitive_post_parameters("mot_de_passe", "confirmation", "reponse_secrete")
@require_http_methods(["GET", "HEAD", "POST"])
def ecran(request: HttpRequest, ecran: str) -> HttpResponse:
    """One screen of the sign-up; one that was jumped over leads to the first that is missing."""
    if request.user.is_authenticated:
        return redirect("accounts:espace" if request.user.personne_id else "home:accueil")
    conditions = Conditions.en_vigueur()
    if conditions is None:
        return render(request, "accounts/inscription_fermee.html", status=503)
    progression = Progression(request)
    if ecran not in progression.ecrans:
        raise Http404
    elsewhere = _ailleurs(request, progression, ecran)
    if elsewhere is not None:
        return elsewhere
    if ecran == ENREGISTRER:
        return _enregistrer(request, progression)
    if ecran == SERVICES:
        return _services(request, progression)
    if ecran == AUTHENTIFICATION:
        return _authentification(request, progression)
    return _simple(request, progression, ecran, conditions)


def _ailleurs(request: HttpRequest, progression: Progression, ecran: str) -> HttpResponse | None:
    """Return where to go when this screen cannot be shown: sent already, lost, or too early."""
    if not progression.is_commencee and ecran != CONDITIONS:
        if progression.envoyee:  # the other click, a reload or a step back after the end
            return redirect("accounts:inscription-envoyee")
        if request.method == "POST":
            again = ("Recommencer mon inscription", reverse("accounts:inscription"))
            return gone(request, PERDUE, again)
    missing = progression.manquant(avant=ecran)
    if missing is None:
        return None
    if progression.is_commencee:
        messages.warning(request, f"Complétez d’abord cette page : {LIBELLES[missing]}.")
    return redirect(progression.url(missing))


def _simple(
    request: HttpRequest, progression: Progression, ecran: str, conditions: Conditions
) -> HttpResponse:
    if request.method != "POST":
        form = progression.formulaire(ecran)
        if ecran == CONDITIONS:
            # Accepted is what was shown: a newer version is ticked anew.
            before = progression.saisie(ecran)
            accepted = before.get("version") == conditions.version and before.get("accepte")
            initial = {"version": conditions.version, "accepte": bool(accepted)}
            form = progression.formulaire(ecran, initial=initial)
        context = {"conditions": conditions, "avertissement": ""}
        return _montrer(request, progression, ecran, form, **context)
    form = progression.formulaire(ecran, request.POST)
    progression.garder(ecran, form)
    if "_precedent" in request.POST:
        return redirect(progression.precedent(ecran))
    warning = ""
    if form.is_valid():
        if isinstance(form, AdresseForm):
            warning = lecture.avertissement(form, request.POST)
        if not warning:
            return _suite(request, progression, ecran)
    return _montrer(request, progression, ecran, form, conditions=conditions, avertissement=warning)


def _authentification(request: HttpRequest, progression: Progression) -> HttpResponse:
    """The screen of secrets: a free identifiant chosen among those proposed counts as typed."""
    ecran = AUTHENTIFICATION
    if request.method != "POST":
        if "a-corriger" not in request.GET:
            form = progression.formulaire(ecran)
            return _montrer(request, progression, ecran, form, proposes=[])
        form = progression.formulaire(ecran, progression.saisie(ecran))
        return _montrer(request, progression, ecran, form, proposes=_verifier(form, progression))
    wait = throttle.attempt(AUTHENTIFIER, address.throttle_key(address.current()))
    if wait is not None:
        return too_many(request, int(wait.total_seconds()) + 1)
    form = _garder_secrets(request.POST.copy(), progression)
    if "_precedent" in request.POST:
        return redirect(progression.precedent(ecran))
    proposes = _verifier(form, progression)
    if form.is_valid():
        return _suite(request, progression, ecran)
    return _montrer(request, progression, ecran, form, proposes=proposes)


def _garder_secrets(data: QueryDict, progression: Progression) -> forms.Form:
    """Keep what the screen of secrets sent; return its form without the secrets that were right:
    they are kept as hashes by now, and the page says so instead of writing them.
    """
    if chosen := data.get("identifiant_choisi"):
        data["identifiant"] = chosen
    typed = progression.formulaire(AUTHENTIFICATION, data)
    typed.is_valid()
    progression.garder(AUTHENTIFICATION, typed)
    if typed.cleaned_data.get("mot_de_passe"):
        data["mot_de_passe"] = data["confirmation"] = ""
    if typed.cleaned_data.get("reponse_secrete"):
        data["reponse_secrete"] = ""
    return progression.formulaire(AUTHENTIFICATION, data)


def _verifier(form: forms.Form, progression: Progression) -> list[str]:
    """Add the error of a taken identifiant; return free ones when it cannot be kept."""
    form.is_valid()
    wanted = form.cleaned_data.get("identifiant", "")
    if wanted and est_libre(wanted):
        return []
    if wanted:
        form.add_error("identifiant", IdentifiantPris.message)
    return _proposer(str(form.data.get("identifiant", "")), progression)


def _proposer(saisi: str, progression: Progression) -> list[str]:
    identite = progression.saisie("identite")
    nom = identite.get("nom_usage") or identite.get("nom_naissance", "")
    return suggestions(saisi, identite.get("prenoms", ""), nom)


def _services(request: HttpRequest, progression: Progression) -> HttpResponse:
    """Keys of services: none is required; what they open is shown before the end."""
    ecran = SERVICES
    form = ClesForm(
        request.POST if request.method == "POST" else None, services=services_emetteurs()
    )
    if request.method == "POST":
        if "_precedent" in request.POST:
            return redirect(progression.precedent(ecran))
        found = form.examiner(None) if form.is_valid() else None
        if found is not None:
            kept = [apercu.cle_id for apercu in _apercus(progression)]
            asked = [] if "_sans_cle" in request.POST else kept
            progression.garder_cles(list(dict.fromkeys([*asked, *(a.cle_id for a in found)])))
            return _suite(request, progression, ecran)
    return _montrer(request, progression, ecran, form, apercus=_apercus(progression))


def _apercus(progression: Progression) -> list[cles.Apercu]:
    """Return what the kept keys still open."""
    found = []
    for cle_id in progression.cles:
        try:
            found.append(cles.relire(cle_id))
        except CleInvalide:
            continue  # used or expired since: nothing to show, nothing to attach
    return found


def _enregistrer(request: HttpRequest, progression: Progression) -> HttpResponse:
    """Read again, copy the anti-robot code, create the account."""
    if nouveau_code_demande(request.POST):
        return redirect(request.path)  # showing the page again makes another code
    form = EnregistrerForm(
        request.POST if request.method == "POST" else None,
        avec_code=not progression.code_est_passe,
    )
    dossier = progression.dossier()
    if request.method == "POST":
        wait = throttle.attempt(PAR_ADRESSE, address.throttle_key(address.current()))
        if wait is not None:
            return too_many(request, int(wait.total_seconds()) + 1)
        try:
            compte = inscription.enregistrer(dossier=dossier, essai=form.is_valid)
        except IdentifiantPris:
            progression.noter_code()
            return redirect(progression.url(AUTHENTIFICATION) + "?a-corriger")
        if compte is not None:
            progression.terminer(dossier.contact["courriel"], compte.pk)
            return redirect("accounts:inscription-envoyee")
    rubriques = lecture.rubriques(dossier, progression.url)
    return _montrer(
        request, progression, ENREGISTRER, form, rubriques=rubriques, apercus=_apercus(progression)
    )


@login_not_required
@never_cache
@require_safe
def envoyee(request: HttpRequest) -> HttpResponse:
    """The same page for every e-mail: whether it has an account is told by mail only."""
    progression = Progression(request)
    if not progression.envoyee:
        return redirect("accounts:inscription")
    return render(request, "accounts/inscription_envoyee.html", {"courriel": progression.envoyee})


@login_not_required
@never_cache
@require_safe
def identifiant_libre(request: HttpRequest) -> JsonResponse:
    """Whether an identifiant is free, asked while it is typed (B2)."""
    wait = throttle.attempt(IDENTIFIANTS, address.throttle_key(address.current()))
    if wait is not None:
        return JsonResponse({"message": "", "proposes": []}, status=429)
    typed = request.GET.get("identifiant", "")[:200]
    form = AuthentificationForm({"identifiant": typed})
    errors = form.errors.get("identifiant")
    if not errors and est_libre(form.cleaned_data["identifiant"]):
        return JsonResponse(
            {"libre": True, "message": "Cet identifiant est libre.", "proposes": []}
        )
    message = str(errors[0]) if errors else IdentifiantPris.message
    proposes = _proposer(typed, Progression(request))
    return JsonResponse({"libre": False, "message": message, "proposes": proposes})


def _suite(request: HttpRequest, progression: Progression, ecran: str) -> HttpResponse:
    back = "_retour" in request.POST and progression.manquant() is None
    return redirect(progression.url(ENREGISTRER) if back else progression.suivant(ecran))


def _montrer(
    request: HttpRequest, progression: Progression, ecran: str, form: Any, **context: Any
) -> HttpResponse:
    context |= {
        "ecran": ecran,
        "titre": LIBELLES[ecran],
        "form": form,
        "progression": progression,
        # Sent by « Modifier » of the last screen, to which one then comes back.
        "retour": "retour" in request.GET or "_retour" in request.POST,
        "adresses_url": reverse("accounts:adresses") if adresses.is_configured() else "",
    }
    status = 422 if request.method == "POST" else 200
    page = "ecran" if ecran in SIMPLES else ecran
    return render(request, f"accounts/inscription_{page}.html", context, status=status)
