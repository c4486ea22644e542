"""« Mon entourage »: the home, its members one by one, its history, and leaving it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Compte
from accounts.queries import entourage as queries
from accounts.queries.entourage import FoyerVu, MembreVu
from accounts.services import foyer as services
from accounts.services.invitations import recues
from accounts.views.acces import habitant
from portal.kernel.errors import Refusal

PAR_PAGE = 20


@never_cache
@require_safe
def entourage(request: HttpRequest) -> HttpResponse:
    """Adults on one side, children on the other, contacts below."""
    compte = habitant(request)
    foyer = queries.famille(compte)
    context = {
        "foyer": foyer,
        "ajouts": settings.AJOUT_DIRECT if compte.is_valide else frozenset(),
        "envoyees": queries.invitations_envoyees(foyer.foyer) if foyer.is_responsable else (),
        "recues": recues(compte),
    }
    return render(request, "accounts/entourage.html", context)


@never_cache
@require_safe
def membre(request: HttpRequest, pk: int) -> HttpResponse:
    """« Voir la fiche »."""
    compte = habitant(request)
    foyer, vu = membre_ou_404(compte, pk)
    context = {
        "foyer": foyer,
        "membre": vu,
        "lignes": _lignes(compte, queries.lignes_de(compte, pk)),
        "contact_ouvert": compte.is_valide and "contact" in settings.AJOUT_DIRECT,
    }
    return render(request, "accounts/membre.html", context)


@never_cache
@require_safe
def historique(request: HttpRequest) -> HttpResponse:
    """What changed in the home, with old and new values, since the account joined it."""
    compte = habitant(request)
    page = Paginator(queries.historique(compte), PAR_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lignes": _lignes(compte, page.object_list)}
    return render(request, "accounts/historique.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def quitter(request: HttpRequest) -> HttpResponse:
    """Ask once, naming what is lost; leave the home for an own one."""
    compte = habitant(request)
    if request.method == "POST":
        try:
            services.quitter(compte_id=compte.pk)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Vous avez quitté votre foyer. Voici le nouveau.")
        return redirect("accounts:entourage")
    foyer = queries.famille(compte)
    return render(request, "accounts/quitter.html", {"foyer": foyer})


def membre_ou_404(compte: Compte, pk: int) -> tuple[FoyerVu, MembreVu]:
    """Return the home of the account and one of its members, or raise Http404."""
    foyer = queries.famille(compte)
    vu = foyer.trouver(pk)
    if vu is None:
        raise Http404
    return foyer, vu


def _lignes(compte: Compte, changements: Any) -> list[dict[str, Any]]:
    """Return the lines of the history, with who made each as this account may know them."""
    return [{"changement": c, "par": _par(compte, c.auteur)} for c in changements]


def _par(compte: Compte, auteur: Compte | None) -> str:
    if auteur is None:
        return ""
    if auteur.pk == compte.pk:
        return "vous"
    return str(auteur.personne) if auteur.personne else "la mairie"
