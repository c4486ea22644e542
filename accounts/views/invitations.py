"""Inviting a co-representative, and answering an invitation (C6)."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.errors import (
    InvitationEnCours,
    InvitationReservee,
    InvitationTerminee,
    LienExpire,
    LienInvalide,
)
from accounts.forms.entourage import AccepterForm, InvitationForm
from accounts.models import Compte, Invitation
from accounts.queries.entourage import FoyerVu, MembreVu, famille, invitations_envoyees
from accounts.services import invitations as services
from accounts.views.acces import exiger_valide, habitant
from accounts.views.membres import apres_verification
from accounts.views.progression import Progression
from portal.kernel import throttle
from portal.kernel.errors import Refusal
from portal.ui.errors import gone
from portal.ui.formats import duree

# Each one sends a mail to an address of one's choice.
PAR_COMPTE = throttle.Rule(
    "invitation.compte", free=5, delay=timedelta(minutes=10), ceiling=timedelta(hours=12)
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@apres_verification
def inviter(request: HttpRequest) -> HttpResponse:
    """Invite somebody by e-mail; `?membre=` names the adult's entry that this person replaces."""
    compte = habitant(request)
    exiger_valide(compte)
    foyer = famille(compte)
    if not foyer.is_responsable:
        messages.warning(request, InvitationReservee.message)
        return redirect("accounts:entourage")
    membre = _invite(request, foyer)
    form = InvitationForm(
        request.POST if request.method == "POST" else None,
        initial={"courriel": membre.personne.courriel if membre else ""},
    )
    if form.is_valid() and _inviter(compte, form, membre):
        messages.success(request, f"L’invitation est partie à {form.cleaned_data['courriel']}.")
        return redirect("accounts:entourage")
    context = {"form": form, "membre": membre}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/inviter.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@apres_verification
def retirer(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once, then withdraw an invitation."""
    compte = habitant(request)
    exiger_valide(compte)
    foyer = famille(compte).foyer
    if foyer is None:
        raise Http404
    invitation = get_object_or_404(invitations_envoyees(foyer), pk=pk)
    if request.method == "POST":
        try:
            services.retirer(compte_id=compte.pk, invitation_id=pk)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"L’invitation de {invitation.courriel} est retirée.")
        return redirect("accounts:entourage")
    return render(request, "accounts/invitation_retirer.html", {"invitation": invitation})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, jeton: str) -> HttpResponse:
    """What the link of an invitation opens: who invites, to what, and one button to accept.

    It says nothing of the invited address: whoever holds the link must not learn it here, nor
    whether it has an account.
    """
    compte = request.user if request.user.is_authenticated else None
    try:
        found = services.lire(jeton)
    except LienInvalide:
        raise Http404 from None
    except (LienExpire, InvitationTerminee):
        if compte is not None and services.est_rejoint(jeton, compte):  # the other of two clicks
            return redirect("accounts:entourage")
        return gone(request, InvitationTerminee.message)
    if compte is None or compte.personne_id is None:
        if request.method == "POST":
            return redirect(f"{reverse('accounts:connexion')}?{urlencode({'next': request.path})}")
        if compte is None:
            Progression(request).proposer_courriel(found.courriel)
        return _proposer(request, found, None, None)
    return _repondre(request, found, compte, jeton)


def _repondre(request: HttpRequest, found: Invitation, compte: Compte, jeton: str) -> HttpResponse:
    """Show the invitation to the account it may be for, and accept it."""
    possibles = services.emmenables(compte)
    form = AccepterForm(
        request.POST if request.method == "POST" else None,
        enfants=[(m.pk, str(m.personne)) for m in possibles],
    )
    if form.is_valid():
        try:
            services.accepter(compte_id=compte.pk, invitation_id=found.pk, emmenes=form.emmenes)
        except Refusal as refusal:
            if services.est_rejoint(jeton, compte):
                return redirect("accounts:entourage")
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Vous avez rejoint ce foyer. Voici ses membres.")
            return redirect("accounts:entourage")
    return _proposer(request, found, compte, form)


def _proposer(
    request: HttpRequest, found: Invitation, compte: Compte | None, form: AccepterForm | None
) -> HttpResponse:
    context = {
        "invitation": found,
        "invitant": services.signature(found.auteur),
        "titulaire": compte,
    }
    if form is not None:
        context["form"] = form
    if compte is not None:
        foyer = famille(compte)
        context |= {
            "foyer": foyer,
            "est_la_sienne": services.est_la_sienne(found, compte),
            "deja": foyer.foyer is not None and foyer.foyer.pk == found.foyer_id,
        }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "accounts/invitation.html", context, status=status)


def _invite(request: HttpRequest, foyer: FoyerVu) -> MembreVu | None:
    """Return the adult's entry that the page is about, None for somebody new."""
    asked = request.GET.get("membre", "")
    membre = foyer.trouver(int(asked)) if asked.isdecimal() and len(asked) < 19 else None
    return membre if membre is not None and membre.is_invitable else None


def _inviter(compte: Compte, form: InvitationForm, membre: MembreVu | None) -> bool:
    wait = throttle.attempt(PAR_COMPTE, str(compte.pk))
    if wait is not None:
        form.add_error(None, f"Trop d’invitations d’affilée. Réessayez dans {duree(wait)}.")
        return False
    try:
        services.inviter(
            compte_id=compte.pk,
            courriel=form.cleaned_data["courriel"],
            membre_id=membre.pk if membre else None,
        )
    except InvitationEnCours as refusal:
        throttle.take_back(PAR_COMPTE, str(compte.pk))
        if services.vient_de_partir(compte, form.cleaned_data["courriel"]):
            return True  # the other of two clicks
        form.add_error("courriel", str(refusal))
        return False
    except Refusal as refusal:
        form.add_error("courriel", str(refusal))
        return False
    return True
