"""Accounts of residents, for the agents who check them: the queue, and one account on one page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html

from accounts import registries
from accounts.admin import lecture
from accounts.admin.enfants import PagesEnfants
from accounts.admin.fusions import PagesFusion
from accounts.forms.validation import RefusForm, RemiseForm
from accounts.models import Compte, DossierFamille, Etat
from accounts.queries import doublons, habitants
from accounts.services import lectures, validation
from portal.kernel.errors import Refusal

# Duplicates shown in columns; the others are named below.
COTE_A_COTE = 3
AU_PLUS = 50  # a building may hold more neighbours than a clerk will read


class EtatFilter(admin.SimpleListFilter):
    """The queue unless another list is asked for; a search looks everywhere."""

    title = "état"
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (Etat.EN_ATTENTE, "en attente de validation"),
            ("en_retard", "en attente, en retard"),
            (Etat.VALIDE, "validés"),
            (Etat.REFUSE, "refusés"),
            (Etat.A_ACTIVER, "pas encore activés"),
            (Etat.FERME, "fermés"),
            ("tous", "tous"),
        ]

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.defaut = "tous" if request.GET.get("q") else Etat.EN_ATTENTE
        super().__init__(request, *args)

    def value(self) -> str:
        return super().value() or self.defaut

    def choices(self, changelist: ChangeList) -> Any:
        for valeur, libelle in self.lookup_choices:
            yield {
                "selected": self.value() == valeur,
                "query_string": changelist.get_query_string({self.parameter_name: valeur}),
                "display": libelle,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Compte]) -> QuerySet[Compte]:
        if self.value() == "tous":
            return queryset
        if self.value() == "en_retard":
            return queryset.filter(etat=Etat.EN_ATTENTE, activation_at__lt=habitants.limite())
        known = self.value() in Etat.values
        return queryset.filter(etat=self.value()) if known else queryset.none()


class FileDAttente(ChangeList):
    """One page of accounts, each with what looks like it: one statement for the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        found = doublons.de_plusieurs(c.pk for c in self.result_list if c.etat in doublons.COMPARES)
        for compte in self.result_list:
            compte.doublons = found.get(compte.pk, [])


@admin.register(Compte)
class CompteAdmin(PagesFusion, PagesEnfants, admin.ModelAdmin):
    list_display = ["nom", "identifiant", "etat_affiche", "active_le", "attente", "ressemblances"]
    list_display_links = ["nom"]
    list_select_related = ["personne"]
    list_filter = [EtatFilter]
    list_per_page = 25
    search_fields = ["identifiant"]  # `get_search_results` looks further
    search_help_text = "Nom, prénom, courriel ou identifiant"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None
    ordering = ["activation_at"]

    @admin.display(description="habitant")
    def nom(self, compte: Compte) -> str:
        return compte.get_full_name()

    @admin.display(description="état")
    def etat_affiche(self, compte: Compte) -> str:
        return compte.get_etat_display()

    @admin.display(description="activé le", ordering="activation_at")
    def active_le(self, compte: Compte) -> str:
        return lecture.moment(compte.activation_at)

    @admin.display(description="attend")
    def attente(self, compte: Compte) -> str:
        texte = lecture.attente(compte)
        if lecture.is_en_retard(compte):
            return format_html('{} <strong class="dossier__ecart">en retard</strong>', texte)
        return texte or "–"

    @admin.display(description="doublons possibles")
    def ressemblances(self, compte: Compte) -> str:
        trouves = compte.doublons  # type: ignore[attr-defined]
        surs = sum(doublon.is_probable for doublon in trouves)
        voisins = len(trouves) - surs
        parts = [str(surs)] if surs else []
        if voisins:
            parts.append(f"{voisins} à la même adresse")
        return " + ".join(parts) or "aucun"

    # Scope and rights: only services move `etat`, so the stock form is never writable.
    def get_queryset(self, request: HttpRequest) -> QuerySet[Compte]:
        return habitants.habitants()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Compte], search_term: str
    ) -> tuple[QuerySet[Compte], bool]:
        return habitants.chercher(queryset, search_term), False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Allow the filter and no lookup made up in the address: Django allows those on any
        column, and a hash can be read letter by letter.
        """
        return lookup == EtatFilter.parameter_name

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return FileDAttente

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # accounts are made by sign-up

    def has_change_permission(self, request: HttpRequest, obj: Compte | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Compte | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/valider/", wrap(self.valider), name="accounts_compte_valider"),
            path("<int:pk>/refuser/", wrap(self.refuser), name="accounts_compte_refuser"),
            path(
                "<int:pk>/remettre-en-attente/",
                wrap(self.remettre),
                name="accounts_compte_remettre",
            ),
        ]
        return [*own, *self.urls_fusion(), *self.urls_enfants(), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The queue, under a title that a clerk would give it."""
        title = {"title": "Comptes des habitants"}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One account on one page; reading it, and those beside it, is written in the journal."""
        compte, trouves, autres = self._avec_doublons(request, object_id)
        cote = [d for d in trouves if d.is_probable][:COTE_A_COTE]
        fiche, *voisines = habitants.fiches([compte, *(autres[d.autre_id] for d in cote)])
        montres = [compte, *(voisine.compte for voisine in voisines)]
        agent = self.agent(request)
        lectures.noter_chacun("compte.consulte", cibles=montres, agent=agent)
        context = self.contexte(request, compte, compte.get_full_name()) | {
            "fiche": fiche,
            "identite": lecture.remplies(lecture.identite(compte.personne))
            if compte.personne
            else [],
            "contacts": lecture.remplies(lecture.contacts(compte)),
            "adresse": lecture.adresse(fiche.foyer),
            "familles": self.familles(fiche),
            "rubriques": registries.rubriques(compte, agent),
            "histoire": lecture.histoire(compte),
            "attente": lecture.attente(compte),
            "en_retard": lecture.is_en_retard(compte),
            "colonnes": [(d, autres[d.autre_id], _motifs(d)) for d in cote],
            "comparaison": lecture.comparaison([fiche, *voisines]) if cote else [],
            "autres_doublons": [
                (d, autres[d.autre_id], _motifs(d)) for d in trouves if d not in cote
            ],
        }
        return TemplateResponse(request, "admin/accounts/compte/dossier.html", context)

    def _avec_doublons(
        self, request: HttpRequest, object_id: str
    ) -> tuple[Compte, list[doublons.Doublon], dict[int, Compte]]:
        """Return an account, what looks like it, and the accounts that do, in two queries."""
        self.exiger(request)
        pk = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else 0
        trouves = doublons.de(pk)[:AU_PLUS]
        comptes = {
            c.pk: c for c in self.scope().filter(pk__in=[pk, *(d.autre_id for d in trouves)])
        }
        if pk not in comptes:
            raise Http404
        compte = comptes[pk]
        if compte.etat not in doublons.COMPARES:
            trouves = []
        return compte, [d for d in trouves if d.autre_id in comptes], comptes

    # Acts
    def valider(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Validate the account; the queue then shows who is next."""
        compte = self.trouver(request, str(pk))
        if request.method != "POST":
            return redirect("admin:accounts_compte_change", pk)
        try:
            validation.valider(compte_id=pk, agent=self.agent(request))
        except Refusal as refusal:
            return self._trop_tard(request, pk, Etat.VALIDE, str(refusal))
        nom = compte.get_full_name()
        self.message_user(request, f"Compte de {nom} validé. Un courriel le lui dit.")
        return redirect("admin:accounts_compte_changelist")

    def refuser(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Refuse the account, after a look at the mail that its holder will read."""
        compte = self.trouver(request, str(pk))
        form = RefusForm(request.POST if request.method == "POST" else None)
        if "envoyer" in request.POST and form.is_valid():
            motif = form.cleaned_data["motif"]
            try:
                validation.refuser(compte_id=pk, agent=self.agent(request), motif=motif)
            except Refusal as refusal:
                return self._trop_tard(request, pk, Etat.REFUSE, str(refusal))
            nom = compte.get_full_name()
            self.message_user(request, f"Compte de {nom} refusé. Votre raison lui est envoyée.")
            return redirect("admin:accounts_compte_changelist")
        # First the reason, then the mail as it will leave; « corriger » leads back to the reason.
        motif = form.cleaned_data["motif"] if form.is_valid() else ""
        vu = bool(motif) and "corriger" not in request.POST
        context = self.contexte(request, compte, "Refuser le compte") | {
            "form": form,
            "courriel": validation.apercu_refus(compte, motif) if vu else None,
            "effacement": validation.effacement_apres_refus(),
            "is_possible": compte.etat == Etat.EN_ATTENTE,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/accounts/compte/refus.html", context, status=status)

    def remettre(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put the account back in the queue, once confirmed."""
        compte = self.trouver(request, str(pk))
        form = RemiseForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            message = form.cleaned_data["message"]
            try:
                validation.remettre_en_attente(
                    compte_id=pk, agent=self.agent(request), message=message
                )
            except Refusal as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                self.message_user(request, "Compte remis en attente. Un courriel le lui dit.")
            return redirect("admin:accounts_compte_change", pk)
        context = self.contexte(request, compte, "Remettre le compte en attente") | {
            "form": form,
            "is_possible": compte.etat in (Etat.VALIDE, Etat.REFUSE),
        }
        status = 422 if form.errors else 200
        return TemplateResponse(
            request, "admin/accounts/compte/attente.html", context, status=status
        )

    def _trop_tard(self, request: HttpRequest, pk: int, etat: Etat, phrase: str) -> HttpResponse:
        """Say who was quicker; nothing when it was the same agent, clicking twice."""
        compte = self.trouver(request, str(pk))
        agent = self.agent(request)
        if compte.etat == etat and compte.verification_par_id == agent.pk:
            return redirect("admin:accounts_compte_changelist")
        self.message_user(request, phrase, messages.ERROR)
        return redirect("admin:accounts_compte_change", pk)

    # Shared by the pages
    def scope(self) -> QuerySet[Compte]:
        """Accounts of residents, with what every page shows of one."""
        return habitants.habitants().select_related("personne", "verification_par")

    def exiger(self, request: HttpRequest) -> None:
        """Refuse the page to an agent who does not look after accounts."""
        if not request.user.has_perm("accounts.gerer_comptes"):
            raise PermissionDenied

    def trouver(self, request: HttpRequest, pk: str) -> Compte:
        """Return a resident's account, for an agent who looks after accounts."""
        self.exiger(request)
        return get_object_or_404(self.scope(), pk=pk if pk.isdigit() else 0)

    def agent(self, request: HttpRequest) -> Compte:
        assert isinstance(request.user, Compte)  # noqa: S101 (narrows the type)
        return request.user

    def contexte(self, request: HttpRequest, compte: Compte, title: str) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "compte": compte,
            "nom": compte.get_full_name(),
        }

    def familles(self, fiche: habitants.Fiche) -> list[DossierFamille]:
        """Return the families that services attached to the home."""
        if fiche.foyer is None:
            return []
        return list(DossierFamille.objects.filter(foyer=fiche.foyer).select_related("service"))


def _motifs(doublon: doublons.Doublon) -> str:
    return ", ".join(doublons.LIBELLES[motif] for motif in doublon.motifs)
