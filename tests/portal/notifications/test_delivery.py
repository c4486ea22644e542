"""The outbox against a real mail server: what leaves, what is tried again, what is given up."""

import logging
import socket
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.notifications import delivery
from portal.notifications.models import CLAIM_LASTS, OutgoingMessage, State
from tests.mails.announce import announce
from tests.mails.sink import Sink, free_port, listening, route

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings):
    sink = Sink()
    with listening(sink) as port:
        route(settings, port)
        yield sink


def make_due() -> None:
    """Let the time pass until the next try."""
    OutgoingMessage.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def state(message: OutgoingMessage) -> str:
    message.refresh_from_db()
    return message.state


def test_message_leaves_complete(sink, settings):
    settings.PUBLIC_URL = "https://demarches.ville.fr"
    settings.DEFAULT_FROM_EMAIL = "Saint-Rémy <ne-pas-repondre@ville.fr>"
    message = announce()

    assert delivery.drain() == 1

    (mail,) = sink.mails
    assert sink.envelopes == [("ne-pas-repondre@ville.fr", ["elodie@exemple.fr"])]
    assert mail["To"] == "elodie@exemple.fr"
    assert mail["From"] == "Saint-Rémy <ne-pas-repondre@ville.fr>"
    assert mail["Subject"] == message.subject
    assert mail["Message-ID"] == f"<{message.uuid}@demarches.ville.fr>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"]
    assert mail.get_content_type() == "multipart/alternative"
    text, page = mail.iter_parts()
    assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().splitlines() == message.body_text.splitlines()
    assert page.get_content().splitlines() == message.body_html.splitlines()

    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == (State.SENT, 1, "")
    assert message.sent_at is not None
    assert not message.is_waiting


def test_sent_message_is_not_sent_again(sink):
    announce()
    delivery.drain()
    make_due()

    assert delivery.drain() == 0
    assert len(sink.mails) == 1


def test_oldest_leaves_first_and_what_is_not_due_stays(sink):
    now = timezone.now()
    announce(fait=1, courriel="troisieme@exemple.fr", send_after=now - timedelta(minutes=1))
    announce(fait=2, courriel="premier@exemple.fr", send_after=now - timedelta(minutes=9))
    announce(fait=3, courriel="deuxieme@exemple.fr", send_after=now - timedelta(minutes=5))
    later = announce(fait=4, courriel="plus-tard@exemple.fr", send_after=now + timedelta(minutes=1))

    assert delivery.drain() == 3
    assert sink.recipients == ["premier@exemple.fr", "deuxieme@exemple.fr", "troisieme@exemple.fr"]
    assert state(later) == State.QUEUED


@pytest.mark.parametrize("moment", ["at_rcpt", "at_data"])
def test_temporary_no_is_tried_again(sink, moment):
    setattr(sink, moment, lambda _asked: "451 Try again later")
    message = announce()
    before = timezone.now()

    delivery.drain()

    assert state(message) == State.RETRY
    assert message.due_at - before >= delivery.WAITS[0]
    assert delivery.drain() == 0, "not before its time"
    setattr(sink, moment, lambda _asked: "250 OK")
    make_due()
    delivery.drain()
    assert state(message) == State.SENT
    assert message.attempts == 2
    assert message.last_error == ""
    assert sink.ids == [f"<{message.uuid}@{sink.ids[0].split('@')[1]}"]


def test_waits_grow_then_it_is_given_up(sink):
    sink.at_data = lambda mail: "451 Try again later"
    message = announce()
    waits = []
    while state(message) != State.FAILED:
        assert message.attempts < 50
        before = timezone.now()
        make_due()
        assert delivery.drain() == 1
        message.refresh_from_db()
        if message.state == State.RETRY:
            waits.append((message.due_at - before).total_seconds())

    assert message.attempts == delivery.MAX_ATTEMPTS
    assert waits == sorted(waits)
    assert waits[-1] > 100 * waits[0]
    assert timedelta(days=1) < timedelta(seconds=sum(waits)) < timedelta(days=4), "a week-end"
    make_due()
    assert delivery.drain() == 0, "given up is given up"
    assert message.sent_at is None


@pytest.mark.parametrize(
    ("moment", "answer"),
    [("at_rcpt", "550 No such user"), ("at_data", "554 Refused by policy"), ("at_rcpt", "553 Bad")],
)
def test_permanent_no_is_final_and_stops_nobody_else(sink, moment, answer):
    def refuse(asked):
        unknown = asked == "inconnu@exemple.fr" or getattr(asked, "get", dict().get)("To") == (
            "inconnu@exemple.fr"
        )
        return answer if unknown else "250 OK"

    setattr(sink, moment, refuse)
    unknown = announce(fait=1, courriel="inconnu@exemple.fr")
    known = announce(fait=2)

    assert delivery.drain() == 2

    assert state(unknown) == State.FAILED
    assert (unknown.attempts, unknown.sent_at) == (1, None)
    assert unknown.last_error
    assert state(known) == State.SENT
    make_due()
    assert delivery.drain() == 0


def test_server_that_closes_does_not_take_the_next_message_with_it(sink):
    answers = iter(["421 Too busy"])
    sink.at_data = lambda mail: next(answers, "250 OK")
    first, second = announce(fait=1), announce(fait=2, courriel="camille@exemple.fr")

    delivery.drain()

    assert (state(first), state(second)) == (State.RETRY, State.SENT)


def test_server_down_then_back(settings):
    port = free_port()
    route(settings, port)
    messages = [announce(fait=fait) for fait in range(3)]

    delivery.drain()
    assert {state(message) for message in messages} == {State.RETRY}

    sink = Sink()
    make_due()
    with listening(sink, port):
        delivery.drain()
    assert {state(message) for message in messages} == {State.SENT}
    assert len(set(sink.ids)) == len(sink.ids) == 3


def test_server_that_hangs_is_left(settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never says a word
        route(settings, silent.getsockname()[1], EMAIL_TIMEOUT=0.2)
        message = announce()
        delivery.drain()

    assert state(message) == State.RETRY


def test_wrong_password_of_ours_loses_no_mail(settings):
    """535 is a permanent no, but to us and not to the resident."""
    sink = Sink()
    sink.password = b"le bon"
    with listening(sink) as port:
        route(settings, port, EMAIL_HOST_USER="ville", EMAIL_HOST_PASSWORD="le mauvais")
        message = announce()
        delivery.drain()
        assert state(message) == State.RETRY

        settings.EMAIL_HOST_PASSWORD = "le bon"
        make_due()
        delivery.drain()
    assert state(message) == State.SENT


def test_dead_worker_is_waited_for_then_replaced(sink):
    message = announce()
    claimed = delivery.claim_next()
    assert claimed == message
    assert delivery.drain() == 0, "somebody holds it"
    message.refresh_from_db()
    assert message.due_at <= timezone.now() + CLAIM_LASTS

    make_due()
    assert delivery.drain() == 1
    assert state(message) == State.SENT
    assert message.attempts == 2


def test_second_copy_has_the_same_message_id(sink):
    """The worker dies between the server's yes and its own writing."""
    announce()
    claimed = delivery.claim_next()
    with delivery.channels.mail_connection() as backend:
        delivery.channels.send(claimed, backend)

    make_due()
    delivery.drain()

    assert len(sink.mails) == 2
    assert len(set(sink.ids)) == 1


def claimed_twice(message: OutgoingMessage) -> tuple[OutgoingMessage, OutgoingMessage]:
    slow = delivery.claim_next()
    make_due()
    quick = delivery.claim_next()
    assert slow == quick == message
    return slow, quick


def test_who_lost_the_claim_writes_no_success(sink):
    message = announce()
    slow, quick = claimed_twice(message)
    with delivery.channels.mail_connection() as backend:
        delivery.attempt(slow, backend)
        assert state(message) == State.INFLIGHT
        assert message.attempts == 2

        delivery.attempt(quick, backend)
    assert state(message) == State.SENT


@pytest.mark.parametrize("answer", ["451 Try again later", "554 Refused"])
def test_who_lost_the_claim_writes_no_failure(sink, answer):
    message = announce()
    slow, quick = claimed_twice(message)
    with delivery.channels.mail_connection() as backend:
        sink.at_data = lambda mail: answer
        delivery.attempt(slow, backend)
        assert state(message) == State.INFLIGHT

        sink.at_data = lambda mail: "250 OK"
        delivery.attempt(quick, backend)
        assert state(message) == State.SENT

        sink.at_data = lambda mail: answer
        delivery.attempt(slow, backend)
    assert state(message) == State.SENT
    assert message.sent_at is not None


def test_message_that_kills_its_workers_is_given_up(sink):
    killer = announce(fait=1)
    for _ in range(delivery.MAX_ATTEMPTS):
        assert delivery.claim_next() == killer
        make_due()
    other = announce(fait=2, courriel="camille@exemple.fr")

    assert delivery.drain() == 1

    assert state(killer) == State.FAILED
    assert killer.last_error
    assert state(other) == State.SENT
    assert sink.recipients == ["camille@exemple.fr"]


def test_many_messages_that_killed_their_workers_stop_nobody(sink):
    announce(fait=0)
    rows = [
        OutgoingMessage.objects.values().get() | {"id": None, "key": f"k{n}"} for n in range(30)
    ]
    for number, row in enumerate(rows):
        row |= {"uuid": f"00000000-0000-4000-8000-{number:012}", "state": State.INFLIGHT}
        row |= {"attempts": delivery.MAX_ATTEMPTS, "due_at": timezone.now() - timedelta(hours=1)}
    OutgoingMessage.objects.bulk_create(OutgoingMessage(**row) for row in rows)

    delivery.drain()

    assert OutgoingMessage.objects.filter(state=State.FAILED).count() == 30
    assert len(sink.mails) == 1


def test_drain_stops_at_its_budget(sink):
    sink.delay = 0.05
    for fait in range(10):
        announce(fait=fait)

    assert delivery.drain(timedelta(0)) == 0
    tried = delivery.drain(timedelta(seconds=0.2))

    assert 1 <= tried < 10
    assert OutgoingMessage.objects.filter(state=State.QUEUED).count() == 10 - tried


@pytest.mark.parametrize(
    "change",
    [
        {"recipient": "elodie@exemple.fr\nBcc: pirate@exemple.fr"},
        {"subject": "Bonjour\r\nBcc: pirate@exemple.fr"},
        {"subject": "Bonjour\n\n<script>"},
    ],
)
def test_line_feed_in_a_header_never_leaves(sink, change):
    """Even from a row that did not pass by the catalogue."""
    bad = announce(fait=1)
    OutgoingMessage.objects.update(**change)
    good = announce(fait=2, courriel="camille@exemple.fr")

    delivery.drain()

    assert sink.recipients == ["camille@exemple.fr"]
    assert state(bad) != State.SENT
    assert state(good) == State.SENT


def test_name_full_of_traps_stays_in_the_body(sink):
    announce(nom="Élodie\r\nBcc: pirate@exemple.fr\r\n\r\n.\r\nRCPT TO:<pirate@exemple.fr>")

    delivery.drain()

    (mail,) = sink.mails
    assert sink.recipients == ["elodie@exemple.fr"]
    assert mail["Bcc"] is None


def test_failure_is_logged_without_the_person(sink, caplog):
    sink.at_rcpt = lambda address: f"451 <{address}> greylisted"
    message = announce()

    with caplog.at_level(logging.INFO):
        delivery.drain()

    message.refresh_from_db()
    ours = " ".join(r.getMessage() for r in caplog.records if not r.name.startswith("mail"))
    assert str(message.pk) in ours
    assert "elodie" not in ours
    assert "elodie" not in message.last_error


def test_purge_blanks_finished_messages_and_keeps_the_fact(sink):
    old, recent, waiting = (
        announce(fait=1),
        announce(fait=2),
        announce(fait=3, send_after=timezone.now() + timedelta(days=1)),
    )
    delivery.drain()
    long_ago = timezone.now() - timedelta(days=100)
    OutgoingMessage.objects.filter(pk__in=[old.pk, waiting.pk]).update(created_at=long_ago)

    assert delivery.purge_bodies(timezone.now() - timedelta(days=90)) == 1
    assert delivery.purge_bodies(timezone.now() - timedelta(days=90)) == 0

    old.refresh_from_db()
    assert (old.recipient, old.subject, old.body_text, old.body_html) == ("", "", "", "")
    assert (old.state, old.sent_at is not None) == (State.SENT, True)
    for message in (recent, waiting):
        message.refresh_from_db()
        assert message.recipient
        assert message.body_text


def test_a_sent_row_has_a_date_and_no_other_has(sink):
    announce()
    for change in ({"state": State.SENT}, {"sent_at": timezone.now()}):
        with pytest.raises(IntegrityError, match="courrier_envoye_date"), transaction.atomic():
            OutgoingMessage.objects.update(**change)
