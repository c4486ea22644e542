"""A message is a row in the transaction that owes it: once for a fact, or not at all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.notifications import outbox
from portal.notifications.models import OutgoingMessage, State
from tests.database import undone
from tests.mails.announce import CONTEXT, announce


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="only inside a transaction"):
        outbox.enqueue(
            "demande_deposee",
            destinataire=outbox.Destinataire("elodie@exemple.fr"),
            fait=1,
            context=CONTEXT,
        )

    assert not OutgoingMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rollback_leaves_no_message():
    with pytest.raises(LookupError):
        undone(announce)

    assert not OutgoingMessage.objects.exists()


@pytest.mark.django_db
def test_row_holds_the_message_as_it_will_leave():
    before = timezone.now()

    message = announce()

    message.refresh_from_db()
    assert message.recipient == "elodie@exemple.fr"
    assert message.subject.startswith("7K2M-9QXD-04TB")
    assert "Élodie N’Guyen" in message.body_text
    assert "Élodie N’Guyen" in message.body_html
    assert (message.state, message.attempts, message.sent_at) == (State.QUEUED, 0, None)
    assert before <= message.due_at <= timezone.now()
    assert message.is_waiting


@pytest.mark.django_db
def test_same_fact_with_the_same_content_is_one_row():
    first = announce()

    assert announce() == first
    assert announce(courriel="Elodie@Exemple.FR") == first
    assert OutgoingMessage.objects.get().recipient == "elodie@exemple.fr"


@pytest.mark.django_db
def test_message_already_sent_is_not_queued_again():
    announce()
    OutgoingMessage.objects.update(state=State.SENT, sent_at=timezone.now())

    assert announce().state == State.SENT


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"demarche": "Acte de mariage"}, {"lien": "https://autre/"}])
def test_same_fact_with_another_content_is_refused(change):
    announce()
    before = OutgoingMessage.objects.values().get()

    with pytest.raises(outbox.MessageContradictoire):
        announce(**change)

    assert OutgoingMessage.objects.values().get() == before


@pytest.mark.django_db
def test_contradiction_undoes_the_act_that_announced_it():
    announce()

    with pytest.raises(outbox.MessageContradictoire):
        undone(lambda: announce(fait=2), lambda: announce(fait=1, nom="Quelqu’un d’autre"))

    assert OutgoingMessage.objects.count() == 1


@pytest.mark.django_db
def test_other_facts_and_other_people_are_other_messages():
    announce(fait=1)
    announce(fait=2)
    announce(fait=1, courriel="camille@exemple.fr")

    assert OutgoingMessage.objects.count() == 3
    assert len(set(OutgoingMessage.objects.values_list("uuid", flat=True))) == 3


@pytest.mark.django_db
def test_key_tells_no_address():
    assert "elodie" not in announce().key
    assert "exemple" not in announce().key


@pytest.mark.django_db
def test_message_may_be_held_back():
    tomorrow = timezone.now() + timedelta(days=1)
    announce(send_after=tomorrow)

    assert not OutgoingMessage.objects.due(timezone.now()).exists()
    assert OutgoingMessage.objects.due(tomorrow).exists()


@pytest.mark.django_db
def test_wrong_context_is_refused_and_leaves_nothing():
    with pytest.raises(ValueError, match="prenom"):
        announce(prenom="Élodie")

    assert not OutgoingMessage.objects.exists()


@pytest.mark.django_db
def test_longest_key_fits():
    message = announce(fait=2**63 - 1, courriel=f"{'a' * 64}@{'b' * 180}.fr")

    assert len(message.key) <= 120


@pytest.mark.django_db
def test_oldest_due_message_is_known():
    assert OutgoingMessage.oldest_due() is None
    announce(fait=1, send_after=timezone.now() + timedelta(hours=1))
    assert OutgoingMessage.oldest_due() is None

    old = announce(fait=2, send_after=timezone.now() - timedelta(hours=2))
    announce(fait=3, send_after=timezone.now() - timedelta(hours=1))

    assert OutgoingMessage.oldest_due() == old.due_at
    OutgoingMessage.objects.filter(pk=old.pk).update(state=State.FAILED)
    assert OutgoingMessage.oldest_due() > old.due_at
