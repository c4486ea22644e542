"""A clerk checks an account (B6): once, for a resident, who is told."""

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from accounts.errors import MotifAbsent, TransitionDeCompteInterdite
from accounts.models import Compte, Etat, SessionCompte
from accounts.services import validation
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.factories import CompteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return CompteFactory(agent=True, services__gere_les_comptes=True)


@pytest.fixture
def compte():
    return CompteFactory(en_attente=True, courriel="camille@exemple.fr", identifiant="camille")


def activate(compte):
    with transaction.atomic():
        validation.a_l_activation(compte)
    compte.refresh_from_db()


def unchanged(compte) -> bool:
    """Tell whether an account is as it was, with no message and no line in the journal."""
    before = Compte.objects.filter(pk=compte.pk).values().get()
    ours = {name: getattr(compte, name) for name in before}
    return (
        before == ours and not OutgoingMessage.objects.exists() and not AuditEvent.objects.exists()
    )


def test_activated_account_waits_and_nothing_is_sent():
    compte = CompteFactory(etat=Etat.A_ACTIVER)
    with time_machine.travel("2026-11-20T10:00:00+00:00", tick=False):
        activate(compte)
    assert compte.etat == Etat.EN_ATTENTE
    assert compte.activation_at.isoformat() == "2026-11-20T10:00:00+00:00"
    assert compte.verification_at is None
    assert not OutgoingMessage.objects.exists()
    assert AuditEvent.objects.get().action == "compte.active"


def test_activated_account_is_validated_where_the_town_says_so(settings):
    settings.VALIDATION_AUTOMATIQUE = True
    compte = CompteFactory(etat=Etat.A_ACTIVER)
    activate(compte)
    assert compte.etat == Etat.VALIDE
    assert compte.verification_at is not None
    assert compte.verification_par is None
    assert OutgoingMessage.objects.get().code == "compte_valide"
    assert AuditEvent.objects.filter(action="compte.valide").get().details == {"automatique": True}


def test_validated(compte, agent):
    validation.valider(compte_id=compte.pk, agent=agent)
    compte.refresh_from_db()
    assert compte.etat == Etat.VALIDE
    assert compte.verification_par == agent
    assert compte.verification_at is not None
    courriel = OutgoingMessage.objects.get()
    assert (courriel.code, courriel.recipient) == ("compte_valide", "camille@exemple.fr")
    assert "camille" in courriel.body_text
    assert "/connexion/" in courriel.body_text
    line = AuditEvent.objects.get()
    assert (line.action, line.actor_id, line.target_id) == (
        "compte.valide",
        agent.pk,
        str(compte.pk),
    )


def test_refused_with_its_reason(compte, agent):
    SessionCompte.objects.create(
        session_key="a", session_data="", expire_date=timezone.now(), compte_id=compte.pk
    )
    validation.refuser(compte_id=compte.pk, agent=agent, motif="  Vous n’habitez pas la commune. ")
    compte.refresh_from_db()
    assert compte.etat == Etat.REFUSE
    assert not compte.is_active
    assert compte.motif_refus == "Vous n’habitez pas la commune."
    assert not SessionCompte.objects.exists()
    courriel = OutgoingMessage.objects.get()
    assert courriel.code == "compte_refuse"
    assert "Vous n’habitez pas la commune." in courriel.body_text
    assert "appelez la mairie" in courriel.body_text
    assert "habitez" not in str(AuditEvent.objects.get().details)


@pytest.mark.parametrize("motif", ["", "   ", "\n\t\n"])
def test_refusal_without_reason_does_nothing(compte, agent, motif):
    with pytest.raises(MotifAbsent):
        validation.refuser(compte_id=compte.pk, agent=agent, motif=motif)
    assert unchanged(compte)


def test_preview_is_the_mail_that_leaves(compte, agent):
    seen = validation.apercu_refus(compte, "Non.")
    assert unchanged(compte)
    validation.refuser(compte_id=compte.pk, agent=agent, motif="Non.")
    sent = OutgoingMessage.objects.get()
    assert (seen.subject, seen.text) == (sent.subject, sent.body_text)


@pytest.mark.parametrize("etat", [Etat.VALIDE, Etat.REFUSE])
def test_back_to_waiting_forgets_the_decision(agent, etat):
    compte = CompteFactory(
        etat=etat,
        motif_refus="Non." if etat == Etat.REFUSE else "",
        verification_at=timezone.now(),
        verification_par=agent,
        activation_at=timezone.now(),
    )
    validation.remettre_en_attente(compte_id=compte.pk, agent=agent)
    compte.refresh_from_db()
    assert compte.etat == Etat.EN_ATTENTE
    assert (compte.motif_refus, compte.verification_at, compte.verification_par) == ("", None, None)
    assert OutgoingMessage.objects.get().code == "compte_remis_en_attente"
    assert AuditEvent.objects.get().details == {"etait": etat}


@pytest.mark.parametrize(
    ("acte", "etats"),
    [
        ("valider", [Etat.A_ACTIVER, Etat.VALIDE, Etat.REFUSE, Etat.FERME]),
        ("refuser", [Etat.A_ACTIVER, Etat.VALIDE, Etat.REFUSE, Etat.FERME]),
        ("remettre_en_attente", [Etat.A_ACTIVER, Etat.EN_ATTENTE, Etat.FERME]),
    ],
)
def test_other_states_are_left_alone(agent, acte, etats):
    text = {"motif": "Non."} if acte == "refuser" else {}
    for etat in etats:
        compte = CompteFactory(etat=etat)
        with pytest.raises(TransitionDeCompteInterdite):
            getattr(validation, acte)(compte_id=compte.pk, agent=agent, **text)
        assert unchanged(compte)


@pytest.mark.parametrize("acte", ["valider", "refuser", "remettre_en_attente"])
def test_account_of_an_agent_is_none_of_this(agent, acte):
    other = CompteFactory(agent=True, etat=Etat.EN_ATTENTE)
    text = {"motif": "Non."} if acte == "refuser" else {}
    with pytest.raises(Compte.DoesNotExist):
        getattr(validation, acte)(compte_id=other.pk, agent=agent, **text)
    assert unchanged(other)


def test_validated_refused_and_validated_again_is_told_each_time(compte, agent):
    validation.valider(compte_id=compte.pk, agent=agent)
    validation.remettre_en_attente(compte_id=compte.pk, agent=agent)
    validation.valider(compte_id=compte.pk, agent=agent)
    codes = OutgoingMessage.objects.order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["compte_valide", "compte_remis_en_attente", "compte_valide"]


def test_back_to_waiting_says_what_the_clerk_has_to_say_and_never_that_nothing_is_to_do(agent):
    for message in ("", "Apportez un justificatif."):
        compte = CompteFactory(etat=Etat.REFUSE, motif_refus="Non.")
        validation.remettre_en_attente(compte_id=compte.pk, agent=agent, message=message)
    silent, told = OutgoingMessage.objects.order_by("pk")
    assert "Message de la mairie" not in silent.body_text
    assert "rien à faire" not in silent.body_text
    assert "Apportez un justificatif." in told.body_text
