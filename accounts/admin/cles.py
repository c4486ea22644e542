"""Keys of families: issued for one or for many, then read and downloaded for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header

from accounts.admin.agents import agent
from accounts.models import DossierFamille
from accounts.services import remise
from accounts.services.emission import (
    DUREE_RETRAIT,
    CleEmise,
    emettre,
    emettre_en_nombre,
    relire,
)
from portal.kernel.errors import Refusal
from portal.pdf.documents import LETTRES_MAX
from portal.ui.formats import date_courte

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _Base
else:
    _Base = object

LISTE = "admin:accounts_dossierfamille_changelist"
INCOMPLET = "Aucune clé n’est émise : le formulaire est incomplet. Rouvrez la page et recommencez."
# extension -> (content type, what is made of the keys)
SORTIES: dict[str, tuple[str, Any]] = {
    "csv": ("text/csv; charset=utf-8", remise.en_csv),
    "pdf": ("application/pdf", remise.en_lettres),
}


class PagesCles(_Base):
    """Issuing keys, and the page where those of a lot are read.

    The number of a lot is in the form: the same form sent again leads to the same keys.
    """

    if TYPE_CHECKING:
        trouver: Any
        contexte: Any
        page: Any

    def has_emettre_permission(self, request: HttpRequest) -> bool:
        return agent(request).has_perm("accounts.emettre_cles")

    def urls_cles(self) -> list[URLPattern]:
        """Return the addresses of these pages."""
        wrap, prefix = self.admin_site.admin_view, "accounts_dossierfamille"
        return [
            path("<int:pk>/cle/", wrap(self.emettre), name=f"{prefix}_cle"),
            path("cles/<uuid:lot>/", wrap(self.lot), name=f"{prefix}_lot"),
            path("cles/<uuid:lot>/<str:extension>/", wrap(self.fichier), name=f"{prefix}_fichier"),
        ]

    def emettre(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a key for one family."""
        dossier = self.trouver(request, pk)
        back = redirect("admin:accounts_dossierfamille_change", dossier.pk)
        if request.method != "POST" or not self.has_emettre_permission(request):
            return back
        lot = _lot(request)
        try:
            if lot is None:
                raise Refusal(INCOMPLET)
            emettre(dossier_id=dossier.pk, auteur=agent(request), lot=lot)
        except Refusal as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return back
        return redirect("admin:accounts_dossierfamille_lot", lot)

    def lot(self, request: HttpRequest, lot: UUID) -> HttpResponse:
        """The keys that this agent just made, to be read and downloaded."""
        emises = self._relire(request, lot)
        if not emises:
            texte = (
                "Les clés ne sont montrées que quelques minutes. Si vous ne les avez pas gardées, "
                "émettez-en d’autres."
            )
            self.message_user(request, texte, messages.WARNING)
            return redirect(LISTE)
        seule = emises[0] if len(emises) == 1 else None
        context = self.contexte(request, seule.dossier if seule else None) | {
            "title": f"Famille {seule.dossier.nom}" if seule else f"{len(emises)} clés émises",
            "emises": emises,
            "seule": seule,
            "lot": lot,
            "minutes": int(DUREE_RETRAIT.total_seconds() // 60),
            "sans_adresse": sum(emise.sans_adresse for emise in emises),
        }
        return self.page(request, "cles", context)

    def fichier(self, request: HttpRequest, lot: UUID, extension: str) -> HttpResponse:
        """The same keys as a table or as letters."""
        if extension not in SORTIES:
            raise Http404
        emises = self._relire(request, lot)
        if not emises:
            return redirect("admin:accounts_dossierfamille_lot", lot)
        content_type, rendre = SORTIES[extension]
        response = HttpResponse(rendre(emises), content_type=content_type)
        nom = remise.nom_de_fichier(emises, extension)
        response["Content-Disposition"] = content_disposition_header(True, nom)
        return response

    @admin.action(description="Émettre les clés", permissions=["emettre"])
    def emettre_les_cles(
        self, request: HttpRequest, queryset: QuerySet[DossierFamille]
    ) -> HttpResponse | None:
        """Say what the keys replace, then make them."""
        # Whole families (the list leaves `donnees` out), and one too many is enough to refuse.
        choisis = list(queryset.defer(None).select_related("service")[: LETTRES_MAX + 1])
        a_rattacher = [dossier for dossier in choisis if dossier.foyer_id is None]
        refus = _refus(choisis, a_rattacher)
        if refus:
            self.message_user(request, refus, messages.ERROR)
            return None
        if "confirme" in request.POST:
            return self._en_nombre(request, a_rattacher)
        context = self.contexte(request, None) | {
            "title": "Émettre des clés",
            "lot": uuid4(),
            "choisis": choisis,
            "emises": len(a_rattacher),
            "rattachees": len(choisis) - len(a_rattacher),
            "remplacees": sum(etat_de_la_cle(d).startswith("valable") for d in a_rattacher),
            "sans_adresse": sum(not d.donnees.get("adresse") for d in a_rattacher),
        }
        return self.page(request, "emission", context)

    def _en_nombre(
        self, request: HttpRequest, dossiers: Sequence[DossierFamille]
    ) -> HttpResponse | None:
        lot = _lot(request)
        try:
            if lot is None:
                raise Refusal(INCOMPLET)
            ids = [dossier.pk for dossier in dossiers]
            emettre_en_nombre(dossiers=ids, auteur=agent(request), lot=lot)
        except Refusal as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return None
        return redirect("admin:accounts_dossierfamille_lot", lot)

    def _relire(self, request: HttpRequest, lot: UUID) -> list[CleEmise]:
        """Return the keys of a lot for who made it and still may; another agent's are not told."""
        if not self.has_emettre_permission(request):
            return []
        who = agent(request)
        mine = DossierFamille.objects.for_agent(who)
        emises = relire(lot=lot, auteur=who)
        visibles = set(
            mine.filter(pk__in=[e.dossier.pk for e in emises]).values_list("pk", flat=True)
        )
        return [emise for emise in emises if emise.dossier.pk in visibles]


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


def _refus(choisis: Sequence[DossierFamille], a_rattacher: Sequence[DossierFamille]) -> str:
    """Return why no key is made of a choice, or nothing."""
    if len({dossier.service_id for dossier in choisis}) != 1:
        return "Choisissez des familles d’un seul service."
    if len(choisis) > LETTRES_MAX:
        return (
            f"Choisissez {LETTRES_MAX} familles au plus : au-delà, le service informatique le fait "
            "par commande."
        )
    if not a_rattacher:
        return "Ces familles sont déjà rattachées : elles n’ont pas besoin de clé."
    return ""


def _lot(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("lot", ""))
    except ValueError:
        return None
