"""A session begins with a new key, lasts as long as it may, and ends when one says so."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory

from accounts.models import Compte, Conditions, Etat, SessionCompte
from tests.factories import PASSWORD, PersonneFactory

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def elodie():
    conditions = Conditions.en_vigueur()
    return Compte.objects.create_user(
        "elodie",
        "elodie@exemple.fr",
        PASSWORD,
        etat=Etat.VALIDE,
        personne=PersonneFactory(),
        conditions_acceptees=conditions.version if conditions else "",
    )


@pytest.fixture
def agent():
    return Compte.objects.create_user(
        "agent", "agent@mairie.fr", PASSWORD, etat=Etat.VALIDE, is_staff=True
    )


def log_in(client, name="elodie"):
    response = client.post("/connexion/", {"identifiant": name, "mot_de_passe": PASSWORD})
    assert response.status_code == 302
    return client.cookies["session"].value


def test_key_changes_at_login(client, elodie):
    """A key that somebody else put in the browser opens nothing afterwards."""
    session = client.session
    session["demandes"] = {"3f2b8c1e-6d9a-4f0e-9a57-0d1d0c8f4a11": "numero"}
    session.save()
    planted = client.cookies["session"].value

    own = log_in(client)

    assert own != planted
    assert not SessionCompte.objects.filter(pk=planted).exists()
    assert client.session["demandes"], "what was opened before the login stays open"
    thief = Client()
    thief.cookies["session"] = planted
    assert thief.get("/demandes/").status_code == 302


def test_key_changes_from_one_account_to_another(client, elodie, agent):
    first = log_in(client)
    client.session["demandes"] = {}
    second = log_in(client, "agent")

    assert first != second
    assert not SessionCompte.objects.filter(pk=first).exists()


def test_invented_key_is_not_taken_over(client, elodie):
    client.cookies["session"] = "a" * 32

    assert log_in(client) != "a" * 32


def test_resident_is_logged_out_two_hours_after_the_last_page(client, elodie):
    with time_machine.travel(START, tick=False) as clock:
        log_in(client)
        for _page in range(3):
            clock.shift(timedelta(hours=1, minutes=59))
            assert client.get("/demandes/").status_code == 200
        clock.shift(timedelta(hours=2, seconds=1))
        assert client.get("/demandes/").status_code == 302


def test_agent_is_logged_out_half_an_hour_after_the_last_page(client, agent):
    with time_machine.travel(START, tick=False) as clock:
        log_in(client, "agent")
        for _page in range(3):
            clock.shift(timedelta(minutes=29))
            assert client.get("/admin/").status_code == 200
        clock.shift(timedelta(minutes=30, seconds=1))
        assert client.get("/admin/").status_code == 302


def test_anonymous_draft_does_not_lengthen_the_session_of_an_account(client, elodie):
    """A session of no account may live a day: it must not once somebody has logged in with it."""
    session = client.session
    session["demandes"] = {}
    session.set_expiry(24 * 3600)
    session.save()

    with time_machine.travel(START, tick=False) as clock:
        log_in(client)
        clock.shift(timedelta(hours=2, seconds=1))
        assert client.get("/demandes/").status_code == 302


def test_logout_ends_the_session_on_the_server(client, elodie):
    key = log_in(client)

    response = client.post("/deconnexion/")

    assert response["Location"] == "/"
    assert not SessionCompte.objects.filter(pk=key).exists()
    thief = Client()
    thief.cookies["session"] = key
    assert thief.get("/demandes/").status_code == 302


def test_logout_by_a_link_changes_nothing(client, elodie):
    """An image on another site, or a page loaded ahead, must not log anybody out."""
    log_in(client)

    assert client.get("/deconnexion/")["Location"] == "/"
    assert client.get("/demandes/").status_code == 200


def test_logout_of_nobody_is_no_error(client):
    assert client.post("/deconnexion/")["Location"] == "/"


@pytest.mark.parametrize("path", ["/connexion/", "/deconnexion/"])
def test_another_site_can_log_nobody_in_or_out(elodie, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(elodie)

    response = client.post(path, {"identifiant": "elodie", "mot_de_passe": PASSWORD})

    assert response.status_code == 403
    assert PASSWORD not in response.content.decode()
    assert client.get("/demandes/").status_code == 200


def test_csrf_token_changes_at_login(elodie):
    client = Client(enforce_csrf_checks=True)
    client.get("/connexion/")
    before = client.cookies["csrf"].value
    request = RequestFactory().get("/")
    request.META["CSRF_COOKIE"] = before
    typed = {"identifiant": "elodie", "mot_de_passe": PASSWORD}

    client.post("/connexion/", typed | {"csrfmiddlewaretoken": get_token(request)})

    assert client.cookies["csrf"].value != before


def test_cookie_is_kept_from_scripts_and_other_sites(client, elodie):
    log_in(client)
    cookie = client.cookies["session"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]


def test_new_password_ends_the_other_sessions(client, elodie):
    log_in(client)
    elodie.set_password("un tout autre mot de passe")
    elodie.save()

    assert client.get("/demandes/").status_code == 302


def test_login_marks_who_has_new_terms_to_accept(client, elodie):
    Compte.objects.update(conditions_acceptees="0")
    log_in(client)
    asked = client.session["conditions_a_accepter"]
    client.post("/deconnexion/")
    Compte.objects.update(conditions_acceptees=asked)
    log_in(client)

    assert asked == Conditions.en_vigueur().version
    assert not client.session["conditions_a_accepter"]


def test_agent_accepts_no_terms_of_residents(client, agent):
    log_in(client, "agent")

    assert not client.session["conditions_a_accepter"]
