"""« Mes données »: what is held and why, the archive, who read the file, closing the account."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import registries
from accounts.errors import TropDEssais
from accounts.forms.fermeture import FermetureForm
from accounts.queries import consultations as lectures
from accounts.services import donnees as service
from accounts.services import fermeture
from accounts.views.acces import habitant
from portal.kernel import throttle
from portal.kernel.archive import zip_en_flux
from portal.kernel.errors import Refusal
from portal.ui.errors import too_many
from portal.ui.formats import date_longue

# A larger number is no row's: an address typed by hand shows the first page.
PLUS_GRAND = 2**63 - 1


@never_cache
@require_safe
def donnees(request: HttpRequest) -> HttpResponse:
    """« Mes données »: the kinds of data with why and how long, and the rights over them."""
    compte = habitant(request)
    context = {
        "categories": list(registries.inventaire(compte)),
        "delai": settings.DUREE_AVANT_FERMETURE,
        "dpo": settings.DPO_COURRIEL,
    }
    return render(request, "accounts/donnees.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def telecharger(request: HttpRequest) -> HttpResponseBase:
    """« Télécharger mes données »: a zip made as it leaves; a GET (a reload) leads to the page."""
    compte = habitant(request)
    if request.method != "POST":
        return redirect("accounts:donnees")
    wait = throttle.attempt(service.TELECHARGEMENT, str(compte.pk))
    if wait is not None:
        return too_many(request, int(wait.total_seconds()) + 1)
    archive = zip_en_flux(service.telecharger(compte=compte))
    response = StreamingHttpResponse(archive, content_type="application/zip")
    jour = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="mes-donnees-{jour}.zip"'
    return response


@never_cache
@require_safe
def consultations(request: HttpRequest) -> HttpResponse:
    """« Qui a consulté mon dossier », the latest readings first, a page at a time."""
    compte = habitant(request)
    typed = request.GET.get("avant", "")
    avant = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 20 else None
    lues = lectures.lire(
        compte, avant=min(avant, PLUS_GRAND) if avant else None, nombre=lectures.PAR_PAGE + 1
    )
    page = lues[: lectures.PAR_PAGE]
    suite = page[-1].pk if len(lues) > len(page) else None
    context = {"consultations": page, "suite": suite, "est_premiere": avant is None}
    return render(request, "accounts/consultations.html", context)


@never_cache
@sensitive_post_parameters("mot_de_passe_actuel")
@require_http_methods(["GET", "HEAD", "POST"])
def fermer_compte(request: HttpRequest) -> HttpResponse:
    """« Fermer mon compte »: what is lost, what is kept and why, then the current password."""
    compte = habitant(request)
    if compte.fermeture_demandee_at is not None:  # the page of a second click says what was done
        return redirect("accounts:donnees")
    form = FermetureForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        actuel = form.cleaned_data["mot_de_passe_actuel"]
        try:
            compte = fermeture.demander(compte=compte, actuel=actuel)
        except TropDEssais as refusal:
            form.add_error("mot_de_passe_actuel", str(refusal))
            status = 429
        except Refusal as refusal:
            form.add_error("mot_de_passe_actuel", str(refusal))
        else:
            assert compte.fermeture_prevue_at is not None  # noqa: S101 (just asked for)
            jour = date_longue(compte.fermeture_prevue_at)
            messages.success(request, f"Votre compte sera fermé le {jour}.")
            return redirect("accounts:donnees")
    context = {
        "form": form,
        "delai": settings.DUREE_AVANT_FERMETURE,
        "jour": timezone.now() + settings.DUREE_AVANT_FERMETURE,
        "est_partage": fermeture.autre_representant(compte),
    }
    return render(request, "accounts/fermer_compte.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def annuler_fermeture(request: HttpRequest) -> HttpResponse:
    """« Annuler la fermeture »: the account stays; a GET changes nothing."""
    compte = habitant(request)
    if request.method == "POST" and compte.fermeture_demandee_at is not None:
        fermeture.annuler(compte_id=compte.pk)
        messages.success(request, "La fermeture est annulée : votre compte reste ouvert.")
    return redirect("accounts:donnees")
