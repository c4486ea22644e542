"""Who a login is, at a cost that tells nothing."""

import time
from statistics import median

import pytest
from django.contrib.auth import authenticate
from django.db import connection

from accounts.backends import CompteBackend, trouver
from accounts.models import Compte, Etat
from tests.factories import PASSWORD, CompteFactory, PersonneFactory

pytestmark = pytest.mark.django_db


def cost(name: str) -> float:
    """Return the processor's time of one refused login."""
    measures = []
    for _ in range(3):
        start = time.thread_time()
        assert authenticate(None, username=name, password="rien de tel") is None
        measures.append(time.thread_time() - start)
    return median(measures)


def test_unknown_names_cost_as_much_as_known_ones():
    Compte.objects.create_user("elodie", "elodie@exemple.fr", PASSWORD, etat=Etat.VALIDE)
    Compte.objects.create_user("fermee", "fermee@exemple.fr", PASSWORD, etat=Etat.REFUSE)
    CompteFactory(identifiant="sans.passe", password="!")
    known = cost("elodie")

    assert known > 0.01, "a hash that costs nothing protects nothing"
    for name in (
        "personne",
        "personne@exemple.fr",
        "fermee",
        "fermee@exemple.fr",
        "sans.passe",
        "",
    ):
        assert 0.5 < cost(name) / known < 2, name


def test_hash_is_argon2id_at_the_measured_cost():
    compte = Compte.objects.create_user("elodie", "elodie@exemple.fr", PASSWORD)

    assert compte.password.startswith("argon2$argon2id$v=19$m=32768,t=3,p=1$")


def test_password_of_nobody_opens_nothing():
    compte = Compte.objects.create_user("elodie", "elodie@exemple.fr", None, etat=Etat.VALIDE)

    for password in ("", "!", compte.password, None):
        assert authenticate(None, username="elodie", password=password) is None


def test_name_or_password_missing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert CompteBackend().authenticate(None, username=None, password="x") is None
        assert CompteBackend().authenticate(None, username="elodie", password=None) is None


@pytest.mark.parametrize("etat", list(Etat))
def test_session_of_an_account_that_is_not_open_is_nobody_s(etat):
    compte = CompteFactory(etat=etat)

    found = CompteBackend().get_user(compte.pk)

    assert (found == compte) == (etat in {Etat.EN_ATTENTE, Etat.VALIDE})


def test_account_of_a_session_costs_one_query_with_its_name(max_queries):
    compte = CompteFactory(personne=PersonneFactory(prenoms="Élodie", nom_naissance="N’Guyen"))
    agent = CompteFactory(agent=True)

    with max_queries() as queries:
        assert CompteBackend().get_user(compte.pk).get_full_name() == "Élodie N’Guyen"
        assert CompteBackend().get_user(agent.pk).role == "agent"

    assert queries.count == 2


def test_login_by_address_reads_an_index(max_queries):
    """A hundred thousand accounts must not be read one by one at each login."""
    with max_queries() as queries:
        trouver("Elodie@exemple.fr")
    (sql,) = queries.sql
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "compte_courriel_unique" in plan, plan
    assert "Index Cond" in plan, f"the index is read from end to end: {plan}"


@pytest.mark.parametrize(
    ("one", "other"),
    [("kır@exemple.fr", "kir@exemple.fr"), ("straße@exemple.fr", "strasse@exemple.fr")],
)
def test_addresses_that_the_table_tells_apart_are_two_accounts(one, other):
    """The login must compare as the unique key does, or find another's account."""
    comptes = {
        courriel: Compte.objects.create_user(name, courriel, None, etat=Etat.VALIDE)
        for name, courriel in (("aaa", one), ("bbb", other))
    }

    for courriel, compte in comptes.items():
        assert trouver(courriel) == compte
