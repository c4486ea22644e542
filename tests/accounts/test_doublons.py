"""Which accounts look like one resident's twice (J3), which entries like one child's twice (C5)."""

from datetime import date

import pytest
from django.utils import timezone

from accounts.models import Etat, RoleMembre
from accounts.queries import doublons
from accounts.queries.doublons import ADRESSE, COURRIEL, IDENTITE, Doublon
from tests.factories import CompteFactory, FoyerFactory, MembreFactory, PersonneFactory

pytestmark = pytest.mark.django_db

NEE = date(1984, 2, 29)


def account(nom="N’Guyen", prenoms="Élodie", naissance=NEE, usage="", contact="", **champs):
    personne = PersonneFactory(
        nom_naissance=nom,
        nom_usage=usage,
        prenoms=prenoms,
        date_naissance=naissance,
        courriel=contact,
    )
    return CompteFactory(personne=personne, **champs)


def alike(compte) -> list[tuple[int, tuple[str, ...]]]:
    return [(d.autre_id, d.motifs) for d in doublons.de(compte.pk)]


@pytest.mark.parametrize(
    ("nom", "prenoms", "usage"),
    [
        ("N’Guyen", "Élodie", ""),
        ("NGUYEN", "ELODIE", ""),
        ("n'guyen", "elodie", ""),
        ("N'guyen", "Élodie, Marie", ""),
        ("Durand", "Élodie", "N’Guyen"),  # one typed the everyday name
    ],
)
def test_same_name_and_birth_date(nom, prenoms, usage):
    compte, autre = account(), account(nom, prenoms, usage=usage)
    assert alike(compte) == [(autre.pk, (IDENTITE,))]
    assert alike(autre) == [(compte.pk, (IDENTITE,))]


@pytest.mark.parametrize(
    ("nom", "prenoms", "naissance"),
    [
        ("N’Guyen", "Élodie", date(1984, 2, 28)),
        ("N’Guyen", "Léa", NEE),  # a twin
        ("Martin", "Élodie", NEE),
        ("N’Guyen", "Élodie", None),
    ],
)
def test_another_person(nom, prenoms, naissance):
    compte = account()
    account(nom, prenoms, naissance)
    assert alike(compte) == []


def test_names_in_other_letters_are_compared_too():
    compte, autre = account("Иванова", "Анна"), account("Петрова", "Анна")
    same = account("ИВАНОВА", "АННА")
    assert alike(compte) == [(same.pk, (IDENTITE,))]
    assert alike(autre) == []


def test_same_email_as_login_or_contact():
    compte = account("A", naissance=None, courriel="Une@Exemple.fr", contact="deux@exemple.fr")
    login = account("B", naissance=None, courriel="DEUX@exemple.fr")
    contact = account("C", naissance=None, contact="une@exemple.fr")
    both = account("D", naissance=None, contact="Deux@exemple.fr")
    account("E", naissance=None, courriel="trois@exemple.fr")
    assert sorted(alike(compte)) == sorted((c.pk, (COURRIEL,)) for c in (login, contact, both))


def test_no_email_is_not_the_same_email():
    compte = account("A", naissance=None)
    account("B", naissance=None)
    assert alike(compte) == []


def test_same_address_written_otherwise():
    compte = account("A", foyer=FoyerFactory(voie="12 rue d’Anjou"))
    autre = account("B", foyer=FoyerFactory(voie="12, RUE D'ANJOU"))
    account("C", foyer=FoyerFactory(voie="12 rue d’Anjou", code_postal="44000"))
    account("D", foyer=FoyerFactory(voie="13 rue d’Anjou"))
    (found,) = doublons.de(compte.pk)
    assert found == Doublon(autre.pk, (ADRESSE,))
    assert not found.is_probable


def test_other_flats_of_a_building_are_others():
    compte = account("A", foyer=FoyerFactory(complement="Appartement 1"))
    account("B", foyer=FoyerFactory(complement="Appartement 2"))
    unknown = account("C", foyer=FoyerFactory(complement=""))
    assert alike(compte) == [(unknown.pk, (ADRESSE,))]


def test_people_of_one_home_and_homes_without_address_are_not_alike():
    foyer = FoyerFactory()
    compte, _other = account("A", foyer=foyer), account("B", foyer=foyer)
    assert alike(compte) == []
    nowhere = [account(nom, foyer=FoyerFactory(voie="", commune="")) for nom in ("C", "D")]
    assert alike(nowhere[0]) == []


def test_reasons_add_up_and_the_most_alike_come_first():
    compte = account(foyer=FoyerFactory())
    neighbour = account("B", naissance=None, foyer=FoyerFactory())
    same = account(foyer=FoyerFactory(), contact=compte.courriel)
    mail = account("C", naissance=None, contact=compte.courriel)
    assert alike(compte) == [
        (same.pk, (IDENTITE, COURRIEL, ADRESSE)),
        (mail.pk, (COURRIEL,)),
        (neighbour.pk, (ADRESSE,)),
    ]


@pytest.mark.parametrize("etat", [Etat.A_ACTIVER, Etat.FERME])
def test_accounts_never_activated_or_closed_are_left_out(etat):
    compte = account()
    account(etat=etat)
    assert alike(compte) == []


def test_agents_are_left_out():
    compte = account()
    CompteFactory(agent=True, etat=Etat.VALIDE)
    account(is_staff=True)
    assert alike(compte) == []


def test_many_at_once_in_one_statement(max_queries):
    pairs = [(account(nom), account(nom)) for nom in ("A", "B", "C")]
    with max_queries() as queries:
        found = doublons.de_plusieurs([c.pk for c, _autre in pairs])
    assert queries.count == 1
    assert {pk: [d.autre_id for d in ds] for pk, ds in found.items()} == {
        compte.pk: [autre.pk] for compte, autre in pairs
    }
    assert doublons.de_plusieurs([]) == {}


def child(prenoms="Léa", naissance=date(2017, 5, 2), nom="Martin", **champs):
    personne = PersonneFactory(prenoms=prenoms, nom_naissance=nom, date_naissance=naissance)
    return MembreFactory(personne=personne, **champs)


def test_entries_of_one_child():
    enfant = child()
    same = child("LEA", nom="MARTIN")
    child("Léo")
    child(naissance=date(2017, 5, 3))
    child(nom="Durand")
    child(foyer=enfant.foyer)  # in the same home: none of the clerk's
    child(role=RoleMembre.ADULTE)
    child(fin=timezone.localdate())
    assert doublons.entrees_du_meme_enfant(enfant.pk) == [same.pk]
    assert doublons.entrees_du_meme_enfant(0) == []


def test_entries_already_linked_are_not_offered():
    enfant = child()
    MembreFactory(personne=enfant.personne)
    assert doublons.entrees_du_meme_enfant(enfant.pk) == []
