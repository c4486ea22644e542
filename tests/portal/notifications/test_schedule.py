"""When the worker looks, and that it knows everything it is asked to do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.celery import app
from portal.notifications import delivery, tasks
from portal.notifications.models import OutgoingMessage
from tests.mails.announce import announce


@pytest.fixture(scope="module", autouse=True)
def loaded():
    app.loader.import_default_modules()
    app.finalize()


def test_every_order_of_beat_is_known_to_the_worker():
    ordered = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert ordered
    assert ordered <= set(app.tasks)


def test_outbox_is_looked_at_every_two_seconds_and_orders_do_not_pile_up():
    entry = app.conf.beat_schedule["notifications.drain"]

    assert timedelta(seconds=entry["schedule"]) <= timedelta(seconds=2)
    assert entry["options"]["expires"] <= 2


def test_broker_holds_no_result_and_no_lock():
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None


@pytest.mark.django_db
def test_tasks_do_what_they_say(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    announce(fait=1)
    announce(fait=2)

    assert tasks.drain() == 2
    OutgoingMessage.objects.update(created_at=timezone.now() - tasks.BODIES_KEPT)
    assert tasks.purge() == 2


def test_one_drain_ends_before_a_claim_does():
    """A mail is tried for 20 s at most at each word; a drain starts none after 30 s."""
    (budget,) = delivery.drain.__defaults__

    assert budget < delivery.CLAIM_LASTS
