"""What clerks do with the requests of their services, and what the resident is told of it."""

import pytest

from demarches.errors import MotifManquant, TransitionInterdite
from demarches.models import Demande
from demarches.services import instruction
from demarches.states import Action, Etat
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.definitions import document
from tests.demarches.traces import nothing_left
from tests.factories import CampagneFactory, CompteFactory, DemandeFactory, ServiceFactory

pytestmark = pytest.mark.django_db

SERVICES = {
    "prendre_en_charge": (instruction.prendre_en_charge, {}),
    "instruire": (instruction.instruire, {}),
    "accepter": (instruction.accepter, {"texte": "Venez la retirer."}),
    "refuser": (instruction.refuser, {"texte": "Une pièce manque."}),
    "classer": (instruction.classer, {"texte": "Demande en double."}),
}
STARTS_FROM = {"prendre_en_charge": "deposee", "instruire": "prise_en_charge"}


def agent_of(demande):
    return CompteFactory(agent=True, services=[demande.version.demarche.service])


def ready_for(name, **changes) -> Demande:
    return DemandeFactory(**{STARTS_FROM.get(name, "en_instruction"): True}, **changes)


def act(name, demande, agent, **changes):
    service, text = SERVICES[name]
    service(demande_id=demande.pk, agent=agent, **text | changes)
    demande.refresh_from_db()
    return demande


def test_taking_in_charge_names_the_agent():
    demande = DemandeFactory(deposee=True)
    agent = agent_of(demande)
    act("prendre_en_charge", demande, agent)
    assert (demande.etat, demande.agent) == (Etat.PRISE_EN_CHARGE, agent)
    assert demande.evenements.last().auteur == agent
    assert AuditEvent.objects.get().actor_id == agent.pk


def test_examining_keeps_the_agent_who_took_it():
    first = CompteFactory(agent=True)
    demande = DemandeFactory(prise_en_charge=True, agent=first)
    act("instruire", demande, agent_of(demande))
    assert (demande.etat, demande.agent) == (Etat.EN_INSTRUCTION, first)


@pytest.mark.parametrize("name", ["prendre_en_charge", "instruire"])
def test_steps_before_the_decision_write_no_mail(name):
    demande = ready_for(name)
    act(name, demande, agent_of(demande))
    assert not OutgoingMessage.objects.exists()


@pytest.mark.parametrize(
    ("name", "etat", "code", "words"),
    [
        ("accepter", Etat.ACCEPTEE, "demande_acceptee", "acceptée"),
        ("refuser", Etat.REFUSEE, "demande_refusee", "refusée"),
        ("classer", Etat.SANS_SUITE, "demande_classee", "sans suite"),
    ],
)
def test_decision_is_dated_written_and_sent(name, etat, code, words):
    demande = ready_for(name)
    act(name, demande, agent_of(demande), texte="  Bonjour.\r\n\r\nVoilà\x00 pourquoi. \x1b ")

    assert demande.etat == etat
    assert demande.decision_at is not None
    assert demande.motif == "Bonjour.\n\nVoilà pourquoi."
    mail = OutgoingMessage.objects.get()
    assert (mail.code, mail.recipient) == (code, demande.courriel)
    assert demande.numero in mail.subject
    assert words in mail.subject
    for body in (mail.body_text, mail.body_html):
        assert "Voilà pourquoi." in body
        assert demande.demarche_titre in body
    assert "réponses ne sont pas lues" in mail.body_text


def test_accepting_needs_no_text():
    demande = ready_for("accepter")
    act("accepter", demande, agent_of(demande), texte="")
    assert demande.etat == Etat.ACCEPTEE
    assert "acceptée" in OutgoingMessage.objects.get().body_text


def test_demarche_without_decision_is_closed_not_accepted():
    demande = ready_for("accepter", version__definition=document(decision=False))
    act("accepter", demande, agent_of(demande))
    mail = OutgoingMessage.objects.get()
    assert mail.code == "demande_traitee"
    assert "acceptée" not in mail.body_text + mail.subject
    assert demande.etat_libelle == "traitée"
    assert demande.evenements.last().libelle(decision=False) == "Demande traitée"


def test_demarche_without_decision_cannot_be_refused():
    demande = ready_for("refuser", version__definition=document(decision=False))
    agent = agent_of(demande)
    with nothing_left(), pytest.raises(TransitionInterdite):
        act("refuser", demande, agent)


@pytest.mark.parametrize("texte", ["", "  \n ", "\x00\x07", "\u00a0", "\u202e"])
@pytest.mark.parametrize("name", ["refuser", "classer"])
def test_decision_against_the_resident_needs_its_reason(name, texte):
    demande = ready_for(name)
    agent = agent_of(demande)
    with nothing_left(), pytest.raises(MotifManquant):
        act(name, demande, agent, texte=texte)


@pytest.mark.parametrize("name", SERVICES)
def test_act_that_the_state_does_not_allow_is_refused(name):
    demande = DemandeFactory(acceptee=True)
    agent = agent_of(demande)
    with nothing_left(), pytest.raises(TransitionInterdite):
        act(name, demande, agent)


@pytest.mark.parametrize("name", SERVICES)
def test_second_clerk_is_told_that_the_first_was_quicker(name):
    demande = ready_for(name)
    act(name, demande, agent_of(demande))
    other = agent_of(demande)
    with nothing_left(), pytest.raises(TransitionInterdite):
        act(name, demande, other)


@pytest.mark.parametrize("name", SERVICES)
def test_agent_of_another_service_finds_nothing(name):
    demande = ready_for(name)
    strangers = [
        CompteFactory(agent=True, services=[ServiceFactory()]),
        CompteFactory(agent=True),
        CompteFactory(),
    ]
    for stranger in strangers:
        with nothing_left(), pytest.raises(Demande.DoesNotExist):
            act(name, demande, stranger)


@pytest.mark.parametrize("name", SERVICES)
def test_draft_is_no_business_of_a_clerk(name):
    draft = DemandeFactory(prete=True)
    agent = agent_of(draft)
    with nothing_left(), pytest.raises(Demande.DoesNotExist):
        act(name, draft, agent)


def test_agent_of_two_services_acts_in_both():
    one, two = DemandeFactory(deposee=True), DemandeFactory(deposee=True)
    agent = CompteFactory(agent=True, services=[d.version.demarche.service for d in (one, two)])
    for demande in (one, two):
        assert act("prendre_en_charge", demande, agent).agent == agent


@pytest.mark.parametrize(("name", "left"), [("refuser", 0), ("classer", 0), ("accepter", 1)])
def test_place_of_the_quota_after_the_decision(name, left):
    campagne = CampagneFactory(places=1, places_prises=1)
    demande = ready_for(name, campagne=campagne)
    act(name, demande, agent_of(demande))
    campagne.refresh_from_db()
    assert campagne.places_prises == left


def test_failure_of_the_mail_leaves_the_request_undecided(monkeypatch):
    demande = ready_for("refuser", campagne=CampagneFactory(places_prises=1))
    agent = agent_of(demande)

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("demarches.services.messages.annoncer", fail)
    with nothing_left(), pytest.raises(RuntimeError):
        act("refuser", demande, agent)


def test_history_names_who_did_what_in_order():
    demande = DemandeFactory(deposee=True)
    agent = agent_of(demande)
    for name in ("prendre_en_charge", "instruire", "refuser"):
        act(name, demande, agent)
    assert [(e.action, e.auteur) for e in demande.evenements.all()] == [
        (Action.DEPOSER, None),
        (Action.PRENDRE_EN_CHARGE, agent),
        (Action.INSTRUIRE, agent),
        (Action.REFUSER, agent),
    ]
