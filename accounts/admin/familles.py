"""Families as services know them: looked at, given a key, detached, imported."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.admin.agents import agent
from accounts.admin.cles import PagesCles, etat_de_la_cle
from accounts.forms.familles import TAILLE_MAX, FichierFamillesForm
from accounts.models import DossierFamille, Service
from accounts.queries import familles
from accounts.services import cles, lectures
from accounts.services.familles import FichierRefuse, importer, resume
from accounts.services.fichier_familles import COLONNES
from portal.kernel.errors import Refusal
from portal.ui.formats import date_courte
from portal.ui.pays import PAYS


class RattacheFilter(admin.SimpleListFilter):
    title = "rattachement"
    parameter_name = "rattachee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("oui", "rattachées à un foyer"), ("non", "pas encore rattachées")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[DossierFamille]
    ) -> QuerySet[DossierFamille]:
        if self.value() not in ("oui", "non"):
            return queryset
        return queryset.filter(foyer__isnull=self.value() == "non")


class ServiceFilter(admin.SimpleListFilter):
    """Only the agent's services: another service's name is of no use here."""

    title = "service"
    parameter_name = "service"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(s.code, s.nom) for s in services_de(request)]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[DossierFamille]
    ) -> QuerySet[DossierFamille]:
        known = {code for code, _nom in self.lookup_choices}
        return queryset.filter(service__code=self.value()) if self.value() in known else queryset


def services_de(request: HttpRequest) -> QuerySet[Service]:
    """Return the services that issue keys among those of the agent."""
    emetteurs = Service.objects.filter(emet_des_cles=True)
    who = agent(request)
    return emetteurs if who.is_superuser else emetteurs.filter(agents__compte=who)


@admin.register(DossierFamille)
class DossierFamilleAdmin(PagesCles, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["nom", "reference", "service", "rattachee", "cle", "importee_le"]
    list_select_related = ["service"]
    list_filter = [RattacheFilter, ServiceFilter]
    list_per_page = 50
    search_fields = ["reference"]  # `get_search_results` looks further
    search_help_text = "Famille, référence, nom, prénom ou courriel d’une personne"
    show_full_result_count = False
    actions = ["emettre_les_cles"]
    ordering = ["nom", "id"]

    @admin.display(description="rattachée le", ordering="rattachement_at")
    def rattachee(self, dossier: DossierFamille) -> str:
        if dossier.foyer_id is None:
            return "non"
        return date_courte(dossier.rattachement_at) if dossier.rattachement_at else "oui"

    @admin.display(description="clé")
    def cle(self, dossier: Any) -> str:
        return etat_de_la_cle(dossier)

    @admin.display(description="importée le", ordering="importe_at")
    def importee_le(self, dossier: DossierFamille) -> str:
        return date_courte(dossier.importe_at)

    # Scope and rights: families come by import, and only services write them.
    def get_queryset(self, request: HttpRequest) -> QuerySet[DossierFamille]:
        mine = DossierFamille.objects.for_agent(agent(request))
        return mine.avec_cle().defer("donnees")

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[DossierFamille], bool]:
        return familles.chercher(queryset, search_term), False

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """No heading on the home page for who has nothing to do with families."""
        if not services_de(request).exists():
            return {}
        return super().get_model_perms(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_importer_permission(self, request: HttpRequest) -> bool:
        return agent(request).has_perm("accounts.importer_familles")

    def get_urls(self) -> list[URLPattern]:
        wrap, prefix = self.admin_site.admin_view, "accounts_dossierfamille"
        own = [
            path("importer/", wrap(self.importer), name=f"{prefix}_importer"),
            path("<int:pk>/detacher/", wrap(self.detacher), name=f"{prefix}_detacher"),
            *self.urls_cles(),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, under a title that a clerk would give it."""
        extra = {
            "title": "Familles de mes services",
            "peut_importer": self.has_importer_permission(request),
        }
        return super().changelist_view(request, extra | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One family as the service knows it; reading it is written in the journal."""
        dossier = self.trouver(
            request, int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        )
        lectures.noter("famille.consultee", cible=dossier, agent=agent(request))
        adresse = dossier.donnees.get("adresse", {})
        context = self.contexte(request, dossier) | {
            "adresse": [*(adresse.get(n, "") for n in ("voie", "complement")), _commune(adresse)],
            "personnes": familles.personnes(dossier),
            "cle": etat_de_la_cle(dossier),
            "cle_valable": etat_de_la_cle(dossier).startswith("valable"),
            "lot": uuid4(),
            "peut_emettre": self.has_emettre_permission(request),
        }
        return self.page(request, "dossier", context)

    def detacher(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once, then take the family off its home."""
        dossier = self.trouver(request, pk)
        back = redirect("admin:accounts_dossierfamille_change", dossier.pk)
        if dossier.foyer is None or not self.has_emettre_permission(request):
            return back
        if request.method != "POST":
            foyer = {"representants": familles.representants(dossier.foyer)}
            return self.page(request, "detacher", self.contexte(request, dossier) | foyer)
        try:
            cles.detacher(dossier_id=dossier.pk, agent=agent(request))
        except Refusal as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, f"La famille {dossier} est détachée.")
        return back

    # Import
    def importer(self, request: HttpRequest) -> HttpResponse:
        """Look at a file, then import the same file sent again."""
        back = redirect("admin:accounts_dossierfamille_changelist")
        if not self.has_importer_permission(request):
            return back
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = FichierFamillesForm(*sent, services=services_de(request))
        context = self.contexte(request, None) | {
            "title": "Importer des familles",
            "form": form,
            "colonnes": " ; ".join(COLONNES),
            "taille_max": TAILLE_MAX // 1024 // 1024,
        }
        if form.is_valid():
            verifie = form.is_verifie
            try:
                bilan = importer(
                    service=form.cleaned_data["service"],
                    fichier=form.cleaned_data["fichier"],
                    auteur=agent(request),
                    simuler=not verifie,
                )
            except FichierRefuse as refusal:
                context |= {"fautes": refusal.fautes}
            else:
                if verifie:
                    self.message_user(request, f"Importé : {resume(bilan)}.")
                    return back
                autre = bool(form.cleaned_data["verifie"])
                context |= {"bilan": bilan, "jeton": form.jeton(), "autre_fichier": autre}
                form.fields["service"].widget = forms.HiddenInput()
        wrong = bool(form.errors) or "fautes" in context
        return self.page(request, "importer", context, status=422 if wrong else 200)

    def trouver(self, request: HttpRequest, pk: int) -> DossierFamille:
        """Return a family of the agent's services; another service's is a 404."""
        mine = DossierFamille.objects.for_agent(agent(request)).avec_cle()
        return get_object_or_404(mine.select_related("service"), pk=pk)

    def contexte(self, request: HttpRequest, dossier: DossierFamille | None) -> dict[str, Any]:
        """Return what every page of a family, or of none, shows."""
        return self.admin_site.each_context(request) | {
            "title": f"Famille {dossier.nom}" if dossier else "",
            "opts": self.opts,
            "dossier": dossier,
        }

    def page(
        self, request: HttpRequest, nom: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        """Return a page of templates/admin/admin/accounts/dossierfamille/."""
        template = f"admin/accounts/dossierfamille/{nom}.html"
        return TemplateResponse(request, template, context, status=status)


def _commune(adresse: dict[str, str]) -> str:
    pays = adresse.get("pays", "FR")
    town = f"{adresse.get('code_postal', '')} {adresse.get('commune', '')}".strip()
    return town if pays == "FR" else f"{town} ({dict(PAYS).get(pays, pays)})"
