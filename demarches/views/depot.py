"""Filing a request: each step its own URL, saved on leaving, sent once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.facade import completer, nouveautes
from demarches.errors import BrouillonExpire, CompteRequis, DemandeDejaDeposee, DemandeIncomplete
from demarches.forms import AntiRobotForm
from demarches.models import Demande, Demarche
from demarches.schema import conditions, demandeur, lecture
from demarches.schema.builder import SectionForm, initial_of
from demarches.schema.definition import Section
from demarches.services import brouillon, concernes, depot
from demarches.views import acces
from demarches.views.acces import mene_ailleurs
from demarches.views.catalogue import contexte
from demarches.views.etapes import Parcours
from demarches.views.prefill import informations
from portal.captcha.fields import nouveau_code_demande
from portal.kernel import address, throttle
from portal.kernel.errors import Refusal
from portal.ui.errors import too_many

# Drafts of no account cost a row each; a whole building or phone network may share an address.
PAR_ADRESSE = throttle.Rule(
    "brouillon.adresse",
    free=300,
    delay=timedelta(seconds=5),
    ceiling=timedelta(minutes=5),
    memory=timedelta(hours=1),
)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def commencer(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a draft and lead to its first screen; an untouched one is taken up again (double
    click). A GET, as after an error page, begins nothing and leads to the démarche.
    """
    demarche = get_object_or_404(Demarche, code=code, en_ligne=True)
    if request.method != "POST":
        return redirect(demarche)
    compte = acces.compte_de(request)
    if demarche.exige_compte and compte is None:
        return redirect_to_login(demarche.get_absolute_url())
    wait = throttle.attempt(PAR_ADRESSE, address.throttle_key(address.current()))
    if wait is not None:
        return too_many(request, int(wait.total_seconds()) + 1)
    untouched = acces.en_portee(request).brouillons().filter(compte=compte, saisie={})
    demande = untouched.filter(
        version__demarche=demarche, version__courante=True, expire_at__gt=timezone.now()
    ).first()
    if demande is None:
        try:
            demande = brouillon.commencer(demarche_id=demarche.pk, compte=compte)
        except CompteRequis:
            return redirect_to_login(demarche.get_absolute_url())
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(demarche)
    if compte is None:
        acces.ouvrir(request, demande, acces.COMPLET)
    return redirect("demarches:mes-informations", uuid=demande.uuid)


@login_not_required
@never_cache
@require_safe
@mene_ailleurs
def la_demarche(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The first step again, once the draft is begun."""
    demande = _brouillon(request, uuid)
    context = contexte(demande.version) | {
        "demande": demande,
        "parcours": Parcours(demande, "la-demarche"),
    }
    return render(request, "demarches/la_demarche.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@mene_ailleurs
def mes_informations(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """« Mes informations »: who is filing."""
    demande = _brouillon(request, uuid)
    personnes = concernes.possibles(demande, acces.compte_de(request))
    section = demandeur.section(demande.definition.demandeur, concernes.candidats(personnes))
    seul = concernes.sans_choix(personnes)
    return _ecran(request, demande, section, demandeur.ETAPE, seul=seul)


@login_not_required
@require_safe
@mene_ailleurs
def ma_demande(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Lead to the first screen of « Ma demande »."""
    return redirect(Parcours(_brouillon(request, uuid), demandeur.ETAPE).suivante)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@mene_ailleurs
def section(request: HttpRequest, uuid: UUID, cle: str) -> HttpResponse:
    """One screen of « Ma demande »; one that the answers rule out leads to the next that counts."""
    demande = _brouillon(request, uuid)
    asked = conditions.sections(demande.definition, demande.saisie.get(depot.MA_DEMANDE, {}))
    found = next((s for s in asked if s.cle == cle), None)
    if found is None:
        return redirect("demarches:ma-demande", uuid=uuid)
    return _ecran(request, demande, found, depot.MA_DEMANDE)


def _ecran(
    request: HttpRequest, demande: Demande, section: Section, etape: str, *, seul: bool = False
) -> HttpResponse:
    """Show a screen, or keep what it sent and go on; wrong answers are kept too, and named.

    `seul`: asked for whom, the account holder has nobody else to pick; the first choice is made.
    """
    definition = demande.definition
    saisie = demande.saisie.get(etape, {})
    if request.method == "POST":
        form = SectionForm(definition, section, saisie, request.POST)
        _enregistrer(request, demande, etape, form.saisie)
        parcours = Parcours(demande, section.cle)
        if "_precedent" in request.POST:
            return redirect(parcours.precedente)
        if form.is_valid():
            back = "_retour" in request.POST
            return redirect(parcours.recapitulatif if back else parcours.suivante)
    elif "a-corriger" in request.GET:  # sent back by the recap: the errors show at once
        form = SectionForm(definition, section, saisie, depot.sent(saisie))
        parcours = Parcours(demande, section.cle)
    else:
        known = _connues(request, demande) if etape == demandeur.ETAPE and not saisie else {}
        known |= demandeur.premier_choix(section) if seul else {}
        initial = initial_of(section, saisie, known)
        form = SectionForm(definition, section, saisie, initial=initial)
        parcours = Parcours(demande, section.cle)
    context = {
        "demande": demande,
        "section": section,
        "form": form,
        "parcours": parcours,
        # Sent by « Modifier » of the recap, to which one then comes back.
        "retour": "retour" in request.GET or "_retour" in request.POST,
        "seul": seul,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "demarches/ecran.html", context, status=status)


def _connues(request: HttpRequest, demande: Demande) -> dict[str, Any]:
    """Return what the account that files has told already."""
    compte = acces.compte_de(request)
    if compte is None or demande.compte_id != compte.pk:
        return {}
    return informations(compte, adresse=demande.definition.demandeur.adresse != "absente")


def _enregistrer(
    request: HttpRequest, demande: Demande, etape: str, saisie: dict[str, list[str]]
) -> None:
    try:
        demande.saisie = brouillon.enregistrer(demande_id=demande.pk, etape=etape, saisie=saisie)
    except DemandeDejaDeposee:
        raise acces.Ailleurs(redirect("demarches:envoyee", uuid=demande.uuid)) from None
    except BrouillonExpire:
        raise acces.Ailleurs(acces.brouillon_expire(request)) from None
    acces.prolonger(request)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@mene_ailleurs
def recapitulatif(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """« Le récapitulatif »: read again, copy the code if there is no login, send."""
    demande = _brouillon(request, uuid)
    needs_code = demande.compte_id is None and not depot.anti_robot_est_passe(demande)
    if nouveau_code_demande(request.POST):
        return redirect(request.path)  # showing the page again makes another code
    form = AntiRobotForm(request.POST if request.method == "POST" else None, needed=needs_code)
    status = 200
    if form.is_bound:
        status = 422
        if _is_right(demande, form):
            sent = _envoyer(request, demande, form)
            if sent is not None:
                return sent
    verification = depot.verifier(demande, acces.compte_de(request))
    if verification.a_reprendre is not None:
        messages.warning(
            request, "Il manque une réponse à cette étape. Complétez-la pour continuer."
        )
        return redirect(_adresse(demande, verification.a_reprendre) + "?a-corriger")
    definition = demande.definition
    context = {
        "demande": demande,
        "form": form,
        "parcours": Parcours(demande, "recapitulatif"),
        "demandeur": lecture.lire_demandeur(definition, verification.demandeur),
        "sections": lecture.lire_demande(definition, verification.reponses),
    }
    return render(request, "demarches/recapitulatif.html", context, status=status)


def _envoyer(request: HttpRequest, demande: Demande, form: AntiRobotForm) -> HttpResponse | None:
    """File the draft; None when a rule refused, with its sentence on the form."""
    try:
        compte = acces.compte_de(request) if demande.compte_id else None
        depot.deposer(demande_id=demande.pk, compte=compte)
    except DemandeDejaDeposee:
        pass  # another tab or the other click of a double click has sent it
    except BrouillonExpire:
        return acces.brouillon_expire(request)
    except DemandeIncomplete:
        return redirect("demarches:recapitulatif", uuid=demande.uuid)
    except Refusal as refusal:
        form.fields.pop("captcha", None)  # copied rightly: not asked again
        form.add_error(None, str(refusal))
        return None
    return redirect("demarches:envoyee", uuid=demande.uuid)


@login_not_required
@never_cache
@require_safe
@mene_ailleurs
def envoyee(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The message after sending: ticket number and link to « Suivi de la demande »."""
    demande = acces.trouver(request, uuid, avec_demarche=True)
    if demande.is_brouillon:
        return redirect("demarches:recapitulatif", uuid=uuid)
    if acces.niveau(request, demande) != acces.COMPLET:
        return redirect(demande)
    compte = acces.compte_de(request)
    a_garder = nouveautes(compte, **_dit(demande)) if compte and demande.compte_id else []
    return render(request, "demarches/envoyee.html", {"demande": demande, "a_garder": a_garder})


@require_http_methods(["GET", "POST"])
@mene_ailleurs
def garder(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep in the profile what the request told and the profile lacked; a GET keeps nothing."""
    demande = acces.trouver(request, uuid)
    compte = acces.compte_de(request)
    if request.method == "POST" and compte and demande.compte_id and not demande.is_brouillon:
        try:
            kept = completer(compte_id=compte.pk, **_dit(demande))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            words = " et ".join(kept)
            if kept:
                messages.success(request, f"C’est enregistré dans votre espace : {words}.")
    return redirect("demarches:envoyee", uuid=uuid)


def _dit(demande: Demande) -> dict[str, Any]:
    """Return what a filed request tells of its requester that a profile can hold."""
    told = demande.demandeur
    return {"telephone": told.get("telephone", ""), "adresse": told.get("adresse", {})}


def _brouillon(request: HttpRequest, uuid: UUID) -> Demande:
    """Return a living draft in scope; one already sent leads to its confirmation, an old one to a
    410.
    """
    demande = acces.trouver(request, uuid)
    try:
        brouillon.exiger_brouillon(demande)
    except DemandeDejaDeposee:
        raise acces.Ailleurs(redirect("demarches:envoyee", uuid=uuid)) from None
    except BrouillonExpire:
        raise acces.Ailleurs(acces.brouillon_expire(request)) from None
    compte = acces.compte_de(request)
    if request.method == "POST" and demande.compte_id is None and compte and compte.personne_id:
        # Begun before logging in: from the first screen sent since, it is found on the dashboard.
        if brouillon.adopter(demande_id=demande.pk, compte=compte):
            demande.compte = compte
    return demande


def _is_right(demande: Demande, form: AntiRobotForm) -> bool:
    """Tell whether the form may be sent on; the code, where there is one, is spent by asking."""
    if "captcha" not in form.fields:
        return form.is_valid()
    return brouillon.essayer_code(demande_id=demande.pk, essai=form.is_valid)


def _adresse(demande: Demande, section: Section) -> str:
    if section.cle == demandeur.ETAPE:
        return reverse("demarches:mes-informations", kwargs={"uuid": demande.uuid})
    return reverse("demarches:section", kwargs={"uuid": demande.uuid, "cle": section.cle})
