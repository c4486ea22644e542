"""Adding, changing and removing the members of a home."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.errors import (
    AConfirmer,
    AjoutNonOuvert,
    CompteNonValide,
    FicheDuTitulaire,
    FichePartagee,
    MembreParti,
)
from accounts.forms.entourage import (
    A_NAITRE,
    NE,
    AdulteForm,
    ContactForm,
    EnfantForm,
    MembreForm,
    initial_de,
)
from accounts.models import Compte, RoleMembre
from accounts.queries.entourage import FoyerVu, MembreVu, famille
from accounts.services import membres as services
from accounts.views.acces import exiger_valide, habitant
from accounts.views.entourage import membre_ou_404
from portal.kernel.errors import Refusal
from portal.ui.formats import de

TITRES = {
    "adulte": "Ajouter un adulte",
    "enfant": "Ajouter un enfant",
    "contact": "Ajouter un contact",
}


def apres_verification(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lead back to « Mon entourage », with the reason, whoever may not change it (B6, C2)."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (
            CompteNonValide,
            AjoutNonOuvert,
            FicheDuTitulaire,
            FichePartagee,
            MembreParti,
        ) as refusal:
            messages.warning(request, str(refusal))
            return redirect("accounts:entourage")

    return wrapped


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@apres_verification
def ajouter(request: HttpRequest, genre: str) -> HttpResponse:
    """« Ajouter un adulte », « Ajouter un enfant », « Ajouter un contact »."""
    compte = habitant(request)
    exiger_valide(compte)
    if genre not in settings.AJOUT_DIRECT:
        raise AjoutNonOuvert
    form = _form_d_ajout(request, genre, compte)
    if form.is_valid():
        added = _essayer(form, lambda: _declarer(compte, form))
        if added is not None:
            messages.success(request, f"{added.personne} est dans votre entourage.")
            return redirect("accounts:entourage")
    context = {
        "form": form,
        "titre": TITRES[genre],
        "genre": genre,
        "libelle_bouton": TITRES[genre],
    }
    return _page(request, form, context | {"retour": reverse("accounts:entourage")})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@apres_verification
def modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """« Modifier » a member, to the end: back to its page, which shows the change."""
    compte = habitant(request)
    exiger_valide(compte)
    foyer, vu = membre_ou_404(compte, pk)
    _exiger_modifiable(vu)
    form = _form_de(request, foyer, vu)
    if form.is_valid():
        changed = _essayer(form, lambda: _modifier(compte, vu, form))
        if changed is not None:
            messages.success(request, f"La fiche {de(str(changed.personne))} est à jour.")
            return redirect("accounts:membre", pk=pk)
    context = {
        "form": form,
        "titre": f"Modifier la fiche {de(vu.nom_complet)}",
        "genre": services.GENRES[RoleMembre(vu.role)],
        "libelle_bouton": "Enregistrer les changements",
        "retour": reverse("accounts:membre", kwargs={"pk": pk}),
    }
    return _page(request, form, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@apres_verification
def naissance(request: HttpRequest, pk: int) -> HttpResponse:
    """« Mon enfant est né »: a child that was expected, here only: the civil registry is told
    elsewhere.
    """
    compte = habitant(request)
    exiger_valide(compte)
    _foyer, vu = membre_ou_404(compte, pk)
    _exiger_modifiable(vu)
    if not vu.a_naitre:
        return redirect("accounts:membre", pk=pk)  # done: a reload, or the other parent
    data = request.POST if request.method == "POST" else None
    form = EnfantForm(data, situation=NE, initial=initial_de(vu.personne))
    if form.is_valid():
        born = _essayer(form, lambda: _naitre(compte, vu, form))
        if born is not None:
            texte = f"{born.personne} : naissance enregistrée dans votre entourage."
            messages.success(request, texte)
            return redirect("accounts:membre", pk=pk)
    context = {
        "form": form,
        "titre": "Mon enfant est né",
        "genre": "enfant",
        "libelle_bouton": "Enregistrer la naissance",
        "naissance": True,
        "retour": reverse("accounts:membre", kwargs={"pk": pk}),
    }
    return _page(request, form, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@apres_verification
def retirer(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once, naming what is lost; take a member out of the home."""
    compte = habitant(request)
    exiger_valide(compte)
    _foyer, vu = membre_ou_404(compte, pk)
    if vu.is_moi:
        return redirect("accounts:quitter")
    if request.method == "POST":
        try:
            services.retirer(compte_id=compte.pk, membre_id=pk)
        except MembreParti:
            raise
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("accounts:membre", pk=pk)
        messages.success(request, f"{vu.nom_complet} n’est plus dans votre entourage.")
        return redirect("accounts:entourage")
    return render(request, "accounts/membre_retirer.html", {"membre": vu})


def _form_d_ajout(request: HttpRequest, genre: str, compte: Compte) -> Any:
    data = request.POST if request.method == "POST" else None
    if genre == "contact":
        # From the page of a child, who is ticked.
        initial = {"enfants": [request.GET.get("enfant", "")]}
        return ContactForm(data, enfants=_enfants(famille(compte)), initial=initial)
    return (AdulteForm if genre == "adulte" else EnfantForm)(data, initial=_nom(genre, compte))


def _nom(genre: str, compte: Compte) -> dict[str, str]:
    """Return the family name to begin with (C2): of an adult, a name at birth that is the account's
    nom d’usage would be wrong.
    """
    personne = compte.personne
    if personne is None:
        return {}
    is_usage = genre == "adulte" and personne.nom_usage
    return {"nom_usage" if is_usage else "nom_naissance": personne.nom}


def _form_de(request: HttpRequest, foyer: FoyerVu, vu: MembreVu) -> Any:
    """Return the form of a member, with what is known of it."""
    data = request.POST if request.method == "POST" else None
    initial = initial_de(vu.personne, vu.lien)
    if vu.is_enfant:
        return EnfantForm(data, situation=A_NAITRE if vu.a_naitre else NE, initial=initial)
    if vu.is_contact:
        initial["enfants"] = [str(enfant.pk) for enfant in vu.sorties]
        return ContactForm(data, enfants=_enfants(foyer), initial=initial)
    return AdulteForm(data, initial=initial)


def _enfants(foyer: FoyerVu) -> list[tuple[int | None, str]]:
    """Return the children who can be picked up somewhere."""
    return [(vu.pk, vu.nom_complet) for vu in foyer.enfants if not vu.a_naitre]


def _exiger_modifiable(vu: MembreVu) -> None:
    if vu.is_moi or vu.a_un_compte:
        raise FicheDuTitulaire
    if vu.partage:
        raise FichePartagee


def _declarer(compte: Compte, form: Any) -> Any:
    return services.declarer(
        compte_id=compte.pk,
        role=form.role,
        champs=form.champs,
        envoi=form.envoi_ou_nouveau,
        lien=form.lien_saisi,
        enfants=getattr(form, "sorties", ()),
        confirmes=form.confirmes,
    )


def _modifier(compte: Compte, vu: MembreVu, form: Any) -> Any:
    return services.modifier(
        compte_id=compte.pk,
        membre_id=vu.pk or 0,
        champs=form.champs,
        lien=form.lien_saisi if "lien" in form.fields else None,
        enfants=form.sorties if "enfants" in form.fields else None,
        confirmes=form.confirmes,
    )


def _naitre(compte: Compte, vu: MembreVu, form: Any) -> Any:
    return services.naitre(
        compte_id=compte.pk, membre_id=vu.pk or 0, champs=form.champs, confirmes=form.confirmes
    )


def _essayer(form: MembreForm, acte: Callable[[], Any]) -> Any:
    """Do the act; None when something must be confirmed first, which the form then asks."""
    try:
        return acte()
    except AConfirmer as refusal:
        form.demander(refusal.points)
        return None


def _page(request: HttpRequest, form: MembreForm, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "accounts/membre_formulaire.html", context, status=status)
