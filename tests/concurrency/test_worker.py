"""The worker, its broker and a mail server as real processes: what is committed leaves.

The claim of a dead worker ends after a minute (`CLAIM_LASTS`); here that minute is taken off.
One worker serves the whole module, so that its start (three seconds) is paid once.
"""

import signal
import time
from dataclasses import dataclass
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from portal.notifications.models import OutgoingMessage, State
from tests.concurrency.processes import Broker, Worker
from tests.mails.announce import announce
from tests.mails.sink import Sink, listening
from tests.race import race

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@dataclass
class Stage:
    sink: Sink
    broker: Broker
    worker: Worker


@pytest.fixture(scope="module")
def machines(django_db_setup, tmp_path_factory):
    folder = tmp_path_factory.mktemp("worker")
    sink = Sink()
    with listening(sink) as port:
        broker = Broker(folder)
        stage = Stage(sink, broker, Worker(folder, broker.url, port))
        try:
            yield stage
        finally:
            stage.worker.kill()
            stage.broker.kill()


@pytest.fixture
def stage(machines, transactional_db):
    """Everything runs and nothing was sent, whatever the test before did."""
    machines.sink.reset()
    if not machines.broker.is_well():
        machines.broker.kill()
        machines.broker.start()
    if not machines.worker.is_running:
        machines.worker.start()
    return machines


def a_minute_passes() -> None:
    OutgoingMessage.objects.filter(state=State.INFLIGHT).update(due_at=timezone.now())


def wait_until_sent(count: int, seconds: float) -> None:
    """Wait for the outcomes to be written: the mail itself is here a little before."""
    deadline = time.monotonic() + seconds
    while OutgoingMessage.objects.filter(state=State.SENT).count() < count:
        states = list(OutgoingMessage.objects.values_list("state", "attempts"))
        assert time.monotonic() < deadline, states
        time.sleep(0.03)


def test_mail_leaves_within_three_seconds_of_its_commit_and_not_before(stage):
    with transaction.atomic():
        announce(fait=0)
        time.sleep(2.2)  # the worker looks at least once
        assert stage.sink.mails == []
    waits = [stage.sink.wait_for(1, seconds=3)]
    announce(fait=1)
    waits.append(stage.sink.wait_for(2, seconds=3))

    print("mail after", [f"{wait:.2f} s" for wait in waits])
    wait_until_sent(2, seconds=1)


def test_worker_killed_during_a_hundred_mails_loses_none(stage):
    """One mail is with the server when the worker dies: that one comes twice, and says so."""
    stage.sink.delay = 0.01
    stage.sink.hold_after = 40
    for fait in range(100):
        announce(fait=fait, courriel=f"habitant{fait}@exemple.fr")
    assert stage.sink.held.wait(timeout=15)

    stage.worker.kill()
    waiting = OutgoingMessage.objects.exclude(state=State.SENT).count()
    assert waiting > 20, "it was killed midway"
    a_minute_passes()
    stage.worker.start()
    wait_until_sent(100, seconds=15)

    sent = stage.sink
    print(f"{waiting} mails were left; {len(sent.mails)} came")
    assert set(sent.recipients) == {f"habitant{fait}@exemple.fr" for fait in range(100)}, (
        "none lost"
    )
    assert 100 < len(sent.mails) <= 102, "two threads: two mails at most come twice"
    assert len(set(sent.ids)) == 100, "a second copy has the Message-ID of the first"
    assert len(set(zip(sent.ids, sent.recipients, strict=True))) == 100
    assert "exemple.fr" not in stage.worker.text, "the log tells of nobody"


def test_worker_that_is_asked_to_stop_ends_what_it_is_at(stage):
    """A new release: no mail is sent twice, none waits for a claim to end."""
    stage.sink.delay = 0.3
    for fait in range(6):
        announce(fait=fait)
    stage.sink.wait_for(1, seconds=5)

    stage.worker.end()

    states = set(OutgoingMessage.objects.values_list("state", flat=True))
    assert State.INFLIGHT not in states
    sent = OutgoingMessage.objects.filter(state=State.SENT).count()
    assert sent == len(stage.sink.mails) == len(set(stage.sink.ids))


def test_broker_down_then_back(stage):
    announce(fait=1)
    stage.sink.wait_for(1, seconds=3)
    stage.broker.kill()
    time.sleep(0.3)  # the drain that sent it ends
    announce(fait=2)
    time.sleep(2.2)
    assert len(stage.sink.mails) == 1, "nothing tells the worker"

    stage.broker.start()

    print(f"mail {stage.sink.wait_for(2, seconds=15):.2f} s after the broker is back")
    announce(fait=3)
    stage.sink.wait_for(3, seconds=3)


def test_worker_that_starts_before_its_broker_waits_for_it(stage):
    announce(fait=1)
    stage.worker.kill()
    stage.broker.kill()
    stage.sink.reset()
    OutgoingMessage.objects.update(state=State.QUEUED, sent_at=None, due_at=timezone.now())
    stage.worker.start(wait=False)
    stage.worker.says("Cannot connect")

    stage.broker.start()

    print(f"mail {stage.sink.wait_for(1, seconds=15):.2f} s after the broker is there")


def test_broker_that_hangs_blocks_nobody(stage):
    """Twenty people at once: the web never talks to the broker."""
    stage.broker.signal(signal.SIGSTOP)
    try:
        time.sleep(2.2)  # the next order of beat is stuck in it
        start = time.monotonic()
        results = race([partial(announce, fait=fait) for fait in range(20)])
        assert not [result for result in results if isinstance(result, Exception)]
        assert time.monotonic() - start < 2
        time.sleep(5.2)  # longer than the worker's patience with its broker
    finally:
        stage.broker.signal(signal.SIGCONT)

    print(f"mails {stage.sink.wait_for(20, seconds=20):.2f} s after the broker answers again")
    wait_until_sent(20, seconds=2)
    assert len(set(stage.sink.ids)) == len(stage.sink.ids) == 20
    announce(fait=99)
    stage.sink.wait_for(21, seconds=3)
