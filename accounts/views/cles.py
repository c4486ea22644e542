"""« Services »: the keys that attach the family a service knows (B8)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.errors import CleInvalide
from accounts.forms.cles import ClesForm
from accounts.models import Compte, Foyer
from accounts.queries import familles
from accounts.services import cles
from accounts.services.cles import Apercu
from accounts.views.acces import habitant
from portal.kernel.errors import Refusal

# Ids of keys that this browser typed rightly, until it confirms: never the keys themselves.
_SESSION = "cles_a_confirmer"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def services(request: HttpRequest) -> HttpResponse:
    """One field per service that issues keys; those attached already say since when."""
    compte = habitant(request)
    rattaches = familles.services_rattaches(compte)
    attached = {rattache.service.pk for rattache in rattaches}
    emetteurs = [s for s in familles.services_emetteurs() if s.pk not in attached]
    form = ClesForm(request.POST if request.method == "POST" else None, services=emetteurs)
    if form.is_valid() and (apercus := form.examiner(compte)) is not None:
        if not apercus:
            messages.info(request, "Vous n’avez saisi aucune clé : rien n’a changé.")
            return redirect("accounts:services")
        request.session[_SESSION] = [apercu.cle_id for apercu in apercus]
        return redirect("accounts:services-confirmer")
    status = 422 if form.errors else 200
    context = {"form": form, "rattaches": rattaches}
    return render(
        request, "accounts/services.html", context, status=429 if form.is_freinee else status
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirmer(request: HttpRequest) -> HttpResponse:
    """What the keys attach, shown before it is done."""
    compte = habitant(request)
    typed: list[int] = request.session.get(_SESSION, [])
    if request.method == "POST":
        _rattacher(request, compte, typed)
        request.session.pop(_SESSION, None)
        return redirect("accounts:services")
    apercus = _relire(typed)
    if not apercus:
        return redirect("accounts:services")
    return render(request, "accounts/services_confirmer.html", _contexte(compte, apercus))


def _rattacher(request: HttpRequest, compte: Compte, cle_ids: list[int]) -> None:
    """Attach family after family: one that is refused does not hold back the others."""
    for cle_id in cle_ids:
        try:
            dossier = cles.rattacher(cle_id=cle_id, compte=compte)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            texte = f"La famille {dossier.nom} est rattachée au service {dossier.service.nom}."
            messages.success(request, texte)


def _relire(cle_ids: list[int]) -> list[Apercu]:
    apercus = []
    for cle_id in cle_ids:
        try:
            apercus.append(cles.relire(cle_id))
        except CleInvalide:  # attached from another tab, or issued anew by a clerk meanwhile
            continue
    return apercus


def _contexte(compte: Compte, apercus: list[Apercu]) -> dict[str, Any]:
    foyer = Foyer.objects.for_compte(compte).first()
    lignes = []
    for apercu in apercus:
        ajoutees = familles.inconnues(apercu.personnes, foyer) if foyer else []
        deja = [personne for personne in apercu.personnes if personne not in ajoutees]
        lignes.append({"apercu": apercu, "ajoutees": ajoutees, "deja": deja})
    return {"lignes": lignes}
