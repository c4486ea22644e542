"""Representing a home together: invited, joined, left."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.errors import (
    AutreAdresse,
    CompteNonValide,
    DejaDansLeFoyer,
    DernierRepresentant,
    InvitationEnCours,
    InvitationReservee,
    InvitationTerminee,
    LienExpire,
    LienInvalide,
    MembreParti,
)
from accounts.models import Changement, Etat, Foyer, Invitation, Membre, RoleMembre
from accounts.queries import entourage
from accounts.services import foyer as foyers
from accounts.services import invitations
from accounts.tasks import purger_comptes
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.factories import CompteFactory, FoyerFactory, MembreFactory, PersonneFactory

pytestmark = pytest.mark.django_db
ADRESSE = "alex@exemple.fr"


@pytest.fixture
def camille():
    return CompteFactory(foyer=True, personne__prenoms="Camille", courriel="camille@exemple.fr")


@pytest.fixture
def alex():
    return CompteFactory(foyer=True, personne__prenoms="Alex", courriel=ADRESSE)


def chez(compte) -> Foyer:
    return Foyer.objects.for_compte(compte).get()


def place(compte) -> Membre:
    return Membre.objects.actifs().get(
        personne=compte.personne, role__in=["responsable", "co_representant"]
    )


def inviter(compte, courriel=ADRESSE, **changes) -> Invitation:
    return invitations.inviter(compte_id=compte.pk, courriel=courriel, **changes)


def accepter(compte, invitation, **changes) -> Foyer:
    return invitations.accepter(compte_id=compte.pk, invitation_id=invitation.pk, **changes)


def enfant(compte, prenoms="Léa", auteur=None) -> Membre:
    personne = PersonneFactory(prenoms=prenoms, date_naissance=date(2017, 5, 2))
    membre = MembreFactory(foyer=chez(compte), personne=personne)
    Changement.objects.create(
        foyer=membre.foyer, membre=membre, auteur=auteur or compte, acte="ajout"
    )
    return membre


def refused(refusal, act) -> None:
    def traces():
        tables = (Membre, Foyer, Changement, Invitation, AuditEvent, OutgoingMessage)
        return [list(table.objects.order_by("pk").values()) for table in tables]

    before = traces()
    with pytest.raises(refusal):
        act()
    assert traces() == before


def test_an_invitation_leaves_by_mail_and_its_author_is_told(camille):
    invitation = inviter(camille)

    sent = {m.code: m for m in OutgoingMessage.objects.all()}
    assert sent["invitation_foyer"].recipient == ADRESSE
    assert "Camille M. vous invite" in sent["invitation_foyer"].subject
    assert f"/entourage/invitation/{invitations.jeton(invitation)}/" in (
        sent["invitation_foyer"].body_text
    )
    assert sent["invitation_envoyee"].recipient == camille.courriel


def test_the_mail_is_the_same_whether_the_address_has_an_account_or_not(camille, alex):
    for courriel in (ADRESSE, "personne@exemple.fr"):
        inviter(camille, courriel)

    texts = {
        m.recipient: m.body_text.split("http")[0]
        for m in OutgoingMessage.objects.filter(code="invitation_foyer")
    }
    assert texts[ADRESSE] == texts["personne@exemple.fr"]


def test_only_the_validated_responsable_invites(camille):
    second = CompteFactory(foyer=chez(camille))
    refused(InvitationReservee, lambda: inviter(second))
    waiting = CompteFactory(foyer=True, en_attente=True)
    refused(CompteNonValide, lambda: inviter(waiting))


def test_one_living_invitation_an_address(camille):
    inviter(camille)

    refused(InvitationEnCours, lambda: inviter(camille, ADRESSE.upper()))


def test_an_expired_one_makes_room(camille, settings):
    old = inviter(camille)
    with time_machine.travel(timezone.now() + settings.DUREE_INVITATION + timedelta(minutes=1)):
        new = inviter(camille)
        assert list(Invitation.objects.en_cours()) == [new]
    old.refresh_from_db()
    assert old.annulee_at is not None


def test_who_represents_the_home_is_not_invited(camille):
    second = CompteFactory(foyer=chez(camille))
    for courriel in (camille.courriel, second.courriel.upper()):
        refused(DejaDansLeFoyer, lambda courriel=courriel: inviter(camille, courriel))


@pytest.mark.parametrize("role", [RoleMembre.ENFANT, RoleMembre.CONTACT])
def test_only_an_adult_s_entry_can_be_replaced(camille, role):
    membre = MembreFactory(foyer=chez(camille), role=role)
    refused(MembreParti, lambda: inviter(camille, membre_id=membre.pk))


def test_a_link_says_what_it_is_worth(camille, settings):
    invitation = inviter(camille)
    jeton = invitations.jeton(invitation)

    assert invitations.lire(jeton) == invitation
    with pytest.raises(LienInvalide):
        invitations.lire(jeton[:-1])
    with (
        time_machine.travel(timezone.now() + settings.DUREE_INVITATION + timedelta(minutes=1)),
        pytest.raises(LienExpire),
    ):
        invitations.lire(jeton)
    invitations.retirer(compte_id=camille.pk, invitation_id=invitation.pk)
    with pytest.raises(InvitationTerminee):
        invitations.lire(jeton)


def test_withdrawn_once_and_by_its_home(camille, alex):
    invitation = inviter(camille)
    refused(
        InvitationTerminee,
        lambda: invitations.retirer(compte_id=alex.pk, invitation_id=invitation.pk),
    )
    invitations.retirer(compte_id=camille.pk, invitation_id=invitation.pk)
    refused(
        InvitationTerminee,
        lambda: invitations.retirer(compte_id=camille.pk, invitation_id=invitation.pk),
    )


def test_accepting_moves_the_account_and_both_are_told(camille, alex):
    lea, ancien = enfant(camille), chez(alex)
    invitation = inviter(camille)
    OutgoingMessage.objects.all().delete()

    accepter(alex, invitation)

    assert chez(alex) == chez(camille)
    assert place(alex).role == RoleMembre.CO_REPRESENTANT
    assert not ancien.membres.actifs().exists()
    assert lea in Membre.objects.for_compte(alex)
    assert {m.recipient for m in OutgoingMessage.objects.all()} == {ADRESSE, camille.courriel}
    assert AuditEvent.objects.filter(action="foyer.rejoint").count() == 1


def test_it_replaces_the_adult_s_entry_it_names(camille, alex):
    entree = MembreFactory(foyer=chez(camille), role=RoleMembre.ADULTE)
    accepter(alex, inviter(camille, membre_id=entree.pk))

    entree.refresh_from_db()
    assert entree.fin == timezone.localdate()
    adultes = entourage.famille(camille).adultes
    assert [vu.personne for vu in adultes] == [camille.personne, alex.personne]


def test_a_link_serves_once(camille, alex):
    invitation = inviter(camille)
    accepter(alex, invitation)

    refused(DejaDansLeFoyer, lambda: accepter(alex, invitation))


def test_only_the_invited_address_accepts(camille):
    invitation = inviter(camille)
    stranger = CompteFactory(foyer=True)

    refused(AutreAdresse, lambda: accepter(stranger, invitation))


def test_the_case_of_an_address_does_not_count(camille, alex):
    accepter(alex, inviter(camille, "Alex@Exemple.fr"))

    assert chez(alex) == chez(camille)


def test_not_before_the_town_hall_has_looked(camille, alex):
    alex.etat = Etat.EN_ATTENTE
    alex.save()
    invitation = inviter(camille)

    refused(CompteNonValide, lambda: accepter(alex, invitation))


def test_nobody_enters_a_home_whose_author_has_left_it(camille, alex):
    invitation = inviter(camille)
    Membre.objects.filter(personne=camille.personne).update(fin=timezone.localdate())

    refused(InvitationTerminee, lambda: accepter(alex, invitation))
    with pytest.raises(InvitationTerminee):
        invitations.lire(invitations.jeton(invitation))


def test_children_come_along_when_asked(camille, alex):
    zoe, tom = enfant(alex, "Zoé"), enfant(alex, "Tom")
    ancien = chez(alex)

    accepter(alex, inviter(camille), emmenes=[zoe.pk])

    ici = entourage.famille(camille).enfants
    assert [vu.personne for vu in ici] == [zoe.personne]
    assert not ancien.membres.actifs().exists()  # nobody represents it: Tom's place ended too
    tom.refresh_from_db()
    assert tom.fin == timezone.localdate()


def test_children_stay_with_who_stays(camille, alex):
    zoe = enfant(alex, "Zoé")
    reste = CompteFactory(foyer=chez(alex))
    invitation = inviter(camille)

    assert invitations.emmenables(alex) == []
    refused(MembreParti, lambda: accepter(alex, invitation, emmenes=[zoe.pk]))
    accepter(alex, invitation)

    assert chez(reste) == zoe.foyer
    assert place(reste).role == RoleMembre.RESPONSABLE
    zoe.refresh_from_db()
    assert zoe.fin is None


def test_a_child_that_somebody_else_entered_does_not_come_along(camille, alex):
    enfant(alex, "Tom", auteur=CompteFactory())
    zoe = enfant(alex, "Zoé")

    assert invitations.emmenables(alex) == [zoe]


def test_a_child_of_both_homes_is_there_once(camille, alex):
    lea = enfant(camille)
    chez_alex = MembreFactory(foyer=chez(alex), personne=lea.personne)

    accepter(alex, inviter(camille), emmenes=[chez_alex.pk])

    assert [vu.pk for vu in entourage.famille(alex).enfants] == [lea.pk]


def test_a_co_representative_leaves_for_an_own_home(camille, alex):
    lea = enfant(camille)
    accepter(alex, inviter(camille))

    nouveau = foyers.quitter(compte_id=alex.pk)

    assert chez(alex) == nouveau != chez(camille)
    assert nouveau.adresse == chez(camille).adresse
    assert place(alex).role == RoleMembre.RESPONSABLE
    assert lea not in Membre.objects.for_compte(alex)
    assert entourage.famille(camille).autres_representants == []


def test_the_one_who_stays_becomes_responsable_and_is_told(camille, alex):
    accepter(alex, inviter(camille))
    pending = inviter(camille, "autre@exemple.fr")
    OutgoingMessage.objects.all().delete()

    foyers.quitter(compte_id=camille.pk)

    assert place(alex).role == RoleMembre.RESPONSABLE
    told = OutgoingMessage.objects.get(recipient=ADRESSE)
    assert "Vous en êtes le responsable" in told.body_text
    pending.refresh_from_db()
    assert pending.annulee_at is not None


def test_a_home_is_not_left_without_anybody(camille):
    enfant(camille)
    refused(DernierRepresentant, lambda: foyers.quitter(compte_id=camille.pk))


def test_who_comes_later_sees_nothing_earlier(camille, alex):
    lea = enfant(camille)
    accepter(alex, inviter(camille))
    Changement.objects.create(foyer=chez(camille), membre=lea, acte="modification", sujet="Léa")

    assert [c.acte for c in entourage.historique(alex)] == ["modification", "arrivee"]
    assert [c.acte for c in entourage.lignes_de(alex, lea.pk)] == ["modification"]
    assert entourage.historique(camille).count() > 2


def test_who_leaves_sees_nothing_later(camille, alex):
    accepter(alex, inviter(camille))
    foyers.quitter(compte_id=alex.pk)
    Changement.objects.create(foyer=chez(camille), acte="modification", sujet="Léa")

    assert [c.acte for c in entourage.historique(alex)] == ["arrivee"]


def test_ended_invitations_are_forgotten_with_their_address():
    foyer, now = FoyerFactory(), timezone.now()
    auteur = CompteFactory(foyer=foyer)

    def invitation(courriel, **fields):
        fields = {"expire_at": now + timedelta(days=7)} | fields
        return Invitation.objects.create(foyer=foyer, auteur=auteur, courriel=courriel, **fields)

    long_ago = now - timedelta(days=40)
    for rank, field in enumerate(("acceptee_at", "annulee_at", "expire_at")):
        invitation(f"vieux{rank}@exemple.fr", **{field: long_ago})
        invitation(f"neuf{rank}@exemple.fr", **{field: now - timedelta(days=1)})
    invitation("attend@exemple.fr")

    purger_comptes()

    kept = set(Invitation.objects.values_list("courriel", flat=True))
    assert kept == {"neuf0@exemple.fr", "neuf1@exemple.fr", "neuf2@exemple.fr", "attend@exemple.fr"}
