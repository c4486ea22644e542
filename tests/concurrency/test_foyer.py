"""Many at once on one home: one form one member, one link one arrival, one account one home."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import uuid4

import pytest

from accounts.errors import DejaDansLeFoyer, InvitationEnCours, InvitationTerminee
from accounts.models import Changement, Foyer, Invitation, Membre, RoleMembre
from accounts.services import foyer as foyers
from accounts.services import invitations, membres
from portal.notifications.models import OutgoingMessage
from tests.factories import CompteFactory
from tests.race import race

pytestmark = pytest.mark.django_db(transaction=True)
LEA = {"prenoms": "Léa", "nom_naissance": "Martin", "date_naissance": date(2017, 5, 2)}
ADRESSE = "alex@exemple.fr"


def chez(compte) -> Foyer:
    return Foyer.objects.for_compte(compte).get()


def test_one_form_sent_many_times_adds_one_member():
    camille, envoi = CompteFactory(foyer=True), uuid4()
    declare = partial(
        membres.declarer, compte_id=camille.pk, role="enfant", champs=LEA, envoi=envoi
    )

    results = race([declare] * 6)

    assert len({membre.pk for membre in results}) == 1
    assert chez(camille).membres.filter(role="enfant").count() == 1
    assert Changement.objects.count() == OutgoingMessage.objects.count() == 1


def test_an_account_older_than_homes_gets_one_home():
    camille = CompteFactory()
    calls = [
        partial(
            membres.declarer,
            compte_id=camille.pk,
            role="enfant",
            champs=LEA | {"prenoms": prenoms},
            envoi=uuid4(),
        )
        for prenoms in ("Léa", "Tom", "Zoé")
    ]

    race(calls)

    assert chez(camille).membres.count() == 4


def test_both_parents_entering_one_child_at_once_are_asked():
    camille = CompteFactory(foyer=True)
    alex = CompteFactory(foyer=chez(camille))

    race(
        [
            partial(membres.declarer, compte_id=c.pk, role="enfant", champs=LEA, envoi=uuid4())
            for c in (camille, alex)
        ]
    )

    assert chez(camille).membres.filter(role="enfant").count() == 1


def test_one_link_taken_by_two_accounts_at_once_opens_to_one(monkeypatch):
    """Two accounts never have the invited e-mail both: the guard is tried without that rule."""
    monkeypatch.setattr(invitations, "est_la_sienne", lambda invitation, compte: True)
    camille = CompteFactory(foyer=True)
    invitation = invitations.inviter(compte_id=camille.pk, courriel=ADRESSE)
    others = CompteFactory.create_batch(4, foyer=True)

    results = race(
        [partial(invitations.accepter, compte_id=c.pk, invitation_id=invitation.pk) for c in others]
    )

    assert sum(isinstance(result, InvitationTerminee) for result in results) == 3
    assert chez(camille).membres.filter(role=RoleMembre.CO_REPRESENTANT).count() == 1


def test_accepting_twice_at_once_arrives_once():
    camille = CompteFactory(foyer=True)
    alex = CompteFactory(foyer=True, courriel=ADRESSE)
    invitation = invitations.inviter(compte_id=camille.pk, courriel=ADRESSE)
    accept = partial(invitations.accepter, compte_id=alex.pk, invitation_id=invitation.pk)

    results = race([accept] * 4)

    refusals = [r for r in results if isinstance(r, DejaDansLeFoyer | InvitationTerminee)]
    assert len(refusals) == 3
    assert Changement.objects.filter(foyer=chez(camille), acte="arrivee").count() == 1


def test_two_homes_that_invite_one_account_get_it_one_after_the_other():
    hosts = CompteFactory.create_batch(2, foyer=True)
    alex = CompteFactory(foyer=True, courriel=ADRESSE)
    sent = [invitations.inviter(compte_id=h.pk, courriel=ADRESSE) for h in hosts]

    results = race(
        [partial(invitations.accepter, compte_id=alex.pk, invitation_id=i.pk) for i in sent]
    )

    assert all(isinstance(result, Foyer) for result in results)
    assert chez(alex) in [chez(host) for host in hosts]


def test_two_homes_that_invite_each_other_do_not_wait_for_each_other():
    camille = CompteFactory(foyer=True, courriel="camille@exemple.fr")
    alex = CompteFactory(foyer=True, courriel=ADRESSE)
    to_alex = invitations.inviter(compte_id=camille.pk, courriel=ADRESSE)
    to_camille = invitations.inviter(compte_id=alex.pk, courriel=camille.courriel)

    results = race(
        [
            partial(invitations.accepter, compte_id=alex.pk, invitation_id=to_alex.pk),
            partial(invitations.accepter, compte_id=camille.pk, invitation_id=to_camille.pk),
        ]
    )

    # Who comes second finds that the author of its invitation has left that home.
    assert sum(isinstance(result, Foyer) for result in results) == 1
    assert chez(alex) == chez(camille)


def test_withdrawn_or_accepted_never_both():
    camille = CompteFactory(foyer=True)
    alex = CompteFactory(foyer=True, courriel=ADRESSE)
    invitation = invitations.inviter(compte_id=camille.pk, courriel=ADRESSE)

    results = race(
        [
            partial(invitations.retirer, compte_id=camille.pk, invitation_id=invitation.pk),
            partial(invitations.accepter, compte_id=alex.pk, invitation_id=invitation.pk),
        ]
    )

    assert sum(isinstance(result, InvitationTerminee) for result in results) == 1
    invitation.refresh_from_db()
    assert (invitation.acceptee_at is None) != (invitation.annulee_at is None)


def test_one_invitation_an_address():
    camille = CompteFactory(foyer=True)

    results = race([partial(invitations.inviter, compte_id=camille.pk, courriel=ADRESSE)] * 4)

    assert sum(isinstance(result, InvitationEnCours) for result in results) == 3
    assert Invitation.objects.count() == 1


def test_both_representatives_leaving_at_once_do_not_leave_the_home_alone():
    camille = CompteFactory(foyer=True)
    foyer = chez(camille)
    alex = CompteFactory(foyer=foyer)

    race([partial(foyers.quitter, compte_id=c.pk) for c in (camille, alex)])

    left = Membre.objects.actifs().filter(foyer=foyer)
    assert [membre.role for membre in left] == [RoleMembre.RESPONSABLE]
