"""What machines ask: does the web live, and is the town served?"""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import OperationalError
from django.test import Client
from django.utils import timezone

from portal.home.views import LATE
from portal.notifications.models import OutgoingMessage, State
from tests.mails.announce import announce

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_health_asks_nothing_of_anybody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/sante/")

    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


def test_health_answers_without_database():
    """No `django_db` mark: even to connect would fail the test."""
    assert Client().get("/sante/").status_code == 200


@pytest.mark.django_db
def test_ready(client):
    response = client.get("/sante/pret/")

    assert response.status_code == 200
    assert response.json() == {"pret": True, "fautes": []}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_when_the_outbox_is_late(client):
    announce(send_after=timezone.now() - LATE - timedelta(seconds=1))

    response = client.get("/sante/pret/")

    assert response.status_code == 503
    assert response.json() == {"pret": False, "fautes": ["courriers"]}
    assert "exemple.fr" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes", "change"),
    [
        (-LATE.total_seconds() // 60 + 2, {}),
        (24 * 60, {"state": State.RETRY, "attempts": 8}),
        (-24 * 60, {"state": State.SENT, "sent_at": START}),
        (-24 * 60, {"state": State.FAILED}),
    ],
    ids=["on its way", "waits for its next try", "sent", "given up"],
)
def test_a_message_that_nobody_is_late_with_is_no_fault(client, minutes, change):
    announce(send_after=timezone.now() + timedelta(minutes=minutes))
    OutgoingMessage.objects.update(**change)

    assert client.get("/sante/pret/").status_code == 200


@pytest.mark.django_db
def test_a_message_whose_worker_died_long_ago_is_a_fault(client):
    announce()
    OutgoingMessage.objects.update(state=State.INFLIGHT, due_at=timezone.now() - 2 * LATE)

    assert client.get("/sante/pret/").status_code == 503


@pytest.mark.django_db
@pytest.mark.parametrize("app", ["audit", "notifications", "demarches"])
def test_not_ready_when_a_migration_is_missing(client, app):
    last = MigrationRecorder(connection).migration_qs.filter(app=app).order_by("id").last()
    last.delete()

    response = client.get("/sante/pret/")

    assert response.status_code == 503
    assert response.json() == {"pret": False, "fautes": ["migrations"]}


@pytest.mark.django_db
def test_not_ready_when_the_database_does_not_answer(client, monkeypatch):
    def down(self):
        raise OperationalError("connection refused: password of parvis")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", down)

    response = client.get("/sante/pret/")

    assert response.status_code == 503
    assert response.json()["fautes"] == ["base de données"]
    assert "password" not in response.content.decode()


@pytest.mark.parametrize("path", ["/sante/", "/sante/pret/"])
@pytest.mark.django_db
def test_machines_only_read(client, path):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200
