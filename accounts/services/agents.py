"""Agents: made by the operator, their rights given by who answers for their services."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.errors import AgentInvalide, DroitsInterdits
from accounts.models import AgentProfil, Compte, Etat, Role, Service, SessionCompte
from accounts.queries import agents as queries
from accounts.services import jetons, second_facteur
from portal.audit import log
from portal.kernel.db import refuse_on
from portal.kernel.text import clean_line
from portal.notifications import outbox
from portal.ui.formats import date_longue


@transaction.atomic
def creer(
    *,
    identifiant: str,
    courriel: str,
    services: Iterable[str],
    role: str = Role.AGENT,
    gere_les_comptes: bool = False,
) -> tuple[Compte, str]:
    """Make an agent of some services (codes); return the account and the link, also mailed, that
    chooses its password. Raises AgentInvalide with what is wrong.
    """
    choisis = _services(services)
    courriel = clean_line(courriel)
    try:
        validate_email(courriel)
    except ValidationError:
        raise AgentInvalide(f"« {courriel} » n’est pas une adresse de courriel.") from None
    compte = Compte(
        identifiant=clean_line(identifiant).lower(),
        courriel=courriel,
        etat=Etat.VALIDE,
        is_staff=True,
    )
    compte.set_unusable_password()
    try:
        compte.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise AgentInvalide(f"Identifiant : {' '.join(error.messages)}") from None
    _inserer(compte)
    profil = AgentProfil.objects.create(compte=compte, role=role, gere_les_comptes=gere_les_comptes)
    profil.services.set(choisis)
    log.record("agent.cree", target=compte, details=_droits(profil, choisis))
    return compte, envoyer_lien(compte=compte)


@transaction.atomic
def envoyer_lien(*, compte: Compte) -> str:
    """Mail an agent the link that chooses a password, and return it for who stands by them; raises
    AgentInvalide for a closed account.
    """
    if not compte.is_staff:
        raise AgentInvalide(f"« {compte.identifiant} » n’est pas un agent.")
    _exiger_ouvert(compte)
    jeton = jetons.emettre(jetons.REINITIALISATION, compte)
    lien = settings.PUBLIC_URL + reverse("accounts:nouveau-mot-de-passe", kwargs={"jeton": jeton})
    event = log.record("agent.lien_envoye", target=compte)
    outbox.enqueue(
        "agent_mot_de_passe",
        destinataire=outbox.Destinataire(compte.courriel),
        fait=event.pk,
        context={"identifiant": compte.identifiant, "lien": lien},
    )
    return lien


@transaction.atomic
def changer_droits(
    *,
    profil_id: int,
    role: str,
    services: Iterable[int],
    gere_les_comptes: bool,
    auteur: Compte,
) -> None:
    """Give an agent other rights; raises DroitsInterdits unless `auteur` answers for them.

    A head of service rules over agents of own services alone, never over oneself, and neither
    gives nor takes the right to look after residents' accounts: that one is over every service.
    """
    profil = AgentProfil.objects.select_for_update(of=("self",)).get(pk=profil_id)
    choisis = list(Service.objects.filter(pk__in=list(services)))
    if not queries.peut_changer(auteur, profil):
        raise DroitsInterdits
    if not auteur.is_superuser:
        permis = queries.services_de(auteur)
        if gere_les_comptes != profil.gere_les_comptes or any(s.pk not in permis for s in choisis):
            raise DroitsInterdits
    avant = _droits(profil, profil.services.all())
    profil.role, profil.gere_les_comptes = role, gere_les_comptes
    profil.save(update_fields=["role", "gere_les_comptes"])
    profil.services.set(choisis)
    log.record(
        "agent.droits_changes",
        target=profil.compte,
        actor=auteur,
        details={"avant": avant, "apres": _droits(profil, choisis)},
    )


@transaction.atomic
def fermer(*, identifiant: str) -> Compte:
    """Close the account of an agent who leaves: no login any more, open sessions and second factor
    gone; what they did keeps their name. Raises AgentInvalide, for one closed already too.
    """
    agents = Compte.objects.filter(is_staff=True, identifiant=clean_line(identifiant).lower())
    compte = agents.select_for_update(of=("self",)).first()
    if compte is None:
        raise AgentInvalide(f"« {identifiant} » n’est pas un agent.")
    _exiger_ouvert(compte)
    compte.etat, compte.ferme_at = Etat.FERME, timezone.now()
    compte.set_unusable_password()
    compte.save(update_fields=["etat", "ferme_at", "password"])
    second_facteur.oublier(compte)
    SessionCompte.objects.filter(compte_id=compte.pk).delete()
    log.record("agent.ferme", target=compte)
    return compte


def _exiger_ouvert(compte: Compte) -> None:
    if compte.ferme_at is not None:
        raise AgentInvalide(
            f"Le compte de {compte.identifiant} est fermé depuis le {date_longue(compte.ferme_at)}."
        )


def _services(codes: Iterable[str]) -> list[Service]:
    codes = list(codes)
    connus = {service.code: service for service in Service.objects.order_by("code")}
    inconnus = [code for code in codes if code not in connus]
    if inconnus:
        liste = ", ".join(connus) or "aucun"
        raise AgentInvalide(
            f"Service inconnu : {', '.join(inconnus)}. Services connus : {liste}. "
            "Un service se crée dans l’administration, rubrique « Services », avec le compte de "
            "l’administration technique."
        )
    return [connus[code] for code in codes]


def _inserer(compte: Compte) -> None:
    pris = AgentInvalide(f"L’identifiant « {compte.identifiant} » est déjà pris.")
    autre = AgentInvalide(f"« {compte.courriel} » est déjà l’adresse d’un autre compte.")
    with (
        refuse_on("compte_courriel_unique", autre),
        refuse_on("accounts_compte_identifiant_key", pris),
    ):
        compte.save()


def _droits(profil: AgentProfil, services: Iterable[Service]) -> dict[str, object]:
    return {
        "role": profil.role,
        "services": sorted(service.code for service in services),
        "gere_les_comptes": profil.gere_les_comptes,
    }
