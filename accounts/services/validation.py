"""The town hall's look at an account (B6): who may log in, and who may change a home."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.errors import MotifAbsent, TransitionDeCompteInterdite
from accounts.models import Compte, Etat, SessionCompte
from portal.audit import log
from portal.kernel.text import clean
from portal.notifications import catalog, outbox
from portal.ui.formats import date_longue


def a_l_activation(compte: Compte) -> None:
    """Give an account whose activation link was followed its state: waiting for a clerk, or
    validated at once where the town says so (VALIDATION_AUTOMATIQUE).

    The caller holds the row lock. Writes `etat`, `activation_at` and the journal (`compte.active`);
    an e-mail that became another account's meanwhile breaks `compte_courriel_unique`. Sends a
    message only when the account is validated here: otherwise the activation page tells all.
    """
    now = timezone.now()
    compte.activation_at = now
    compte.etat = Etat.EN_ATTENTE
    if settings.VALIDATION_AUTOMATIQUE:
        compte.etat = Etat.VALIDE
        compte.verification_at = now
    compte.save(update_fields=["etat", "activation_at", "verification_at"])
    log.record("compte.active", target=compte, actor=compte)
    if compte.etat == Etat.VALIDE:
        evenement = log.record("compte.valide", target=compte, details={"automatique": True})
        _annoncer("compte_valide", compte, evenement.pk, _lien())


@transaction.atomic
def valider(*, compte_id: int, agent: Compte) -> Compte:
    """Open the profile and the home to changes, and tell the resident; raises
    TransitionDeCompteInterdite when another clerk was quicker.
    """
    compte = _verrouiller(compte_id, Etat.EN_ATTENTE)
    _decider(compte, Etat.VALIDE, agent)
    evenement = log.record("compte.valide", target=compte, actor=agent)
    _annoncer("compte_valide", compte, evenement.pk, _lien())
    return compte


@transaction.atomic
def refuser(*, compte_id: int, agent: Compte, motif: str) -> Compte:
    """Close the login, with the reason that the resident reads; raises MotifAbsent or
    TransitionDeCompteInterdite.
    """
    compte = _verrouiller(compte_id, Etat.EN_ATTENTE)
    motif = clean(motif)
    if not motif:
        raise MotifAbsent
    _decider(compte, Etat.REFUSE, agent, motif=motif)
    SessionCompte.objects.filter(compte_id=compte.pk).delete()
    evenement = log.record("compte.refuse", target=compte, actor=agent)
    _annoncer("compte_refuse", compte, evenement.pk, _refus(motif))
    return compte


@transaction.atomic
def remettre_en_attente(*, compte_id: int, agent: Compte, message: str = "") -> Compte:
    """Put a validated or refused account back in the queue, at its former place, with a word to
    its holder if the clerk has one; raises TransitionDeCompteInterdite.
    """
    compte = _verrouiller(compte_id, Etat.VALIDE, Etat.REFUSE)
    etait = compte.etat
    compte.etat, compte.motif_refus = Etat.EN_ATTENTE, ""
    compte.verification_at = compte.verification_par = None
    compte.save(update_fields=["etat", "motif_refus", "verification_at", "verification_par"])
    evenement = log.record(
        "compte.remis_en_attente", target=compte, actor=agent, details={"etait": etait}
    )
    _annoncer(
        "compte_remis_en_attente", compte, evenement.pk, _lien() | {"message": clean(message)}
    )
    return compte


def effacement_apres_refus() -> datetime:
    """Return when an account refused now is erased (accounts.services.fermeture does it)."""
    return timezone.now() + settings.DUREE_COMPTE_JAMAIS_ACTIVE


def apercu_refus(compte: Compte, motif: str) -> catalog.Rendered:
    """Return the mail that a refusal for this reason would send."""
    return catalog.render("compte_refuse", _context(compte) | _refus(motif))


def _verrouiller(compte_id: int, *etats: str) -> Compte:
    """Return the locked account of a resident; a clerk who comes second finds another state."""
    comptes = Compte.objects.select_related("personne").select_for_update(of=("self",))
    compte = comptes.get(pk=compte_id, is_staff=False)
    if compte.etat not in etats:
        raise TransitionDeCompteInterdite
    return compte


def _decider(compte: Compte, etat: Etat, agent: Compte, *, motif: str = "") -> None:
    compte.etat, compte.motif_refus = etat, motif
    compte.verification_at, compte.verification_par = timezone.now(), agent
    compte.save(update_fields=["etat", "motif_refus", "verification_at", "verification_par"])


def _annoncer(code: str, compte: Compte, fait: int, context: dict[str, str]) -> None:
    outbox.enqueue(
        code,
        destinataire=outbox.Destinataire(compte.courriel),
        fait=fait,
        context=_context(compte) | context,
    )


def _context(compte: Compte) -> dict[str, str]:
    return {"nom": compte.get_short_name(), "identifiant": compte.identifiant}


def _refus(motif: str) -> dict[str, str]:
    return {"motif": motif, "effacement": date_longue(effacement_apres_refus())}


def _lien() -> dict[str, str]:
    return {"lien": settings.PUBLIC_URL + reverse("accounts:connexion")}
