"""The activation link, and asking for another (B3)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.errors import CourrielDejaActif, LienExpire, LienInvalide
from accounts.forms.inscription import CorrectionForm, RenvoiForm
from accounts.services import activation as services
from accounts.services import jetons
from accounts.views.progression import Progression
from portal.kernel import address, throttle
from portal.kernel.clock import ajouter_jours_ouvres
from portal.kernel.text import canonical_name
from portal.ui.errors import too_many
from portal.ui.formats import date_longue

PAR_ADRESSE = throttle.Rule(
    "renvoi.adresse", free=20, delay=timedelta(seconds=30), ceiling=timedelta(minutes=15)
)
# Each correction sends a mail to another address.
PAR_INSCRIPTION = throttle.Rule(
    "renvoi.correction", free=3, delay=timedelta(minutes=2), ceiling=timedelta(hours=1)
)
# So that nobody fills somebody's mailbox.
PAR_NOM = throttle.Rule(
    "renvoi.nom", free=4, delay=timedelta(minutes=2), ceiling=timedelta(hours=1)
)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def activation(request: HttpRequest, jeton: str) -> HttpResponse:
    """A page with one button: programs that look through mail follow links, and press none."""
    try:
        if request.method == "POST":
            services.activer(jeton=jeton)
            messages.success(request, f"Votre espace est activé : connectez-vous.{_controle()}")
            return redirect("accounts:connexion")
        compte = jetons.lire(jetons.ACTIVATION, jeton).compte
    except (LienInvalide, LienExpire, CourrielDejaActif) as refusal:
        context = {
            "refus": refusal,
            "expire": isinstance(refusal, LienExpire),
            "deja_actif": isinstance(refusal, CourrielDejaActif),
        }
        return render(request, "accounts/activation_refusee.html", context, status=410)
    return render(request, "accounts/activation.html", {"titulaire": compte})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def renvoyer(request: HttpRequest) -> HttpResponse:
    """Ask for the activation mail again: the answer is the same for every name."""
    form = RenvoiForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        nom = form.cleaned_data["nom"]
        wait = throttle.attempt(PAR_ADRESSE, address.throttle_key(address.current()))
        wait = wait or throttle.attempt(PAR_NOM, canonical_name(nom))
        if wait is not None:
            return too_many(request, int(wait.total_seconds()) + 1)
        services.renvoyer(nom=nom)
        return redirect(f"{request.path}?envoye")
    context = {"form": form, "envoye": "envoye" in request.GET}
    return render(
        request, "accounts/renvoyer_activation.html", context, status=422 if form.errors else 200
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def corriger(request: HttpRequest) -> HttpResponse:
    """« Corriger mon adresse », in the browser that has just signed up: the same page follows
    whatever the e-mail.
    """
    progression = Progression(request)
    compte_id = progression.compte_id
    if compte_id is None:
        return redirect("accounts:inscription")
    initial = {"courriel": progression.envoyee}
    form = CorrectionForm(request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_valid():
        context = {"form": form}
        status = 422 if form.errors else 200
        return render(request, "accounts/corriger_adresse.html", context, status=status)
    courriel = form.cleaned_data["courriel"]
    wait = throttle.attempt(PAR_INSCRIPTION, str(compte_id))
    wait = wait or throttle.attempt(PAR_NOM, canonical_name(courriel))
    if wait is not None:
        return too_many(request, int(wait.total_seconds()) + 1)
    try:
        services.corriger(compte_id=compte_id, courriel=courriel)
    except LienInvalide:
        messages.info(request, "Cet espace est déjà activé : connectez-vous.")
        return redirect("accounts:connexion")
    progression.terminer(courriel, compte_id)
    return redirect("accounts:inscription-envoyee")


def _controle() -> str:
    """Say by when the town hall will have looked at the account."""
    if settings.VALIDATION_AUTOMATIQUE:
        return ""
    jour = ajouter_jours_ouvres(timezone.localdate(), settings.DELAI_VALIDATION_JOURS_OUVRES)
    return f" La mairie le vérifie d’ici le {date_longue(jour)}."
