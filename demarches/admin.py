"""The clerks' side, first cut: the requests of their services, and what to do with one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.facade import noter_lecture
from accounts.models import Compte
from demarches.forms import DecisionForm
from demarches.models import Campagne, Demande, Demarche, Theme
from demarches.models.demande import CONTENU, LOURDS
from demarches.queries.recapitulatif import document
from demarches.schema import lecture
from demarches.services import instruction
from demarches.states import UNDECIDED, Action, Etat, allowed
from portal.kernel.errors import Refusal
from portal.pdf import documents
from portal.ui.formats import date_courte, heure

# What a clerk may do, in the order of the buttons: the act, and whether a text goes out with it.
ACTES: dict[str, tuple[Action, Callable[..., Demande], bool]] = {
    "prendre-en-charge": (Action.PRENDRE_EN_CHARGE, instruction.prendre_en_charge, False),
    "instruire": (Action.INSTRUIRE, instruction.instruire, False),
    "accepter": (Action.ACCEPTER, instruction.accepter, True),
    "refuser": (Action.REFUSER, instruction.refuser, True),
    "classer": (Action.CLASSER, instruction.classer, True),
}
LIBELLES = {
    "prendre-en-charge": "Prendre en charge",
    "instruire": "Commencer l’instruction",
    "accepter": "Accepter la demande",
    "refuser": "Refuser la demande",
    "classer": "Classer sans suite",
}


def agent_de(request: HttpRequest) -> Compte:
    """Return the logged-in agent; the admin lets nobody else in."""
    assert isinstance(request.user, Compte)  # noqa: S101 (narrows the type)
    return request.user


def libelle_acte(nom: str, demande: Demande) -> str:
    """Return the words of a button; where nothing is decided, a request is closed, not accepted."""
    if nom == "accepter" and not demande.definition.decision:
        return "Clore : la demande est traitée"
    return LIBELLES[nom]


def actes_possibles(demande: Demande) -> list[str]:
    """Return the acts that the state allows; a démarche without decision cannot be refused."""
    possible = set(allowed(demande.etat))
    if not demande.definition.decision:
        possible.discard(Action.REFUSER)
    return [nom for nom, (action, _service, _text) in ACTES.items() if action in possible]


class EtatFilter(admin.SimpleListFilter):
    title = "état"
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("ouvertes", "à traiter"), *(e for e in Etat.choices if e[0] != Etat.BROUILLON)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Demande]) -> QuerySet[Demande]:
        if self.value() == "ouvertes":
            return queryset.filter(etat__in=UNDECIDED)
        if self.value() is None:
            return queryset
        return (
            queryset.filter(etat=self.value()) if self.value() in Etat.values else queryset.none()
        )


class DemarcheFilter(admin.SimpleListFilter):
    """Only the démarches of the agent's services: another service's titles are none of theirs."""

    title = "démarche"
    parameter_name = "demarche"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        demarches = Demarche.objects.all()
        if not request.user.is_superuser:
            demarches = demarches.filter(service__agents__compte=request.user.pk)
        return [(d.code, d.titre) for d in demarches]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Demande]) -> QuerySet[Demande]:
        if self.value() is None:
            return queryset
        if self.value() not in {code for code, _titre in self.lookup_choices}:
            return queryset.none()
        return queryset.filter(version__demarche__code=self.value())


@admin.register(Demande)
class DemandeAdmin(admin.ModelAdmin):
    list_display = [
        "numero",
        "demarche",
        "nom_demandeur",
        "pour_qui",
        "etat_affiche",
        "recue_le",
        "agent",
    ]
    list_display_links = ["numero"]
    list_select_related = ["version__demarche", "agent"]
    list_filter = [EtatFilter, DemarcheFilter]
    list_per_page = 25
    search_fields = ["numero", "nom_demandeur", "concernes"]
    search_help_text = "Numéro de ticket, nom du demandeur ou de la personne concernée"
    show_full_result_count = False  # a count of everything for the sake of a sentence
    actions = ["prendre_en_charge"]
    ordering = ["depot_at"]

    @admin.display(description="démarche", ordering="version__demarche__titre")
    def demarche(self, demande: Demande) -> str:
        return demande.version.demarche.titre

    @admin.display(description="personne concernée", ordering="concernes", empty_value="–")
    def pour_qui(self, demande: Demande) -> str:
        return demande.concernes

    @admin.display(description="état", ordering="etat")
    def etat_affiche(self, demande: Demande) -> str:
        return demande.etat_libelle

    @admin.display(description="reçue le", ordering="depot_at")
    def recue_le(self, demande: Demande) -> str:
        depot_at = demande.depot_at
        return f"{date_courte(depot_at)} {heure(depot_at)}" if depot_at else ""

    # Scope and rights: only services move `etat`, so the stock form is never writable.
    def get_queryset(self, request: HttpRequest) -> QuerySet[Demande]:
        return Demande.objects.for_agent(agent_de(request)).defer(*LOURDS, *CONTENU)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Demande | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Demande | None = None) -> bool:
        return False

    def has_instruire_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("demarches.instruire")

    @admin.action(description="Prendre en charge les demandes choisies", permissions=["instruire"])
    def prendre_en_charge(self, request: HttpRequest, queryset: QuerySet[Demande]) -> None:
        taken, left = 0, []
        for demande in queryset:
            try:
                instruction.prendre_en_charge(demande_id=demande.pk, agent=agent_de(request))
            except Refusal:
                left.append(str(demande))
            else:
                taken += 1
        if taken:
            self.message_user(request, f"Prises en charge : {taken}.", messages.SUCCESS)
        if left:
            reason = "déjà prises en charge ou closes"
            self.message_user(request, f"Laissées, {reason} : {', '.join(left)}.", messages.WARNING)

    # Pages of one request
    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/demande.pdf", wrap(self.pdf), name="demarches_demande_pdf"),
            path("<int:pk>/acte/<slug:acte>/", wrap(self.acte), name="demarches_demande_acte"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, under a title that a clerk would give it."""
        title = {"title": "Demandes de mes services"}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One request on one page; reading it is written in the journal."""
        demande = self._find(request, object_id)
        noter_lecture("demande.consultee", cible=demande, agent=agent_de(request))
        definition = demande.definition
        context = self._context(request, demande) | {
            "demandeur": lecture.lire_demandeur(definition, demande.demandeur),
            "sections": lecture.lire_demande(definition, demande.reponses),
            "evenements": [
                (e.created_at, e.libelle(decision=definition.decision), e.auteur)
                for e in demande.evenements.select_related("auteur")
            ],
            "actes": [
                (nom, libelle_acte(nom, demande), ACTES[nom][2]) for nom in actes_possibles(demande)
            ],
        }
        return TemplateResponse(request, "admin/demarches/demande/dossier.html", context)

    def acte(self, request: HttpRequest, pk: int, acte: str) -> HttpResponse:
        """Carry out one act; one that writes to the resident shows its text first."""
        demande = self._find(request, str(pk))
        back = redirect("admin:demarches_demande_change", demande.pk)
        if acte not in ACTES or not self.has_instruire_permission(request):
            return back
        _action, service, has_text = ACTES[acte]
        form = DecisionForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            text = {"texte": form.cleaned_data["texte"]} if has_text else {}
            try:
                service(demande_id=demande.pk, agent=agent_de(request), **text)
            except Refusal as refusal:
                form.add_error("texte" if has_text else None, str(refusal))
            else:
                self.message_user(request, f"{libelle_acte(acte, demande)} : c’est fait.")
                return back
        if not has_text:
            for error in form.non_field_errors() if form.is_bound else ():
                self.message_user(request, str(error), messages.ERROR)
            return back
        context = self._context(request, demande) | {
            "form": form,
            "acte": acte,
            "libelle": libelle_acte(acte, demande),
            "texte_requis": acte != "accepter",
            "is_possible": acte in actes_possibles(demande),
        }
        return TemplateResponse(
            request,
            "admin/demarches/demande/decision.html",
            context,
            status=422 if form.errors else 200,
        )

    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The request as a PDF."""
        demande = self._find(request, str(pk))
        noter_lecture(
            "demande.consultee", cible=demande, agent=agent_de(request), details={"forme": "pdf"}
        )
        response = HttpResponse(
            documents.demande(document(demande)), content_type="application/pdf"
        )
        response["Content-Disposition"] = f'inline; filename="demande-{demande.numero}.pdf"'
        return response

    def _find(self, request: HttpRequest, pk: str) -> Demande:
        """Return a request of the agent's services; another service's is a 404."""
        mine = Demande.objects.for_agent(agent_de(request)).with_demarche().select_related("agent")
        return get_object_or_404(mine, pk=pk if pk.isdigit() else 0)

    def _context(self, request: HttpRequest, demande: Demande) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {
            "title": f"Demande {demande.numero}",
            "opts": self.opts,
            "demande": demande,
            "definition": demande.definition,
        }


class SansSaisie(admin.ModelAdmin):
    """Read here, written by files (`charger_demarches`) until the form builder."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Theme)
class ThemeAdmin(admin.ModelAdmin):
    list_display = ["titre", "ordre"]


@admin.register(Demarche)
class DemarcheAdmin(SansSaisie):
    list_display = ["titre", "theme", "service", "acces", "en_ligne"]
    list_filter = ["theme", "service", "acces", "en_ligne"]
    list_select_related = ["theme", "service"]
    search_fields = ["titre", "synonymes"]
    fields = ["titre", "code", "theme", "service", "resume", "acces", "en_ligne"]
    readonly_fields = ["titre", "code", "service", "resume", "acces"]


@admin.register(Campagne)
class CampagneAdmin(admin.ModelAdmin):
    list_display = ["libelle", "demarche", "debut_at", "fin_at", "places", "places_prises"]
    list_select_related = ["demarche"]
    fields = ["demarche", "libelle", "debut_at", "fin_at", "places", "places_prises"]
    readonly_fields = ["places_prises"]
