"""The second factor of agents: add a phone, show it at each login, do without it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from django_otp.models import Device
from markupsafe import Markup

from accounts.forms.second_facteur import (
    CodeForm,
    MotDePasseForm,
    RemplacementForm,
    SecoursForm,
)
from accounts.models import Compte
from accounts.queries import second_facteur as queries
from accounts.services import second_facteur
from portal.kernel import throttle
from portal.kernel.errors import Refusal
from portal.ui.formats import duree
from portal.ui.suites import suite, vers

# The account's own count, whatever is tried: the library's, a device's, makes nobody wait.
ESSAIS = throttle.Rule(
    "second_facteur", free=5, delay=timedelta(seconds=10), ceiling=timedelta(minutes=15)
)
CLE, CODES = "second_facteur_cle", "second_facteur_codes"
PEU = 3  # recovery codes left from which the agent is told to make new ones


@never_cache
@require_safe
def etat(request: HttpRequest) -> HttpResponse:
    """Say what protects the account, and what can be done."""
    compte = _agent(request)
    facteur = queries.facteur(compte)
    if facteur is None:
        return redirect("accounts:second-facteur-ajouter")
    if not queries.est_verifie(compte):
        return redirect(vers("accounts:second-facteur-verifier", request.path))
    context = {"facteur": facteur, "requis": settings.SECOND_FACTEUR_REQUIS, "peu": PEU}
    return render(request, "accounts/second_facteur.html", context)


@never_cache
@sensitive_post_parameters("code", "mot_de_passe")
@require_http_methods(["GET", "HEAD", "POST"])
def ajouter(request: HttpRequest) -> HttpResponse:
    """Show the QR code of a new phone; its first code adds it."""
    compte = _agent(request)
    remplace = queries.a_un_facteur(compte)
    if remplace and not queries.est_verifie(compte):
        return redirect(vers("accounts:second-facteur-verifier", request.get_full_path()))
    # Kept until it is confirmed, so that a reload shows the code that was already scanned.
    cle = request.session.get(CLE)
    if cle is None:
        cle = request.session[CLE] = second_facteur.nouvelle_cle()

    def acte(form: forms.Form) -> None:
        appareil, request.session[CODES] = second_facteur.ajouter(
            compte_id=compte.pk, cle=cle, code=form.cleaned_data["code"]
        )
        del request.session[CLE]
        _noter(request, appareil)

    form: forms.Form = (RemplacementForm if remplace else CodeForm)(_posted(request))
    if _essayer(compte, form, acte):
        return redirect(vers("accounts:second-facteur-codes", suite(request)))
    adresse = second_facteur.adresse(compte, cle)
    context = {
        "form": form,
        "suite": suite(request),
        "remplace": remplace,
        "requis": settings.SECOND_FACTEUR_REQUIS,
        "adresse": adresse,
        "qr": _qr(adresse),
        "cle": second_facteur.en_lettres(cle),
    }
    return _page(request, "accounts/second_facteur_ajouter.html", context)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def verifier(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the phone, at each login."""
    return _verifier(
        request, CodeForm, second_facteur.verifier, "accounts/second_facteur_verifier.html"
    )


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def secours(request: HttpRequest) -> HttpResponse:
    """Take a recovery code when the phone is not at hand; say how many are left."""
    return _verifier(
        request,
        SecoursForm,
        second_facteur.verifier_secours,
        "accounts/second_facteur_secours.html",
    )


@never_cache
@sensitive_post_parameters("mot_de_passe")
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """Show new recovery codes, once; or make new ones, behind the password."""
    compte = _verifie(request)
    if compte is None:
        return redirect(vers("accounts:second-facteur-verifier", request.get_full_path()))

    def acte(form: forms.Form) -> None:
        request.session[CODES] = second_facteur.nouveaux_codes(compte_id=compte.pk)

    form = MotDePasseForm(_posted(request))
    if _essayer(compte, form, acte):
        return redirect(vers("accounts:second-facteur-codes", suite(request)))
    context = {
        "form": form,
        # Taken out of the session: shown once, and in no table in clear from then on.
        "codes": request.session.pop(CODES, None) if request.method == "GET" else None,
        "restants": queries.codes_restants(compte),
        "suite": suite(request) or reverse("admin:index"),
    }
    return _page(request, "accounts/second_facteur_codes.html", context)


@never_cache
@sensitive_post_parameters("mot_de_passe")
@require_http_methods(["GET", "HEAD", "POST"])
def retirer(request: HttpRequest) -> HttpResponse:
    """Do without a second factor, where the town leaves the choice."""
    if settings.SECOND_FACTEUR_REQUIS:
        raise Http404
    compte = _verifie(request)
    if compte is None:
        return redirect(vers("accounts:second-facteur-verifier", request.path))

    def acte(form: forms.Form) -> None:
        second_facteur.retirer(compte_id=compte.pk, auteur=compte)

    form = MotDePasseForm(_posted(request))
    if _essayer(compte, form, acte):
        messages.success(request, "La connexion en deux étapes est retirée de votre compte.")
        return redirect("accounts:second-facteur-ajouter")
    return _page(request, "accounts/second_facteur_retirer.html", {"form": form})


def _agent(request: HttpRequest) -> Compte:
    """Return the agent who asks; residents find nothing here."""
    compte = request.user
    if not compte.is_authenticated or not compte.is_staff:
        raise Http404
    return compte


def _verifie(request: HttpRequest) -> Compte | None:
    """Return the agent who asks, or None while the second factor has not been shown."""
    compte = _agent(request)
    return compte if queries.est_verifie(compte) else None


def _verifier(
    request: HttpRequest,
    form_class: type[forms.Form],
    service: Callable[..., Device],
    template: str,
) -> HttpResponse:
    compte = _agent(request)
    apres = suite(request)
    if queries.est_verifie(compte):
        return redirect(apres or "admin:index")
    if not queries.a_un_facteur(compte):
        return redirect(vers("accounts:second-facteur-ajouter", apres))

    def acte(form: forms.Form) -> None:
        _noter(request, service(compte=compte, code=form.cleaned_data["code"]))

    form = form_class(_posted(request))
    if _essayer(compte, form, acte):
        if form_class is SecoursForm:
            _compter(request, compte)
        return redirect(apres or "admin:index")
    return _page(request, template, {"form": form, "suite": apres})


def _posted(request: HttpRequest) -> dict[str, str] | None:
    return request.POST.dict() if request.method == "POST" else None


def _essayer(compte: Compte, form: forms.Form, acte: Callable[[forms.Form], None]) -> bool:
    """Do the act of a sent form; what is wrong with it stands on the form. Counts every try."""
    if not form.is_bound or not form.is_valid():
        return False
    attente = throttle.attempt(ESSAIS, str(compte.pk))
    if attente is not None:
        form.add_error(None, f"Trop d’essais. Attendez {duree(attente)} avant de réessayer.")
        form.attendre = True  # type: ignore[attr-defined]
        return False
    mot_de_passe = form.cleaned_data.get("mot_de_passe")
    if mot_de_passe is not None and not compte.check_password(mot_de_passe):
        form.add_error("mot_de_passe", "Ce mot de passe n’est pas le vôtre.")
        return False
    try:
        acte(form)
    except Refusal as refus:
        form.add_error("code", str(refus))
        return False
    throttle.forget(ESSAIS, str(compte.pk))
    return True


def _page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    form = context["form"]
    status = 200
    if isinstance(form, forms.Form) and form.errors:
        status = 429 if getattr(form, "attendre", False) else 422
    return render(request, template, context, status=status)


def _noter(request: HttpRequest, appareil: Device) -> None:
    """Mark the session: under a new key, which nobody can have planted before (ASVS 7.2.4)."""
    request.session.cycle_key()
    django_otp.login(request, appareil)


def _compter(request: HttpRequest, compte: Compte) -> None:
    restants = queries.codes_restants(compte)
    if restants > PEU:
        messages.info(request, f"Il vous reste {restants} codes de secours.")
        return
    reste = f"Il vous reste {restants} code{'s' if restants > 1 else ''} de secours."
    phrase = reste if restants else "C’était votre dernier code de secours."
    messages.warning(request, f"{phrase} Créez-en de nouveaux depuis « Connexion en deux étapes ».")


def _qr(adresse: str) -> Markup:
    """Return the QR code as SVG: dark on light in both colour schemes, or no phone reads it."""
    svg = segno.make(adresse, error="m").svg_inline(
        border=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=True
    )
    nom = 'width="264" height="264" role="img" aria-label="Code QR à photographier"'
    return Markup(svg.replace("<svg", f"<svg {nom}", 1))  # noqa: S704 (drawn from squares alone)
