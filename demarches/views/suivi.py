"""« Suivi de la demande », by the account or by the ticket number."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from demarches.forms import TicketForm
from demarches.models import Demande, VersionDemarche
from demarches.queries import compte as queries
from demarches.queries.recapitulatif import document
from demarches.schema import lecture
from demarches.services import messages as liens
from demarches.services import suivi as service
from demarches.views import acces
from demarches.views.acces import mene_ailleurs
from portal.kernel import address, throttle
from portal.pdf import documents
from portal.ui.errors import gone, too_many
from portal.ui.formats import duree

PAR_PAGE = 20
TICKETS = throttle.Rule(
    "ticket.adresse", free=20, delay=timedelta(seconds=2), ceiling=timedelta(minutes=10)
)
# A mail a click would make of this button a way to fill somebody's mailbox.
LIENS = throttle.Rule(
    "lien.demande", free=3, delay=timedelta(minutes=2), ceiling=timedelta(hours=6)
)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ticket(request: HttpRequest) -> HttpResponse:
    """The ticket box: a right number opens the follow-up page, a wrong one tells nothing."""
    form = TicketForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        wait = throttle.attempt(TICKETS, address.throttle_key(address.current()))
        if wait is not None:
            form.add_error(None, f"Trop d’essais. Attendez {duree(wait)} avant de réessayer.")
            status = 429
        elif form.is_valid():
            demande = Demande.objects.filter(numero=form.cleaned_data["numero"]).first()
            if demande is not None:
                throttle.take_back(TICKETS, address.throttle_key(address.current()))
                return _open(request, demande)
            form.add_error("numero", TicketForm.INCONNU)
    return render(request, "demarches/ticket.html", {"form": form}, status=status)


def _open(request: HttpRequest, demande: Demande) -> HttpResponse:
    if demande.compte_id is not None:
        if demande.compte_id == request.user.pk:
            return redirect(demande)
        messages.info(
            request, "Cette demande est dans un espace personnel. Connectez-vous pour la consulter."
        )
        return redirect_to_login(demande.get_absolute_url())
    acces.ouvrir(request, demande, acces.NUMERO)
    return redirect(demande)


@login_not_required
@never_cache
@require_safe
@mene_ailleurs
def suivi(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """« Suivi », opening on the history: the state, the four squares, what happened when."""
    demande = _deposee(request, uuid)
    decision = demande.definition.decision
    frise = [
        {
            "titre": evenement.libelle(decision=decision),
            "date": evenement.created_at,
            "texte": None,
        }
        for evenement in demande.evenements.all()
    ]
    context = _contexte(request, demande) | {"frise": frise}
    return render(request, "demarches/suivi.html", context)


@login_not_required
@never_cache
@require_safe
@mene_ailleurs
def contenu(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """« Récapitulatif »: Le demandeur, La demande; by number alone, how to get to see them."""
    demande = _deposee(request, uuid)
    context = _contexte(request, demande)
    if context["complet"]:
        definition = demande.definition
        context |= {
            "demandeur": lecture.lire_demandeur(definition, demande.demandeur),
            "sections": lecture.lire_demande(definition, demande.reponses),
        }
    return render(request, "demarches/contenu.html", context)


@login_not_required
@never_cache
@require_safe
@mene_ailleurs
def pdf(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The request as a PDF, shown by the browser (D8)."""
    demande = _deposee(request, uuid)
    if acces.niveau(request, demande) != acces.COMPLET:
        raise Http404
    content = documents.demande(document(demande))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="demande-{demande.numero}.pdf"'
    return response


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@mene_ailleurs
def demander_lien(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send the full link to the request's own address, a few times at most; a GET sends nothing."""
    demande = _deposee(request, uuid)
    if demande.compte_id is not None:
        return redirect(demande)
    if request.method != "POST":
        return redirect("demarches:contenu", uuid=uuid)
    wait = throttle.attempt(LIENS, str(demande.uuid))
    if wait is not None:
        return too_many(request, int(wait.total_seconds()) + 1)
    service.envoyer_lien(demande_id=demande.pk)
    messages.success(
        request,
        "Le lien est envoyé à l’adresse de courriel donnée dans la demande. Ouvrez ce courriel.",
    )
    return redirect("demarches:contenu", uuid=uuid)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lien(request: HttpRequest, jeton: str) -> HttpResponse:
    """The page behind a mail's link: one button, because mail scanners follow links."""
    try:
        uuid = liens.lire_jeton(jeton)
    except signing.SignatureExpired:
        return gone(
            request,
            "Ce lien a expiré. Votre numéro de ticket permet toujours de suivre votre demande.",
            ("Saisir mon numéro de ticket", reverse("demarches:ticket")),
        )
    except signing.BadSignature:
        return _lien_abime(request)
    demande = Demande.objects.deposees().with_demarche().filter(uuid=uuid).first()
    if demande is None:
        raise Http404
    if demande.compte_id is not None:  # attached to an account since
        return redirect(demande)
    if request.method == "POST":
        acces.ouvrir(request, demande, acces.COMPLET)
        return redirect(demande)
    return render(request, "demarches/lien.html", {"demande": demande, "jeton": jeton})


def _lien_abime(request: HttpRequest) -> HttpResponse:
    """A link that a mail program cut, or an invented one: nothing here, but a way on."""
    response = gone(
        request,
        "Ce lien est incomplet ou n’est plus valable. Copiez-le en entier depuis le courriel, "
        "ou suivez votre demande avec son numéro de ticket.",
        ("Saisir mon numéro de ticket", reverse("demarches:ticket")),
    )
    response.status_code = 404
    return response


@never_cache
@require_safe
def mes_demandes(request: HttpRequest) -> HttpResponse:
    """« Mes demandes »: drafts to finish, then what was filed."""
    compte = acces.exiger_compte(request)
    brouillons = queries.brouillons(compte)
    page = Paginator(queries.deposees(compte), PAR_PAGE).get_page(request.GET.get("page"))
    VersionDemarche.precharger(demande.version_id for demande in (*brouillons, *page))
    context = {"brouillons": brouillons, "demandes": page}
    return render(request, "demarches/mes_demandes.html", context)


def _deposee(request: HttpRequest, uuid: UUID) -> Demande:
    demande = acces.trouver(request, uuid, avec_demarche=True)
    if demande.is_brouillon:
        raise acces.Ailleurs(redirect("demarches:mes-informations", uuid=uuid))
    return demande


def _contexte(request: HttpRequest, demande: Demande) -> dict[str, object]:
    return {
        "demande": demande,
        "definition": demande.definition,
        "service": demande.version.demarche.service,
        "complet": acces.niveau(request, demande) == acces.COMPLET,
    }
