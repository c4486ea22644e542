"""The pages that every public site owes: help, legal notice, privacy, accessibility (A6)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.home import informations
from portal.ui.formats import duree


@login_not_required
@require_safe
def aide(request: HttpRequest) -> HttpResponse:
    """Say how to do what people come for, and answer what they ask most."""
    context = {
        "activation": duree(settings.DUREE_ACTIVATION),
        "reinitialisation": duree(settings.DUREE_REINITIALISATION),
        "cle": duree(settings.DUREE_CLE),
        "invitation": duree(settings.DUREE_INVITATION),
        "brouillon": duree(settings.DUREE_BROUILLON_AVEC_COMPTE),
        "brouillon_sans_compte": duree(settings.DUREE_BROUILLON_SANS_COMPTE),
        "verification": settings.DELAI_VALIDATION_JOURS_OUVRES,
        "automatique": settings.VALIDATION_AUTOMATIQUE,
    }
    return render(request, "home/aide.html", context)


@login_not_required
@require_safe
def mentions_legales(request: HttpRequest) -> HttpResponse:
    """Say who publishes the site and who hosts it (loi n° 2004-575)."""
    context = {"directeur": settings.DIRECTEUR_PUBLICATION, "hebergeur": settings.HEBERGEUR}
    return render(request, "home/mentions_legales.html", context)


@login_not_required
@require_safe
def confidentialite(request: HttpRequest) -> HttpResponse:
    """Say what is done with data, as articles 13 and 14 of the RGPD list it."""
    context = {
        "sous_traitants": informations.sous_traitants(),
        "durees": informations.durees(),
        "demonstration": settings.DEMO_MAILBOX,
        "dpo": settings.DPO_COURRIEL,
    }
    return render(request, "home/confidentialite.html", context)


@login_not_required
@require_safe
def accessibilite(request: HttpRequest) -> HttpResponse:
    """The declaration of décret n° 2019-768, in the form that the RGAA gives it."""
    return render(request, "home/accessibilite.html", {"adresse_du_site": settings.PUBLIC_URL})
