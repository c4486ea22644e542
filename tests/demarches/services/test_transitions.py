"""The table of transitions, whole: each act from each state."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from demarches.errors import TransitionInterdite
from demarches.models import Demande
from demarches.services import transitions
from demarches.states import CARRES, Action, Etat, allowed, rank
from portal.audit.models import AuditEvent
from portal.kernel.crypto import random_number
from tests.demarches.traces import nothing_left
from tests.factories import CampagneFactory, CompteFactory, DemandeFactory

pytestmark = pytest.mark.django_db

# Written by hand from architecture.md « States of a Demande », not read from the code.
TABLE = {
    (Etat.BROUILLON, Action.DEPOSER): Etat.DEPOSEE,
    (Etat.DEPOSEE, Action.PRENDRE_EN_CHARGE): Etat.PRISE_EN_CHARGE,
    (Etat.PRISE_EN_CHARGE, Action.INSTRUIRE): Etat.EN_INSTRUCTION,
    (Etat.EN_INSTRUCTION, Action.DEMANDER_COMPLEMENT): Etat.A_COMPLETER,
    (Etat.A_COMPLETER, Action.COMPLETER): Etat.EN_INSTRUCTION,
    (Etat.EN_INSTRUCTION, Action.ACCEPTER): Etat.ACCEPTEE,
    (Etat.EN_INSTRUCTION, Action.REFUSER): Etat.REFUSEE,
    (Etat.EN_INSTRUCTION, Action.CLASSER): Etat.SANS_SUITE,
    (Etat.DEPOSEE, Action.ANNULER): Etat.ANNULEE,
    (Etat.PRISE_EN_CHARGE, Action.ANNULER): Etat.ANNULEE,
    (Etat.EN_INSTRUCTION, Action.ANNULER): Etat.ANNULEE,
    (Etat.A_COMPLETER, Action.ANNULER): Etat.ANNULEE,
}
DECIDED = {Etat.ACCEPTEE, Etat.REFUSEE, Etat.SANS_SUITE}
FREE_A_PLACE = {Etat.REFUSEE, Etat.SANS_SUITE, Etat.ANNULEE}


def in_state(etat: Etat, **changes) -> Demande:
    if etat == Etat.BROUILLON:
        return DemandeFactory(**changes)
    decided = timezone.now() if etat in DECIDED else None
    return DemandeFactory(deposee=True, etat=etat, decision_at=decided, **changes)


@pytest.mark.parametrize("etat", Etat)
@pytest.mark.parametrize("action", Action)
def test_each_act_from_each_state(etat, action):
    demande = in_state(etat)
    target = TABLE.get((etat, action))
    agent = CompteFactory(agent=True)
    filing = ["numero"] if action == Action.DEPOSER else []
    if target is None:
        with nothing_left(), pytest.raises(TransitionInterdite):
            transitions.appliquer(demande, action, auteur=agent)
        assert demande.etat == etat
        return
    if filing:
        demande.numero = random_number()
    events = demande.evenements.count()
    journal = AuditEvent.objects.count()

    evenement = transitions.appliquer(demande, action, auteur=agent, avec=filing)

    stored = Demande.objects.get(pk=demande.pk)
    assert stored.etat == target
    assert (stored.decision_at is not None) is (target in DECIDED)
    assert (evenement.action, evenement.auteur) == (action, agent)
    assert stored.evenements.count() == events + 1
    line = AuditEvent.objects.first()
    assert AuditEvent.objects.count() == journal + 1
    assert (line.action, line.actor_id) == (f"demande.{target.value}", agent.pk)


@pytest.mark.parametrize("etat", Etat)
def test_buttons_offer_what_the_table_allows(etat):
    assert set(allowed(etat)) == {action for state, action in TABLE if state == etat}


@pytest.mark.parametrize(("move", "target"), TABLE.items(), ids=lambda v: str(v))
def test_place_is_given_back_only_by_what_does_not_hold_it(move, target):
    etat, action = move
    if action == Action.DEPOSER:
        return  # filing takes the place itself: test_depot
    campagne = CampagneFactory(places=5, places_prises=3)
    transitions.appliquer(in_state(etat, campagne=campagne), action, auteur=None)
    campagne.refresh_from_db()
    assert campagne.places_prises == (2 if target in FREE_A_PLACE else 3)


def test_four_squares_are_full_only_when_the_request_is_processed():
    assert [rank(e) for e in (Etat.DEPOSEE, Etat.PRISE_EN_CHARGE, Etat.EN_INSTRUCTION)] == [1, 2, 3]
    assert rank(Etat.A_COMPLETER) == 3
    assert {rank(etat) for etat in DECIDED} == {4}
    assert rank(Etat.BROUILLON) == rank(Etat.ANNULEE) == 0
    assert CARRES == ("reçue", "prise en charge", "en instruction", "traitée")


def test_state_that_is_written_around_the_table_breaks_on_its_dates():
    draft, filed = DemandeFactory(), DemandeFactory(deposee=True)
    for demande, etat in ((draft, Etat.DEPOSEE), (filed, Etat.ACCEPTEE), (filed, Etat.BROUILLON)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Demande.objects.filter(pk=demande.pk).update(etat=etat)
