"""« Mon tableau de bord »: where a logged-in resident arrives."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.facade import famille, invitations_recues
from accounts.models import Compte
from demarches import facade
from portal.kernel import clock


@never_cache
@require_safe
def tableau(request: HttpRequest) -> HttpResponse:
    """Show what to finish, the last requests, the ways on, and « Ma famille » once it is known."""
    compte = request.user
    if not compte.is_authenticated or compte.personne_id is None:
        return redirect("admin:index")  # an agent's desk is elsewhere
    brouillons, demandes = facade.dernieres_demandes(compte)
    foyer = famille(compte)
    context = {
        "brouillons": brouillons,
        "demandes": demandes,
        "famille": [m for m in (*foyer.adultes, *foyer.enfants) if not m.is_moi],
        "invitations": invitations_recues(compte),
        "verification_prevue": _verification_prevue(compte),
    }
    return render(request, "dashboard/tableau.html", context)


def _verification_prevue(compte: Compte) -> date | None:
    """Return the working day before which the town hall looks at a new account (B6)."""
    if compte.is_valide or compte.activation_at is None:
        return None
    activated = timezone.localdate(compte.activation_at)
    return clock.ajouter_jours_ouvres(activated, settings.DELAI_VALIDATION_JOURS_OUVRES)
