"""The three reference pages, written as the Django tutorial would."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from tests.benchmarks.reference.forms import DossierForm
from tests.benchmarks.reference.memory import in_memory
from tests.benchmarks.reference.models import (
    Courrier,
    Dossier,
    Facture,
    Historique,
    Ligne,
    Message,
    RendezVous,
    Service,
)


@login_required
def page_c(request: HttpRequest) -> HttpResponse:
    """A page of 15 kB whose data is in memory: only the session and the user are read."""
    return render(request, "reference/tableau.html", in_memory())


@login_required
def page_d(request: HttpRequest) -> HttpResponse:
    """The same page with six indexed queries."""
    mine = Dossier.objects.filter(usager=request.user)
    dossiers = list(mine.select_related("service").order_by("-cree_le")[:20])
    last = Historique.objects.filter(dossier__in=dossiers).order_by("dossier_id", "-le")
    by_dossier = {h.dossier_id: h for h in last.distinct("dossier_id")}
    for dossier in dossiers:
        dossier.dernier = by_dossier.get(dossier.pk)
    now = timezone.now()
    rendez_vous = RendezVous.objects.filter(usager=request.user, debut__gte=now)
    context: dict[str, Any] = {
        "dossiers": dossiers,
        "factures": Facture.objects.filter(usager=request.user, payee=False).order_by("echeance")[
            :5
        ],
        "comptes": list(mine.values("etat").annotate(nombre=Count("pk")).order_by("etat")),
        "rendez_vous": rendez_vous.order_by("debut")[:3],
        "non_lus": Message.objects.filter(usager=request.user, lu=False).count(),
    }
    return render(request, "reference/tableau.html", context)


@login_required
def page_f(request: HttpRequest) -> HttpResponse:
    """A POST that writes one request, four rows and one outbox row in one transaction."""
    form = DossierForm(request.POST or None)
    if not form.is_valid():
        return render(request, "reference/formulaire.html", {"form": form}, status=422)
    data = form.cleaned_data
    with transaction.atomic():
        dossier = Dossier.objects.create(
            usager=request.user,
            service_id=SERVICE,
            titre=data["titre"],
            observations=data["observations"],
        )
        for question in ("nom", "prenoms", "telephone", "motif"):
            Ligne.objects.create(dossier=dossier, question=question, reponse=data[question])
        Courrier.objects.create(
            destinataire=data["courriel"],
            objet=f"Votre dossier {dossier.pk}",
            corps=f"Bonjour {data['prenoms']} {data['nom']}, votre dossier est reçu.",
        )
    return redirect("dossier", pk=dossier.pk)


SERVICE = 1


@login_required
def dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the links of the table lead; never measured."""
    found = get_object_or_404(Dossier, pk=pk, usager=request.user)
    return HttpResponse(found.titre, content_type="text/plain")


def rubrique(request: HttpRequest) -> HttpResponse:
    """Where the links of the menu and of the footer lead; never measured."""
    return HttpResponse(Service.objects.count(), content_type="text/plain")
