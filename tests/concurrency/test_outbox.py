"""A fact is told once and a message is sent once: many at the same moment, each on a connection."""

import time
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from portal.notifications import delivery
from portal.notifications.models import OutgoingMessage, State
from portal.notifications.outbox import MessageContradictoire
from tests.mails.announce import announce
from tests.mails.sink import Sink, listening, route
from tests.race import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink(settings):
    sink = Sink()
    with listening(sink) as port:
        route(settings, port)
        yield sink


def test_fact_announced_eight_times_is_one_message():
    results = race([announce] * 8)

    assert not [result for result in results if isinstance(result, Exception)]
    assert {result.pk for result in results} == {OutgoingMessage.objects.get().pk}


def test_fact_announced_with_eight_contents_is_told_in_one_way():
    results = race([partial(announce, nom=f"Élodie {rank}") for rank in range(8)])

    assert sum(isinstance(result, MessageContradictoire) for result in results) == 7
    assert OutgoingMessage.objects.count() == 1


def test_message_whose_twin_rolled_back_is_still_written():
    def undone():
        with transaction.atomic():
            announce()
            time.sleep(0.1)
            raise LookupError

    results = race([undone, *[announce] * 4])

    assert sum(isinstance(result, LookupError) for result in results) == 1
    assert len([result for result in results if isinstance(result, OutgoingMessage)]) == 4
    assert OutgoingMessage.objects.count() == 1


def test_one_message_is_claimed_by_one_worker():
    announce()

    results = race([delivery.claim_next] * 8)

    assert [result is None for result in results].count(False) == 1
    assert OutgoingMessage.objects.get().attempts == 1


def test_eight_drains_send_fifty_messages_once(sink):
    for fait in range(50):
        announce(fait=fait)

    results = race([delivery.drain] * 8)

    assert not [result for result in results if isinstance(result, Exception)]
    assert sum(results) == 50
    assert len(sink.ids) == len(set(sink.ids)) == 50
    assert set(OutgoingMessage.objects.values_list("state", "attempts")) == {(State.SENT, 1)}


def test_drains_work_side_by_side(sink):
    """A slow mail server is no reason to send one mail at a time."""
    sink.delay = 0.2
    for fait in range(8):
        announce(fait=fait)

    start = time.monotonic()
    results = race([delivery.drain] * 8)

    assert sum(results) == 8
    assert time.monotonic() - start < 1.4, "eight times 0.2 s, one after the other"


def test_claim_being_taken_does_not_hold_the_others_up():
    def claim_without_waiting():
        connection.cursor().execute("SET lock_timeout = '300ms'")
        return delivery.claim_next()

    first, second = announce(fait=1), announce(fait=2)
    with transaction.atomic():
        assert delivery.claim_next() == first
        (other,) = race([claim_without_waiting])

    assert other == second


def test_claim_that_ends_during_the_sending_is_taken_once(sink):
    """The first worker is slower than its claim; of the eight that come after, one sends again."""
    sink.delay = 0.2  # so that the claim is taken before the first sending ends
    message = announce()
    slow = delivery.claim_next()
    OutgoingMessage.objects.update(due_at=timezone.now())

    def finish_late() -> int:
        with delivery.channels.mail_connection() as backend:
            delivery.attempt(slow, backend)
        return 0

    results = race([finish_late, *[delivery.drain] * 8])

    assert sum(results) == 1
    assert len(sink.ids) == 2, "the server had both"
    assert len(set(sink.ids)) == 1, "and knows that they are one"
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.SENT, 2)


def test_loser_of_the_claim_never_undoes_the_winner(sink):
    """One sends, the other fails, in whatever order they end."""
    answers = {}
    sink.at_data = lambda mail: answers.get(mail["To"], "250 OK")
    for fait in range(10):
        message = announce(fait=fait)
        slow = delivery.claim_next()
        OutgoingMessage.objects.filter(pk=message.pk).update(due_at=timezone.now())
        quick = delivery.claim_next()
        assert slow == quick == message

        def fail(claimed=slow) -> None:
            mine = OutgoingMessage.objects.get(pk=claimed.pk)
            mine.attempts, mine.recipient = claimed.attempts, "loin@exemple.fr"
            with delivery.channels.mail_connection() as backend:
                delivery.attempt(mine, backend)

        def succeed(claimed=quick) -> None:
            with delivery.channels.mail_connection() as backend:
                delivery.attempt(claimed, backend)

        answers["loin@exemple.fr"] = "554 Refused"
        assert race([fail, succeed]) == [None, None]
        message.refresh_from_db()
        assert message.state == State.SENT
