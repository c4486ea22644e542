"""What the table of accounts refuses by itself, and what a role may do."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Compte, Etat, Personne, Role
from tests.factories import CompteFactory, PersonneFactory, ServiceFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("identifiant", ["abc", "a.b-c_9", "0123", "a" * 30, "---"])
def test_identifiant_that_is_accepted(identifiant):
    assert CompteFactory(identifiant=identifiant).pk


@pytest.mark.parametrize(
    "identifiant",
    ["", "ab", "Elodie", "élodie", "elo die", "elodie@exemple.fr", "elodie\n", "elo'die", "😀😀😀"],
)
def test_identifiant_that_the_table_refuses(identifiant):
    with pytest.raises(IntegrityError, match="compte_identifiant_forme"), transaction.atomic():
        CompteFactory(identifiant=identifiant)

    assert not Compte.objects.exists()


def test_refused_identifiant_is_told_in_french():
    with pytest.raises(ValidationError) as refusal:
        CompteFactory.build(identifiant="Élodie").clean_fields(exclude=["personne"])

    (message,) = refusal.value.message_dict["identifiant"]
    assert message.startswith("De 3 à 30 lettres minuscules sans accent")


def test_identifiant_is_taken_once():
    CompteFactory(identifiant="elodie")
    with pytest.raises(IntegrityError), transaction.atomic():
        CompteFactory(identifiant="elodie")
    with pytest.raises(ValidationError, match="Cet identifiant est déjà pris"):
        CompteFactory.build(identifiant="elodie").validate_unique()


ACTIVATED = [Etat.EN_ATTENTE, Etat.VALIDE]


@pytest.mark.parametrize("first", ACTIVATED)
@pytest.mark.parametrize("second", ACTIVATED)
def test_address_is_one_account_s_once_activated(first, second):
    CompteFactory(courriel="elodie@exemple.fr", etat=first)

    with pytest.raises(IntegrityError, match="compte_courriel_unique"), transaction.atomic():
        CompteFactory(courriel="ELODIE@Exemple.fr", etat=second)


def test_two_may_type_the_same_address_until_one_is_activated():
    first = CompteFactory(courriel="elodie@exemple.fr", etat=Etat.A_ACTIVER)
    second = CompteFactory(courriel="Elodie@exemple.fr", etat=Etat.A_ACTIVER)
    Compte.objects.filter(pk=first.pk).update(etat=Etat.VALIDE)

    with pytest.raises(IntegrityError, match="compte_courriel_unique"), transaction.atomic():
        Compte.objects.filter(pk=second.pk).update(etat=Etat.EN_ATTENTE)


def test_address_of_a_closed_account_is_free_again():
    CompteFactory(courriel="elodie@exemple.fr", etat=Etat.FERME)

    assert CompteFactory(courriel="elodie@exemple.fr", etat=Etat.VALIDE).pk


def test_manager_writes_the_identifiant_in_lower_case():
    compte = Compte.objects.create_user("Elodie", "Elodie@EXEMPLE.fr", None)

    assert compte.identifiant == "elodie"
    assert compte.courriel == "Elodie@exemple.fr", "the part before @ is the owner's"
    assert compte.etat == Etat.A_ACTIVER
    assert not compte.has_usable_password()
    assert Compte.objects.get_by_natural_key("ELODIE") == compte


@pytest.mark.parametrize(
    ("etat", "active"),
    [
        (Etat.A_ACTIVER, False),
        (Etat.EN_ATTENTE, True),
        (Etat.VALIDE, True),
        (Etat.REFUSE, False),
        (Etat.FERME, False),
    ],
)
def test_states_in_which_the_login_works(etat, active):
    assert CompteFactory.build(etat=etat).is_active is active


def test_person_gives_its_names():
    compte = CompteFactory(
        personne=PersonneFactory(prenoms="Élodie Anne", nom_naissance="Martin", nom_usage="N’Guyen")
    )

    assert compte.get_full_name() == "Élodie Anne N’Guyen"
    assert compte.get_short_name() == "Élodie"
    assert CompteFactory(agent=True, identifiant="agent.etat").get_full_name() == "agent.etat"


def test_person_of_an_account_is_not_removed_under_it():
    compte = CompteFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        compte.personne.delete()


def test_person_is_born_or_to_be_born():
    with pytest.raises(IntegrityError, match="personne_nee_ou_a_naitre"), transaction.atomic():
        PersonneFactory(date_naissance="2026-01-01", naissance_prevue="2026-06-01")

    assert not Personne.objects.exists()


def test_role_decides_what_an_agent_may_do():
    service = ServiceFactory()
    agent = CompteFactory(agent=True, services=[service])
    responsable = CompteFactory(agent=True, services=[service], services__role=Role.RESPONSABLE)

    assert agent.has_perm("demarches.instruire")
    assert not agent.has_perm("accounts.view_service")
    assert responsable.has_perm("accounts.view_service")
    assert not responsable.has_perm("accounts.delete_service")
    assert not agent.has_perm("accounts.gerer_comptes")
    assert agent.has_module_perms("demarches")
    assert not agent.has_module_perms("notifications")


def test_resident_and_closed_agent_may_do_nothing_in_the_admin():
    resident = CompteFactory()
    former = CompteFactory(agent=True, services=[ServiceFactory()], etat=Etat.FERME)

    for compte in (resident, former):
        assert not compte.has_perm("demarches.instruire")
        assert not compte.has_module_perms("demarches")


def test_agent_without_profile_may_do_nothing():
    compte = CompteFactory(agent=True)
    compte.agent_profil.delete()
    compte = Compte.objects.get(pk=compte.pk)

    assert compte.role is None
    assert not compte.has_perm("demarches.instruire")


def test_technical_administrator_may_do_everything():
    admin = Compte.objects.create_superuser("admin", "admin@mairie.fr", "x")

    assert (admin.is_active, admin.is_staff) == (True, True)
    assert admin.has_perm("whatever.it_is")
    assert admin.has_module_perms("accounts")
