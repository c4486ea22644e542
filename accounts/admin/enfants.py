"""A child of a home, as clerks see it: linked to its entry in another home, corrected, parted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.admin import lecture
from accounts.forms.validation import EnfantForm, LienForm
from accounts.models import ENFANTS, REPRESENTANTS, Compte, Membre
from accounts.queries import doublons
from accounts.services import lectures, partage
from portal.kernel.errors import Refusal

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _Base
else:
    _Base = object


class PagesEnfants(_Base):
    """The pages of one child, under the account from which the clerk came."""

    if TYPE_CHECKING:
        trouver: Any
        agent: Any
        contexte: Any

    def urls_enfants(self) -> list[URLPattern]:
        """Return the addresses of these pages."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/enfant/<int:membre>/", wrap(self.enfant), name="accounts_compte_enfant"),
            path(
                "<int:pk>/enfant/<int:membre>/lier/<int:autre>/",
                wrap(self.lier),
                name="accounts_compte_lier",
            ),
            path(
                "<int:pk>/enfant/<int:membre>/delier/",
                wrap(self.delier),
                name="accounts_compte_delier",
            ),
        ]

    def enfant(self, request: HttpRequest, pk: int, membre: int) -> HttpResponse:
        """The child: what is known, who else has it or may have it; a shared one is corrected."""
        compte = self.trouver(request, str(pk))
        enfant = _enfant(compte, membre)
        ailleurs = list(_fiches(enfant.personne.membres.actifs().exclude(pk=enfant.pk)))
        form = None
        if ailleurs:
            initial = {nom: getattr(enfant.personne, nom) for nom in partage.CORRIGES}
            form = EnfantForm(request.POST if request.method == "POST" else None, initial=initial)
        if request.method == "POST" and form is not None and form.is_valid():
            return self._corriger(request, pk, membre, form)
        lectures.noter("compte.consulte", cible=compte, agent=self.agent(request))
        candidats = _fiches(Membre.objects.filter(pk__in=doublons.entrees_du_meme_enfant(membre)))
        context = self.contexte(request, compte, str(enfant.personne)) | {
            "enfant": enfant,
            "lignes": lecture.remplies(_lignes(enfant)),
            "ailleurs": [(m, _representants(m)) for m in ailleurs],
            "candidats": [(m, _representants(m)) for m in candidats],
            "form": form,
        }
        status = 422 if form is not None and form.errors else 200
        return TemplateResponse(
            request, "admin/accounts/compte/enfant.html", context, status=status
        )

    def _corriger(
        self, request: HttpRequest, pk: int, membre: int, form: EnfantForm
    ) -> HttpResponse:
        agent = self.agent(request)
        try:
            partage.corriger(membre_id=membre, champs=form.cleaned_data, agent=agent)
        except Refusal as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, "Fiche corrigée pour les deux foyers.")
        return redirect("admin:accounts_compte_enfant", pk, membre)

    def lier(self, request: HttpRequest, pk: int, membre: int, autre: int) -> HttpResponse:
        """Two entries side by side, made one child when the clerk says which identity stays."""
        compte = self.trouver(request, str(pk))
        ici = _enfant(compte, membre)
        candidats = doublons.entrees_du_meme_enfant(membre)
        la = get_object_or_404(_fiches(Membre.objects.filter(pk__in=candidats)), pk=autre)
        colonnes = [(m, f"Foyer de {_noms(_representants(m))}") for m in (ici, la)]
        noms = [chez for _membre, chez in colonnes]
        choix = [(m.pk, f"{m.personne}, {chez[0].lower()}{chez[1:]}") for m, chez in colonnes]
        form = LienForm(request.POST if request.method == "POST" else None, choix=choix)
        agent = self.agent(request)
        if request.method == "POST" and form.is_valid():
            garder = int(form.cleaned_data["garder"])
            try:
                partage.lier(membre_id=membre, autre_id=autre, garder_id=garder, agent=agent)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                self.message_user(request, "Les deux fiches sont maintenant celles d’un enfant.")
                return redirect("admin:accounts_compte_enfant", pk, membre)
        montres = [compte, *_representants(la)]
        lectures.noter_chacun("compte.consulte", cibles=montres, agent=agent)
        context = self.contexte(request, compte, "Comparer et lier deux fiches d’enfant") | {
            "enfant": ici,
            "colonnes": noms,
            "comparaison": lecture.comparaison_d_enfants([ici.personne, la.personne], noms),
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/accounts/compte/lien.html", context, status=status)

    def delier(self, request: HttpRequest, pk: int, membre: int) -> HttpResponse:
        """Give this home its own copy of the child, once confirmed."""
        compte = self.trouver(request, str(pk))
        enfant = _enfant(compte, membre)
        if request.method == "POST":
            try:
                partage.delier(membre_id=membre, agent=self.agent(request))
            except Refusal as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                self.message_user(request, "Chaque foyer a maintenant sa propre fiche.")
            return redirect("admin:accounts_compte_enfant", pk, membre)
        context = self.contexte(request, compte, "Délier l’enfant") | {"enfant": enfant}
        return TemplateResponse(request, "admin/accounts/compte/delier.html", context)


def _enfant(compte: Compte, pk: int) -> Membre:
    """Return an active child of the account's home."""
    return get_object_or_404(
        _fiches(Membre.objects.for_compte(compte).filter(role__in=ENFANTS)), pk=pk
    )


def _fiches(membres: QuerySet[Membre]) -> QuerySet[Membre]:
    return membres.select_related("personne", "foyer").order_by("pk")


def _representants(membre: Membre) -> list[Compte]:
    """Return the accounts that represent the home of a child."""
    places = Membre.objects.actifs().filter(foyer=membre.foyer_id, role__in=REPRESENTANTS)
    comptes = Compte.objects.filter(personne__in=places.values("personne"), is_staff=False)
    return list(comptes.select_related("personne").order_by("pk"))


def _noms(comptes: list[Compte]) -> str:
    return ", ".join(compte.get_full_name() for compte in comptes) or "personne qui se connecte"


def _lignes(enfant: Membre) -> list[tuple[str, str]]:
    personne = enfant.personne
    return [
        *lecture.identite(personne),
        ("Naissance prévue", lecture.jour(personne.naissance_prevue)),
        ("Rôle dans le foyer", enfant.get_role_display()),
        ("École", personne.ecole),
        ("Classe", personne.classe),
    ]
