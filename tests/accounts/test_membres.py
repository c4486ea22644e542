"""Members of a home: added, changed, born, removed, with their history; each refusal leaves
nothing.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from accounts.errors import (
    AConfirmer,
    AjoutNonOuvert,
    CompteNonValide,
    DejaNe,
    FicheDuTitulaire,
    FichePartagee,
    MembreParti,
    RepresentantNonRetirable,
)
from accounts.models import (
    AutorisationSortie,
    Changement,
    Foyer,
    Invitation,
    Membre,
    Personne,
    RoleMembre,
)
from accounts.services import foyer as foyers
from accounts.services import membres
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.factories import CompteFactory, FoyerFactory, MembreFactory, PersonneFactory

pytestmark = pytest.mark.django_db
LEA = {"prenoms": "Léa", "nom_naissance": "Martin", "date_naissance": date(2017, 5, 2)}


@pytest.fixture
def camille():
    return CompteFactory(
        foyer=True,
        courriel="camille@exemple.fr",
        personne__date_naissance=date(1984, 11, 24),
        personne__prenoms="Camille",
    )


def chez(compte) -> Foyer:
    return Foyer.objects.for_compte(compte).get()


def declarer(compte, role=RoleMembre.ENFANT, champs=LEA, **changes) -> Membre:
    return membres.declarer(
        **{"compte_id": compte.pk, "role": role, "champs": champs, "envoi": uuid4()} | changes
    )


def enfant(compte, **personne) -> Membre:
    return MembreFactory(foyer=chez(compte), personne=PersonneFactory(**(LEA | personne)))


def contact(compte, **personne) -> Membre:
    return MembreFactory(
        foyer=chez(compte), role=RoleMembre.CONTACT, personne=PersonneFactory(**personne)
    )


def traces() -> tuple[int, ...]:
    """What an act leaves behind."""
    tables = (Membre, Personne, Foyer, Changement, AutorisationSortie, AuditEvent, OutgoingMessage)
    return tuple(table.objects.count() for table in tables)


@pytest.fixture
def nothing_left():
    """Compare what is there after a refusal with what was there before."""

    def check(refusal, act):
        before = traces()
        with pytest.raises(refusal):
            act()
        assert traces() == before

    return check


def test_a_child_is_added_with_its_line_its_journal_and_a_mail(camille):
    lea = declarer(camille)

    assert (lea.foyer, lea.role) == (chez(camille), RoleMembre.ENFANT)
    ligne = lea.changements.get()
    assert (ligne.acte, ligne.sujet, ligne.auteur) == ("ajout", "Léa Martin", camille)
    assert {"libelle": "Date de naissance", "ancien": "", "nouveau": "02/05/2017"} in ligne.details
    assert AuditEvent.objects.get(action="foyer.membre_ajoute").target_id == str(lea.pk)
    message = OutgoingMessage.objects.get()
    assert (message.recipient, message.code) == ("camille@exemple.fr", "foyer_change")
    assert "Vous avez ajouté Léa Martin" in message.body_text


def test_an_account_older_than_homes_gets_one(nothing_left):
    noe = CompteFactory()

    declarer(noe)

    moi = Membre.objects.get(personne=noe.personne)
    assert moi.role == RoleMembre.RESPONSABLE
    assert moi.foyer.membres.count() == 2


def test_the_same_form_sent_twice_adds_one_member(camille):
    envoi = uuid4()

    first = declarer(camille, envoi=envoi)
    again = declarer(camille, envoi=envoi)

    assert again == first
    assert OutgoingMessage.objects.count() == Changement.objects.count() == 1


def test_the_same_form_with_another_child_adds_that_one_too(camille):
    envoi = uuid4()

    declarer(camille, envoi=envoi)
    declarer(camille, envoi=envoi, champs=LEA | {"prenoms": "Tom"})

    assert chez(camille).membres.filter(role=RoleMembre.ENFANT).count() == 2


@pytest.mark.parametrize("etat", ["en_attente", "a_activer", "refuse"])
def test_nobody_changes_a_home_before_the_town_hall_has_looked(nothing_left, etat):
    noe = CompteFactory(foyer=True, etat=etat)
    lea = enfant(noe)

    nothing_left(CompteNonValide, lambda: declarer(noe))
    for act in (
        lambda: membres.modifier(compte_id=noe.pk, membre_id=lea.pk, champs={"ecole": "X"}),
        lambda: membres.retirer(compte_id=noe.pk, membre_id=lea.pk),
        lambda: membres.naitre(compte_id=noe.pk, membre_id=lea.pk, champs={}),
        lambda: foyers.quitter(compte_id=noe.pk),
    ):
        nothing_left(CompteNonValide, act)


@pytest.mark.parametrize(
    ("role", "genre"),
    [("adulte", "adulte"), ("enfant", "enfant"), ("a_naitre", "enfant"), ("contact", "contact")],
)
def test_the_town_closes_direct_adding_by_kind(camille, nothing_left, settings, role, genre):
    settings.AJOUT_DIRECT = frozenset({"adulte", "enfant", "contact"} - {genre})

    nothing_left(AjoutNonOuvert, lambda: declarer(camille, role))


def test_a_child_older_than_the_parent_must_be_confirmed(camille, nothing_left):
    old = LEA | {"date_naissance": date(1984, 11, 24)}

    nothing_left(AConfirmer, lambda: declarer(camille, champs=old))
    with pytest.raises(AConfirmer) as refusal:
        declarer(camille, champs=old)
    assert set(refusal.value.points) == {"parent"}
    assert "Camille Martin" in refusal.value.points["parent"]

    assert declarer(camille, champs=old, confirmes=["parent"]).pk


@pytest.mark.parametrize(
    "again",
    [LEA, LEA | {"prenoms": "LEA"}, LEA | {"prenoms": "Le a", "nom_naissance": "MARTIN"}],
)
def test_the_same_child_twice_must_be_confirmed(camille, nothing_left, again):
    declarer(camille)

    nothing_left(AConfirmer, lambda: declarer(camille, champs=again))
    assert declarer(camille, champs=again, confirmes=["doublon"]).pk


def test_twins_are_not_the_same_child(camille):
    declarer(camille)

    assert declarer(camille, champs=LEA | {"prenoms": "Tom"}).pk


def test_the_same_child_in_another_home_is_nobody_s_business(camille):
    enfant(CompteFactory(foyer=True))

    assert declarer(camille).pk


def test_what_changed_is_told_with_old_and_new_values(camille):
    lea = enfant(camille, ecole="Jules-Ferry")

    membres.modifier(compte_id=camille.pk, membre_id=lea.pk, champs=LEA | {"ecole": "Les Tilleuls"})

    assert Changement.objects.get().details == [
        {"libelle": "École", "ancien": "Jules-Ferry", "nouveau": "Les Tilleuls"}
    ]
    assert (
        "modifié une fiche de votre entourage : Léa Martin"
        in OutgoingMessage.objects.get().body_text
    )


def test_a_family_entered_at_once_is_acknowledged_once(camille):
    declarer(camille)
    declarer(camille, champs=LEA | {"prenoms": "Tom"})

    message = OutgoingMessage.objects.get()
    assert "dans l’historique du foyer" in message.body_text
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        declarer(camille, champs=LEA | {"prenoms": "Zoé"})
    assert OutgoingMessage.objects.count() == 2


def test_a_change_of_nothing_leaves_no_line_and_no_mail(camille):
    lea = enfant(camille)
    before = traces()

    membres.modifier(compte_id=camille.pk, membre_id=lea.pk, champs=LEA)

    assert traces() == before


def test_a_contact_picks_up_children_of_the_home_only(camille, nothing_left):
    lea, tom = enfant(camille), enfant(camille, prenoms="Tom")
    ailleurs = enfant(CompteFactory(foyer=True))
    champs = {"prenoms": "Odile", "nom_naissance": "N", "telephone_mobile": "+33639980002"}

    nothing_left(
        MembreParti,
        lambda: declarer(camille, RoleMembre.CONTACT, champs, enfants=[lea.pk, ailleurs.pk]),
    )
    odile = declarer(camille, RoleMembre.CONTACT, champs, enfants=[lea.pk, tom.pk])
    assert {a.enfant for a in odile.autorisations_recues.all()} == {lea, tom}
    assert odile.changements.get().details[-1]["nouveau"] == "Léa, Tom"

    membres.modifier(compte_id=camille.pk, membre_id=odile.pk, champs={}, enfants=[tom.pk])

    assert [a.enfant for a in odile.autorisations_recues.all()] == [tom]
    last = Changement.objects.latest("id").details
    assert last == [{"libelle": "Peut venir chercher", "ancien": "Léa, Tom", "nouveau": "Tom"}]


def test_a_birth_turns_the_expected_child_into_a_born_one(camille):
    demain = timezone.localdate() + timedelta(days=1)
    bebe = declarer(
        camille, RoleMembre.A_NAITRE, {"nom_naissance": "Martin", "naissance_prevue": demain}
    )
    assert str(bebe.personne) == "Bébé à naître (Martin)"
    ne = {"prenoms": "Zoé", "nom_naissance": "Martin", "date_naissance": timezone.localdate()}

    membres.naitre(compte_id=camille.pk, membre_id=bebe.pk, champs=ne)

    bebe.refresh_from_db()
    bebe.personne.refresh_from_db()
    assert bebe.role == RoleMembre.ENFANT
    assert (bebe.personne.prenoms, bebe.personne.naissance_prevue) == ("Zoé", None)
    assert [c.acte for c in bebe.changements.order_by("id")] == ["ajout", "naissance"]
    with pytest.raises(DejaNe):
        membres.naitre(compte_id=camille.pk, membre_id=bebe.pk, champs=ne)


def test_who_is_removed_goes_with_the_pick_ups_and_stays_in_the_history(camille):
    lea, odile = enfant(camille), contact(camille)
    AutorisationSortie.objects.create(contact=odile, enfant=lea)

    membres.retirer(compte_id=camille.pk, membre_id=lea.pk)

    lea.refresh_from_db()
    assert lea.fin == timezone.localdate()
    assert not AutorisationSortie.objects.exists()
    assert [c.acte for c in lea.changements.all()] == ["depart"]


def test_an_adult_who_is_removed_cannot_come_in_by_the_invitation(camille):
    adulte = MembreFactory(foyer=chez(camille), role=RoleMembre.ADULTE)
    invitation = Invitation.objects.create(
        foyer=chez(camille),
        auteur=camille,
        membre=adulte,
        courriel="a@exemple.fr",
        expire_at=timezone.now() + timedelta(days=1),
    )

    membres.retirer(compte_id=camille.pk, membre_id=adulte.pk)

    invitation.refresh_from_db()
    assert invitation.annulee_at is not None


def test_nobody_puts_a_representative_out(camille, nothing_left):
    other = CompteFactory(foyer=chez(camille))
    for compte in (camille, other):
        moi = Membre.objects.get(personne=compte.personne)
        nothing_left(
            RepresentantNonRetirable,
            lambda moi=moi: membres.retirer(compte_id=camille.pk, membre_id=moi.pk),
        )


def test_another_home_s_member_is_nobody_here(camille, nothing_left):
    lea = enfant(CompteFactory(foyer=True))

    for act in (
        lambda: membres.modifier(compte_id=camille.pk, membre_id=lea.pk, champs={"ecole": "X"}),
        lambda: membres.retirer(compte_id=camille.pk, membre_id=lea.pk),
        lambda: membres.naitre(compte_id=camille.pk, membre_id=lea.pk, champs={}),
    ):
        nothing_left(MembreParti, act)


def test_who_has_an_account_describes_oneself(camille, nothing_left):
    other = Membre.objects.get(personne=CompteFactory(foyer=chez(camille)).personne)

    nothing_left(
        FicheDuTitulaire,
        lambda: membres.modifier(compte_id=camille.pk, membre_id=other.pk, champs={"prenoms": "X"}),
    )


def test_a_child_of_two_homes_is_described_by_the_town_hall(camille, nothing_left):
    lea = enfant(camille)
    elsewhere = MembreFactory(foyer=FoyerFactory(), personne=lea.personne)

    nothing_left(
        FichePartagee,
        lambda: membres.modifier(compte_id=camille.pk, membre_id=lea.pk, champs={"ecole": "X"}),
    )

    membres.retirer(compte_id=camille.pk, membre_id=lea.pk)
    elsewhere.refresh_from_db()
    assert elsewhere.fin is None
