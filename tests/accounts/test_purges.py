"""What is removed by itself: accounts never activated, accounts refused, closings that are due."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import beat, registries, tasks
from accounts.errors import LienInvalide
from accounts.models import Changement, Compte, Etat, Foyer, Membre, Personne, RoleMembre
from accounts.services import activation, fermeture, jetons
from portal.audit.models import AuditEvent
from portal.celery import app
from portal.notifications import delivery
from portal.notifications.models import OutgoingMessage, State
from portal.notifications.tasks import BODIES_KEPT
from tests.factories import (
    CompteFactory,
    DemandeFactory,
    DossierFamilleFactory,
    MembreFactory,
    PersonneFactory,
)
from tests.race import race

pytestmark = pytest.mark.django_db


def waiting(days=31, **changes):
    """An account whose activation link nobody followed since `days`."""
    compte = CompteFactory(etat=Etat.A_ACTIVER, foyer=True, **changes)
    Compte.objects.filter(pk=compte.pk).update(created_at=timezone.now() - timedelta(days=days))
    return compte


def refused(days=31):
    return CompteFactory(
        etat=Etat.REFUSE, foyer=True, verification_at=timezone.now() - timedelta(days=days)
    )


def due():
    return CompteFactory(foyer=True, fermeture_demandee_at=timezone.now() - timedelta(days=31))


def run(*args):
    out = StringIO()
    call_command("purger_comptes", *args, stdout=out)
    return out.getvalue()


def test_account_never_activated_goes_with_its_person_and_home():
    waiting()

    assert fermeture.purger().jamais_actives == 1

    for model in (Compte, Personne, Membre, Foyer, Changement):
        assert not model.objects.exists(), model
    assert not OutgoingMessage.objects.exists()
    (line,) = AuditEvent.objects.all()
    assert (line.action, line.details) == ("comptes.jamais_actives_supprimes", {"nombre": 1})


@pytest.mark.parametrize("changes", [{"days": 29}, {"is_staff": True, "personne": None}])
def test_younger_ones_and_agents_stay(changes):
    if changes.pop("is_staff", False):
        compte = CompteFactory(agent=True, etat=Etat.A_ACTIVER)
        Compte.objects.update(created_at=timezone.now() - timedelta(days=99))
    else:
        compte = waiting(**changes)

    assert fermeture.purger().jamais_actives == 0
    assert Compte.objects.filter(pk=compte.pk).exists()


def test_activated_accounts_stay_however_old():
    for etat in (Etat.EN_ATTENTE, Etat.VALIDE):
        CompteFactory(etat=etat, foyer=True)
    Compte.objects.update(created_at=timezone.now() - timedelta(days=900))

    assert fermeture.purger() == fermeture.Bilan(0, 0, 0)
    assert Compte.objects.count() == 2


def test_family_that_was_attached_is_detached_and_stays_the_services():
    compte = waiting()
    foyer = compte.personne.membres.get().foyer
    dossier = DossierFamilleFactory(foyer=foyer, rattachement_at=timezone.now())
    MembreFactory(foyer=foyer, personne__prenoms="Léa")

    fermeture.purger()

    dossier.refresh_from_db()
    assert (dossier.foyer, dossier.rattachement_at) == (None, None)
    assert not Personne.objects.exists()
    assert not Foyer.objects.exists()


def test_child_of_another_home_stays_there():
    zoe = PersonneFactory()
    autre = CompteFactory(foyer=True).personne.membres.get().foyer
    compte = waiting()
    for foyer in (autre, compte.personne.membres.get().foyer):
        MembreFactory(personne=zoe, foyer=foyer)

    fermeture.purger()

    assert zoe.membres.filter(fin=None).get().foyer == autre


def test_home_that_somebody_else_represents_stays():
    camille = CompteFactory(foyer=True)
    foyer = camille.personne.membres.get().foyer
    invite = CompteFactory(etat=Etat.A_ACTIVER, foyer=foyer)
    Compte.objects.filter(pk=invite.pk).update(created_at=timezone.now() - timedelta(days=40))

    fermeture.purger()

    assert Foyer.objects.get().adresse
    assert Membre.objects.get().role == RoleMembre.RESPONSABLE


def test_many_go_in_one_run():
    for _ in range(3):
        waiting()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        CompteFactory.create_batch(120, etat=Etat.A_ACTIVER)
    Compte.objects.update(created_at=timezone.now() - timedelta(days=31))

    assert fermeture.purger().jamais_actives == 123
    assert not Compte.objects.exists()


def test_refused_account_is_closed_without_a_word_and_its_requests_stay():
    compte = refused()
    filed = DemandeFactory(deposee=True, compte=compte)

    assert fermeture.purger() == fermeture.Bilan(fermes=0, refuses=1, jamais_actives=0)

    compte.refresh_from_db()
    filed.refresh_from_db()
    assert (compte.etat, compte.personne, compte.motif_refus) == (Etat.FERME, None, "")
    assert filed.compte_id == compte.pk
    assert not OutgoingMessage.objects.exists()


def test_account_refused_lately_stays():
    refused(days=29)
    assert fermeture.purger().refuses == 0
    assert Personne.objects.exists()


def test_command_says_what_it_did_in_french():
    due()
    waiting()
    refused()

    told = run()

    assert "Comptes fermés à la demande de leur titulaire : 1" in told
    assert "Comptes refusés, fermés : 1" in told
    assert "Comptes jamais activés, effacés : 1" in told
    assert run().count(" : 0") == 3, "a second run finds nothing"


def test_command_simulates():
    for make in (due, waiting, refused):
        make()
    before = list(Compte.objects.order_by("pk").values())

    told = run("--simuler")

    assert "rien n’est effacé" in told
    assert told.count(" : 1") == 3
    assert list(Compte.objects.order_by("pk").values()) == before
    assert not AuditEvent.objects.exists()


def test_command_fails_when_an_account_could_not_be_closed(monkeypatch):
    due()

    def fail(compte):
        raise RuntimeError

    monkeypatch.setattr(registries, "_erasers", [fail])
    with pytest.raises(CommandError, match="erreur : 1"):
        run()
    assert Compte.objects.get().etat == Etat.VALIDE


def test_beat_knows_the_daily_task():
    due()
    (entry,) = beat.SCHEDULE.values()
    app.finalize()
    assert entry["task"] in app.conf.beat_schedule
    tasks.purger_comptes()
    assert Compte.objects.get().etat == Etat.FERME


def test_text_of_the_last_message_is_blanked_in_time():
    """The address of a closed account leaves with the outbox's own purge."""
    due()
    fermeture.purger()
    OutgoingMessage.objects.update(state=State.SENT, sent_at=timezone.now())
    with time_machine.travel(timezone.now() + BODIES_KEPT + timedelta(days=1)):
        assert delivery.purge_bodies(timezone.now() - BODIES_KEPT) == 1
    message = OutgoingMessage.objects.get()
    assert (message.recipient, message.subject, message.body_text) == ("", "", "")


@pytest.mark.django_db(transaction=True)
def test_activation_and_purge_at_once_is_one_or_the_other():
    comptes = [waiting() for _ in range(4)]
    links = {}
    for compte in comptes:
        compte.refresh_from_db()
        links[compte.pk] = jetons.emettre(jetons.ACTIVATION, compte)
    calls = []
    for pk, jeton in links.items():
        calls.append(lambda jeton=jeton: activation.activer(jeton=jeton))
        calls.append(lambda pk=pk: fermeture.supprimer_jamais_active(compte_id=pk))

    results = race(calls)

    for n, compte in enumerate(comptes):
        activated, removed = results[2 * n], results[2 * n + 1]
        row = Compte.objects.filter(pk=compte.pk).first()
        if removed is True:
            assert isinstance(activated, LienInvalide | Compte.DoesNotExist), activated
            assert row is None
            assert not Personne.objects.filter(pk=compte.personne_id).exists()
        else:
            assert isinstance(activated, Compte), activated
            assert row is not None
            assert row.is_active
            assert row.personne.membres.filter(fin=None).count() == 1
