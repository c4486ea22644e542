"""Families as services know them: looked at, given a key, detached, imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.admin.agents import agent
from accounts.forms.familles import TAILLE_MAX, FichierFamillesForm
from accounts.models import DossierFamille, Service
from accounts.queries import familles
from accounts.services import cles, lectures, remise
from accounts.services.emission import CleEmise, cle_vivante, emettre, emettre_en_nombre
from accounts.services.familles import FichierRefuse, importer
from accounts.services.fichier_familles import COLONNES
from portal.kernel.errors import Refusal
from portal.pdf.documents import LETTRES_MAX
from portal.ui.formats import date_courte
from portal.ui.pays import PAYS

# action of the list -> (extension, content type, what is made of the keys)
SORTIES: dict[str, tuple[str, str, Any]] = {
    "emettre_csv": ("csv", "text/csv; charset=utf-8", remise.en_csv),
    "emettre_lettres": ("pdf", "application/pdf", remise.en_lettres),
}


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
        return queryset.filter(service__code=self.value()) if self.value() else queryset


def services_de(request: HttpRequest) -> QuerySet[Service]:
    """Return the services that issue keys among those of the agent."""
    emetteurs = Service.objects.filter(emet_des_cles=True)
    who = agent(request)
    return emetteurs if who.is_superuser else emetteurs.filter(agents__compte=who)


@admin.register(DossierFamille)
class DossierFamilleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["nom", "reference", "service", "rattachee", "cle", "importee_le"]
    list_select_related = ["service"]
    list_filter = [RattacheFilter, ServiceFilter]
    list_per_page = 50
    search_fields = ["nom", "reference"]
    search_help_text = "Nom de la famille ou référence du service"
    show_full_result_count = False
    actions = ["emettre_csv", "emettre_lettres"]
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

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_emettre_permission(self, request: HttpRequest) -> bool:
        return agent(request).has_perm("accounts.emettre_cles")

    def has_importer_permission(self, request: HttpRequest) -> bool:
        return agent(request).has_perm("accounts.importer_familles")

    def get_urls(self) -> list[URLPattern]:
        wrap, prefix = self.admin_site.admin_view, "accounts_dossierfamille"
        own = [
            path("importer/", wrap(self.importer), name=f"{prefix}_importer"),
            path("<int:pk>/cle/", wrap(self.emettre), name=f"{prefix}_cle"),
            path("<int:pk>/lettre/", wrap(self.lettre), name=f"{prefix}_lettre"),
            path("<int:pk>/detacher/", wrap(self.detacher), name=f"{prefix}_detacher"),
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
        dossier = self._find(request, int(object_id) if object_id.isdigit() else 0)
        lectures.noter("famille.consultee", cible=dossier, agent=agent(request))
        adresse = dossier.donnees.get("adresse", {})
        context = self._context(request, dossier) | {
            "adresse": [*(adresse.get(n, "") for n in ("voie", "complement")), _commune(adresse)],
            "personnes": familles.personnes(dossier),
            "cle": etat_de_la_cle(dossier),
            "cle_valable": etat_de_la_cle(dossier).startswith("valable"),
            "peut_emettre": self.has_emettre_permission(request),
        }
        return self._page(request, "dossier", context)

    # Keys
    def emettre(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a key and show it: the answer of the POST itself, for no page could show it again
        without keeping it somewhere.
        """
        dossier = self._find(request, pk)
        back = redirect("admin:accounts_dossierfamille_change", dossier.pk)
        if request.method != "POST" or not self.has_emettre_permission(request):
            return back
        try:
            emise = emettre(dossier_id=dossier.pk, auteur=agent(request))
        except Refusal as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return back
        return self._page(request, "cle", self._context(request, dossier) | {"emise": emise})

    def lettre(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The letter of a key just made, which the page sends back."""
        dossier = self._find(request, pk)
        emise = None
        if request.method == "POST" and self.has_emettre_permission(request):
            emise = cle_vivante(dossier, request.POST.get("cle", ""))
        if emise is None:
            texte = "Cette clé n’est plus valable : émettez-en une autre pour imprimer la lettre."
            self.message_user(request, texte, messages.WARNING)
            return redirect("admin:accounts_dossierfamille_change", dossier.pk)
        return _fichier(dossier.service, "emettre_lettres", [emise])

    @admin.action(description="Émettre les clés (lettres à imprimer)", permissions=["emettre"])
    def emettre_lettres(
        self, request: HttpRequest, queryset: QuerySet[DossierFamille]
    ) -> HttpResponse | None:
        return self._en_nombre(request, queryset, "emettre_lettres")

    @admin.action(description="Émettre les clés (tableau CSV)", permissions=["emettre"])
    def emettre_csv(
        self, request: HttpRequest, queryset: QuerySet[DossierFamille]
    ) -> HttpResponse | None:
        return self._en_nombre(request, queryset, "emettre_csv")

    def _en_nombre(
        self, request: HttpRequest, queryset: QuerySet[DossierFamille], action: str
    ) -> HttpResponse | None:
        """Say what the keys replace, then make them: the answer is the file."""
        chosen = list(queryset.select_related("service"))
        services = {dossier.service for dossier in chosen}
        if len(services) != 1 or len(chosen) > LETTRES_MAX:
            texte = (
                f"Choisissez {LETTRES_MAX} familles au plus : au-delà, le service informatique "
                "le fait par commande."
                if len(services) == 1
                else "Choisissez des familles d’un seul service."
            )
            self.message_user(request, texte, messages.ERROR)
            return None
        a_rattacher = [dossier for dossier in chosen if dossier.foyer_id is None]
        if not a_rattacher:
            texte = "Ces familles sont déjà rattachées : elles n’ont pas besoin de clé."
            self.message_user(request, texte, messages.WARNING)
            return None
        if "confirme" in request.POST:
            ids = [dossier.pk for dossier in a_rattacher]
            emises = emettre_en_nombre(dossiers=ids, auteur=agent(request))
            return _fichier(services.pop(), action, emises)
        context = self._context(request, None) | {
            "title": "Émettre des clés",
            "action": action,
            "lettres": action == "emettre_lettres",
            "choisis": chosen,
            "emises": len(a_rattacher),
            "rattachees": len(chosen) - len(a_rattacher),
            "remplacees": sum(etat_de_la_cle(d).startswith("valable") for d in a_rattacher),
        }
        return self._page(request, "emission", context)

    def detacher(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once, then take the family off its home."""
        dossier = self._find(request, pk)
        back = redirect("admin:accounts_dossierfamille_change", dossier.pk)
        if dossier.foyer_id is None or not self.has_emettre_permission(request):
            return back
        if request.method != "POST":
            return self._page(request, "detacher", self._context(request, dossier))
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
        context = self._context(request, None) | {
            "title": "Importer des familles",
            "form": form,
            "colonnes": ";".join(COLONNES),
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
                    self.message_user(request, f"{bilan.familles} familles importées.")
                    return back
                autre = bool(form.cleaned_data["verifie"])
                context |= {"bilan": bilan, "jeton": form.jeton(), "autre_fichier": autre}
        wrong = bool(form.errors) or "fautes" in context
        return self._page(request, "importer", context, status=422 if wrong else 200)

    def _find(self, request: HttpRequest, pk: int) -> DossierFamille:
        """Return a family of the agent's services; another service's is a 404."""
        mine = DossierFamille.objects.for_agent(agent(request)).avec_cle()
        return get_object_or_404(mine.select_related("service"), pk=pk)

    def _context(self, request: HttpRequest, dossier: DossierFamille | None) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {
            "title": f"Famille {dossier.nom}" if dossier else "",
            "opts": self.opts,
            "dossier": dossier,
        }

    def _page(
        self, request: HttpRequest, nom: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        template = f"admin/accounts/dossierfamille/{nom}.html"
        return TemplateResponse(request, template, context, status=status)


def etat_de_la_cle(dossier: Any) -> str:
    """Return what became of the last key of a family read `avec_cle`."""
    if dossier.cle_created_at is None:
        return "jamais émise"
    if dossier.cle_utilisation_at is not None:
        return f"utilisée le {date_courte(dossier.cle_utilisation_at)}"
    if dossier.cle_revocation_at is not None:
        return "remplacée"
    if dossier.cle_expire_at <= timezone.now():
        return f"expirée le {date_courte(dossier.cle_expire_at)}"
    return f"valable jusqu’au {date_courte(dossier.cle_expire_at)}"


def _commune(adresse: dict[str, str]) -> str:
    pays = adresse.get("pays", "FR")
    town = f"{adresse.get('code_postal', '')} {adresse.get('commune', '')}".strip()
    return town if pays == "FR" else f"{town} ({dict(PAYS).get(pays, pays)})"


def _fichier(service: Service, action: str, emises: Sequence[CleEmise]) -> HttpResponse:
    extension, content_type, rendre = SORTIES[action]
    response = HttpResponse(rendre(emises), content_type=content_type)
    nom = remise.nom_de_fichier(service, extension)
    response["Content-Disposition"] = f'attachment; filename="{nom}"'
    return response
