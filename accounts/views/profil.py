"""« Mon espace »: the profile as the town hall has it, and the screens that change it (B7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import CompteNonValide
from accounts.forms.profil import AdresseForm, ContactForm, IdentiteForm
from accounts.models import Compte, Foyer
from accounts.queries.familles import services_emetteurs, services_rattaches
from accounts.services import adresses, profil
from accounts.views import lecture
from accounts.views.acces import habitant
from accounts.views.progression import Etape
from portal.kernel.clock import ajouter_jours_ouvres
from portal.kernel.errors import Refusal

ECRANS: dict[str, tuple[str, type[forms.Form]]] = {
    "identite": ("Identité", IdentiteForm),
    "adresse": ("Adresse", AdresseForm),
    "contact": ("Moyens de contact", ContactForm),
}
SERVICES = "services"
IDENTITE = (
    "civilite",
    "nom_naissance",
    "nom_usage",
    "prenoms",
    "date_naissance",
    "lieu_naissance",
)


@never_cache
@require_safe
def espace(request: HttpRequest) -> HttpResponse:
    """What the town hall knows of the account, and where each part is changed."""
    compte = habitant(request)
    context = {
        "titulaire": compte,
        "rubriques": _rubriques(compte),
        "services": services_rattaches(compte),
        "verification": _verification(compte),
    }
    return render(request, "accounts/espace.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ecran(request: HttpRequest, ecran: str) -> HttpResponse:
    """One screen of « Modifier mon espace », saved by itself."""
    compte = habitant(request)
    if ecran == SERVICES:
        return redirect("accounts:services")
    if ecran not in ECRANS:
        raise Http404
    titre, form_class = ECRANS[ecran]
    if request.method == "POST":
        form = form_class(request.POST)
    else:
        form = form_class(initial=_connu(compte, ecran))
    context: dict[str, Any] = {
        "ecran": ecran,
        "titre": titre,
        "form": form,
        "etapes": _etapes(ecran),
        "retour": "retour" in request.GET or "_retour" in request.POST,
        "adresses_url": reverse("accounts:adresses") if adresses.is_configured() else "",
        "avertissement": "",
        "titulaire": compte,
        "verification": _verification(compte),
    }
    if not compte.is_valide:
        status = 403 if request.method == "POST" else 200
        return render(request, "accounts/profil_ferme.html", context, status=status)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "accounts/profil_ecran.html", context, status=status)
    if isinstance(form, AdresseForm):
        context["avertissement"] = lecture.avertissement(form, request.POST)
        if context["avertissement"]:
            return render(request, "accounts/profil_ecran.html", context, status=422)
    return _enregistrer(request, compte, ecran, form, context)


def _enregistrer(
    request: HttpRequest, compte: Compte, ecran: str, form: forms.Form, context: dict[str, Any]
) -> HttpResponse:
    try:
        changed = _ACTES[ecran](compte, form)
    except CompteNonValide:
        return render(request, "accounts/profil_ferme.html", context, status=403)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return render(request, "accounts/profil_ecran.html", context, status=422)
    if changed:
        words = f"« {ECRANS[ecran][0]} » : vos changements sont enregistrés."
        messages.success(request, f"{words} Un courriel vous le confirme.")
    if context["retour"]:
        return redirect("accounts:espace")
    return redirect(_suivant(ecran))


def _identite(compte: Compte, form: forms.Form) -> bool:
    return profil.modifier_identite(compte=compte, identite=form.cleaned_data)


def _adresse(compte: Compte, form: forms.Form) -> bool:
    assert isinstance(form, AdresseForm)  # noqa: S101 (ECRANS says so)
    return profil.modifier_adresse(compte=compte, adresse=form.adresse)


def _contact(compte: Compte, form: forms.Form) -> bool:
    return profil.modifier_contact(compte=compte, contact=form.cleaned_data)


_ACTES: dict[str, Callable[[Compte, forms.Form], bool]] = {
    "identite": _identite,
    "adresse": _adresse,
    "contact": _contact,
}


def _connu(compte: Compte, ecran: str) -> dict[str, Any]:
    """Return what a screen shows: the fields as the database has them."""
    personne = compte.personne
    assert personne is not None  # noqa: S101 (`habitant` saw to it)
    if ecran == "identite":
        return {name: getattr(personne, name) for name in IDENTITE}
    if ecran == "adresse":
        foyer = Foyer.objects.for_compte(compte).first()
        return foyer.adresse if foyer else {}
    return {
        "courriel": personne.courriel,
        "telephone_mobile": personne.telephone_mobile,
        "telephone_fixe": personne.telephone_fixe,
        "canal_prefere": compte.canal_prefere,
    }


def _rubriques(compte: Compte) -> list[lecture.Rubrique]:
    lines = {
        "identite": lecture.identite(_connu(compte, "identite")),
        "adresse": lecture.adresse(_connu(compte, "adresse")),
        "contact": lecture.contact(_connu(compte, "contact")),
    }
    return [
        lecture.Rubrique(name, titre, lines[name], _url(name))
        for name, (titre, _form) in ECRANS.items()
    ]


def _etapes(courant: str) -> list[Etape]:
    """The stepper, where every screen may be gone to: each is saved by itself."""
    names = {name: titre for name, (titre, _form) in ECRANS.items()} | {SERVICES: "Services"}
    order = list(names)
    return [
        Etape(
            titre,
            _url(name),
            "courant" if name == courant else _avant(order, name, courant),
        )
        for name, titre in names.items()
        if name != SERVICES or services_emetteurs()
    ]


def _avant(order: list[str], name: str, courant: str) -> str:
    return "fait" if order.index(name) < order.index(courant) else "a_venir"


def _suivant(ecran: str) -> str:
    order = [*ECRANS, *([SERVICES] if services_emetteurs() else [])]
    rank = order.index(ecran) + 1
    return _url(order[rank]) if rank < len(order) else reverse("accounts:espace")


def _url(ecran: str) -> str:
    if ecran == SERVICES:
        return reverse("accounts:services")
    return reverse("accounts:profil-ecran", kwargs={"ecran": ecran})


def _verification(compte: Compte) -> date | None:
    """Return the day by which the town hall will have looked at a waiting account, None when that
    is done, or late.
    """
    if compte.is_valide or compte.activation_at is None:
        return None
    activation = timezone.localdate(compte.activation_at)
    jour = ajouter_jours_ouvres(activation, settings.DELAI_VALIDATION_JOURS_OUVRES)
    return jour if jour >= timezone.localdate() else None
