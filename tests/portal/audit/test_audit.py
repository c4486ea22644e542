"""The journal takes new rows and keeps the old ones, whoever asks."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import RequestFactory

from portal.audit import log
from portal.audit.models import AuditEvent
from portal.kernel.address import ClientAddressMiddleware
from tests.database import undone
from tests.factories import CompteFactory
from tests.race import race

PURGE = "SELECT set_config('parvis.purge', 'on', true)"


def execute(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


@pytest.fixture
def event(db):
    return log.record("essai.fait", details={"rang": 1})


@pytest.mark.django_db
def test_event_tells_who_what_when_and_from_where():
    actor, target = CompteFactory(identifiant="agent.etat"), CompteFactory(identifiant="elodie")
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.77")

    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=False):
        ClientAddressMiddleware(
            lambda r: log.record("compte.lu", target=target, actor=actor, details={"page": 2})
        )(request)

    event = AuditEvent.objects.get()
    assert (event.action, event.details) == ("compte.lu", {"page": 2})
    assert (event.actor_id, event.actor_label) == (actor.pk, "agent.etat")
    assert (event.target_type, event.target_id) == ("accounts.compte", str(target.pk))
    assert event.target_label == "elodie"
    assert event.address == "203.0.113.0/24", "the network, not the address"
    assert event.at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_event_of_the_machine_itself_has_no_actor_and_no_address():
    event = log.record("brouillons.purges")

    assert (event.actor_id, event.actor_label, event.address) == (None, "", "")
    assert (event.target_type, event.target_id, event.target_label) == ("", "", "")


@pytest.mark.django_db
def test_event_outlives_what_it_tells_of():
    compte = CompteFactory(identifiant="elodie")
    log.record("compte.ferme", target=compte, actor=compte)

    compte.delete()

    assert AuditEvent.objects.get().actor_label == "elodie"


@pytest.mark.django_db
def test_long_label_is_cut_rather_than_refused():
    compte = CompteFactory.build(identifiant="a" * 400, pk=7)

    assert log.record("essai.fait", actor=compte, target=compte).actor_label == "a" * 150


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.save(),
        lambda event: event.delete(),
        lambda event: AuditEvent.objects.update(action=F("action")),
        lambda event: AuditEvent.objects.all().delete(),
        lambda event: AuditEvent.objects.bulk_update([event], ["details"]),
        lambda event: execute("UPDATE audit_auditevent SET actor_label = 'quelqu’un'"),
        lambda event: execute("DELETE FROM audit_auditevent"),
    ],
    ids=["save", "delete", "update", "delete-all", "bulk_update", "sql-update", "sql-delete"],
)
def test_no_change_and_no_removal(event, change):
    before = AuditEvent.objects.values().get()

    with pytest.raises(IntegrityError, match="added, never changed"), transaction.atomic():
        change(event)

    assert AuditEvent.objects.values().get() == before


def test_transaction_that_fails_leaves_no_event(db):
    with pytest.raises(LookupError):
        undone(lambda: log.record("essai.fait"))

    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_purge_flag_ends_with_its_transaction():
    log.record("ancien")
    log.record("ancien")
    with transaction.atomic():
        execute(PURGE)
        assert execute("DELETE FROM audit_auditevent WHERE id % 2 = 0") == 1

    with pytest.raises(IntegrityError):
        AuditEvent.objects.all().delete()
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_purge_flag_is_undone_by_a_rollback():
    log.record("ancien")
    with pytest.raises(LookupError):
        undone(lambda: execute(PURGE), AuditEvent.objects.all().delete)

    assert AuditEvent.objects.count() == 1
    with pytest.raises(IntegrityError):
        AuditEvent.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_purge_of_one_connection_opens_nothing_to_another():
    log.record("ancien")
    with transaction.atomic():
        execute(PURGE)
        (outcome,) = race([lambda: AuditEvent.objects.all().delete()])

    assert isinstance(outcome, IntegrityError)
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("value", ["off", "", "ON", "true", "1"])
def test_only_the_exact_flag_opens(value):
    log.record("ancien")

    with transaction.atomic():
        execute(f"SELECT set_config('parvis.purge', '{value}', true)")
        with pytest.raises(IntegrityError), transaction.atomic():
            AuditEvent.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_purge_may_blank_what_it_keeps():
    log.record("ancien", details={"rang": 1})
    with transaction.atomic():
        execute(PURGE)
        AuditEvent.objects.update(details={})

    assert AuditEvent.objects.get().details == {}
