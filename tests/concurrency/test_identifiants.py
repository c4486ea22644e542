"""Links and addresses that two people use at the same moment: one wins."""

from functools import partial

import pytest
from django.contrib.auth import authenticate

from accounts.errors import CourrielPris, LienInvalide
from accounts.models import Compte
from accounts.services import connexion, identifiants, jetons, mot_de_passe
from tests.accounts.helpers import mails, resident
from tests.race import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_one_reset_link_sets_one_password():
    compte = resident()
    jeton = jetons.emettre(jetons.REINITIALISATION, compte)
    passwords = [f"un nouveau mot de passe {n}" for n in range(6)]

    results = race(
        [partial(mot_de_passe.reinitialiser, jeton=jeton, mot_de_passe=p) for p in passwords]
    )

    assert sum(isinstance(result, LienInvalide) for result in results) == 5, results
    (winner,) = [p for p, r in zip(passwords, results, strict=True) if isinstance(r, Compte)]
    assert authenticate(None, username="elodie", password=winner) == compte
    assert len(mails("compte_modifie")) == 1, "who lost has told nothing"


def test_one_address_goes_to_one_account():
    comptes = [resident(f"compte{n}") for n in range(6)]
    links = [jetons.emettre(jetons.COURRIEL, c, "Convoitee@exemple.fr") for c in comptes]

    results = race([partial(identifiants.confirmer_courriel, jeton=jeton) for jeton in links])

    assert sum(isinstance(result, CourrielPris) for result in results) == 5, results
    assert Compte.objects.filter(courriel__iexact="convoitee@exemple.fr").count() == 1
    assert len(mails("compte_modifie")) == 1


def test_one_link_of_a_new_address_is_told_once():
    compte = resident()
    jeton = jetons.emettre(jetons.COURRIEL, compte, "nouvelle@exemple.fr")

    results = race([partial(identifiants.confirmer_courriel, jeton=jeton)] * 6)

    assert sum(isinstance(result, LienInvalide) for result in results) == 5, results
    assert len(mails("compte_modifie")) == 1


def test_owner_is_warned_once_of_an_attack_from_everywhere():
    compte = resident()

    race([partial(connexion._ecrire_alerte, compte)] * 8)

    assert len(mails("connexion_ralentie")) == 1
