"""Logging in: by what one remembers, at an even pace, and without telling who exists."""

import re
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import timezone
from lxml import html as lxml_html

from accounts.models import Compte, Conditions, Etat
from portal.audit.models import AuditEvent
from portal.kernel.models import Throttle
from tests.factories import PASSWORD, PersonneFactory

pytestmark = pytest.mark.django_db
UNKNOWN = "Identifiant ou mot de passe inconnu."


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def account(identifiant="elodie", courriel="Elodie@exemple.fr", etat=Etat.VALIDE, **fields):
    if not fields.get("is_staff"):
        fields |= {"personne": PersonneFactory(), "conditions_acceptees": version()}
    fields |= {"ferme_at": timezone.now()} if etat == Etat.FERME else {}
    return Compte.objects.create_user(identifiant, courriel, PASSWORD, etat=etat, **fields)


def version() -> str:
    conditions = Conditions.en_vigueur()
    return conditions.version if conditions else ""


@pytest.fixture
def elodie():
    return account()


def post(client, identifiant="elodie", mot_de_passe=PASSWORD, remote="203.0.113.7", **others):
    typed = {"identifiant": identifiant, "mot_de_passe": mot_de_passe, **others}
    return client.post("/connexion/", typed, REMOTE_ADDR=remote)


def who(client) -> str | None:
    """Return the primary key of the account that is logged in, as the session has it."""
    return client.session.get("_auth_user_id")


def words(response) -> str:
    return " ".join(lxml_html.fromstring(response.content).find("body").text_content().split())


@pytest.mark.parametrize(
    "typed",
    [
        "elodie",
        "ELODIE",
        "Elodie",
        "  elodie ",
        "Elodie@exemple.fr",
        "elodie@EXEMPLE.FR",
        " elodie@exemple.fr\t",
    ],
)
def test_login_by_identifiant_or_address_in_any_case(client, elodie, typed):
    response = post(client, typed)

    assert response.status_code == 302
    assert response["Location"] == "/tableau-de-bord/"
    assert who(client) == str(elodie.pk)


def test_agent_arrives_in_the_admin(client):
    agent = account("agent.etat", "agent@mairie.fr", is_staff=True)

    assert post(client, "agent.etat")["Location"] == "/admin/"
    assert who(client) == str(agent.pk)


def test_login_is_in_the_journal_with_the_network_only(client, elodie):
    post(client)

    event = AuditEvent.objects.get(action="compte.connexion")
    assert (event.actor_id, event.address) == (elodie.pk, "203.0.113.0/24")


@pytest.mark.parametrize("mot_de_passe", [PASSWORD.upper(), PASSWORD + " ", PASSWORD[:-1]])
def test_password_is_compared_to_the_letter(client, elodie, mot_de_passe):
    response = post(client, mot_de_passe=mot_de_passe)

    assert response.status_code == 422
    assert UNKNOWN in words(response)
    assert who(client) is None
    assert not AuditEvent.objects.filter(action="compte.connexion").exists()


def without_what_was_typed(response) -> str:
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return re.sub(r'value="[\w.@-]*"', "", page)


@pytest.mark.parametrize(
    "known",
    [
        {"etat": Etat.VALIDE},
        {"etat": Etat.A_ACTIVER},
        {"etat": Etat.REFUSE},
        {"etat": Etat.FERME},
        {"etat": Etat.VALIDE, "is_staff": True},
    ],
)
@pytest.mark.parametrize("typed", ["elodie", "elodie@exemple.fr"])
def test_wrong_password_and_unknown_name_get_the_same_answer(client, known, typed):
    account(**known)
    wrong = post(client, typed, mot_de_passe="rien de tel")
    unknown = post(client, typed.replace("elodie", "personne"), mot_de_passe="rien de tel")

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert without_what_was_typed(wrong) == without_what_was_typed(unknown)
    assert wrong.headers.keys() == unknown.headers.keys()
    assert wrong.cookies.keys() == unknown.cookies.keys()


@pytest.mark.parametrize(
    ("etat", "typed"),
    [
        (Etat.FERME, "elodie"),
        (Etat.FERME, "elodie@exemple.fr"),
        # Anybody may have typed that address: it is nobody's until the link is followed.
        (Etat.A_ACTIVER, "elodie@exemple.fr"),
    ],
)
def test_account_that_is_not_open_cannot_log_in(client, etat, typed):
    """The right password tells nothing more than a wrong one."""
    account(etat=etat)

    right = post(client, typed)
    wrong = post(client, typed, mot_de_passe="rien de tel")

    assert right.status_code == 422
    assert without_what_was_typed(right) == without_what_was_typed(wrong)
    assert who(client) is None


def test_account_to_activate_says_so_to_who_knows_the_password(client):
    account(etat=Etat.A_ACTIVER)

    response = post(client)

    assert response.status_code == 422
    assert "Votre espace n’est pas encore activé." in words(response)
    assert f'href="{reverse("accounts:renvoyer-activation")}"' in response.content.decode()
    assert who(client) is None
    assert "n’est pas encore activé" not in words(post(client, mot_de_passe="rien de tel"))


@pytest.mark.parametrize("typed", ["elodie", "elodie@exemple.fr"])
def test_refused_account_says_so_with_the_town_hall_s_contact(client, typed):
    account(etat=Etat.REFUSE)

    response = post(client, typed)

    assert response.status_code == 422
    assert "La mairie a refusé l’ouverture de votre espace." in words(response)
    assert django_settings.TOWN["courriel"] in words(response)
    assert who(client) is None
    assert "refusé" not in words(post(client, typed, mot_de_passe="rien de tel"))


def test_account_waiting_for_the_clerk_can_log_in(client):
    account(etat=Etat.EN_ATTENTE)

    assert post(client).status_code == 302


def test_account_closed_meanwhile_is_logged_out_at_once(client, elodie):
    post(client)
    assert client.get("/demandes/").status_code == 200
    Compte.objects.update(etat=Etat.FERME, ferme_at=timezone.now())

    assert client.get("/demandes/")["Location"] == "/connexion/?next=/demandes/"


def test_address_belongs_to_the_account_that_was_activated(client):
    account("autre", "elodie@exemple.fr", etat=Etat.A_ACTIVER)
    elodie = account()

    post(client, "elodie@exemple.fr")

    assert who(client) == str(elodie.pk)


def test_what_was_typed_is_kept_but_the_password(client, elodie):
    response = post(client, "Elodie.N’Guyen@exemple.fr", mot_de_passe="hirondelle-bleue")

    form = lxml_html.fromstring(response.content).xpath("//form[.//input[@name='mot_de_passe']]")[0]
    assert form.xpath(".//input[@name='identifiant']/@value") == ["Elodie.N’Guyen@exemple.fr"]
    assert form.xpath(".//input[@name='mot_de_passe']/@value") == []
    assert "hirondelle" not in response.content.decode()


def test_page_says_erreur_first(client, elodie):
    title = lxml_html.fromstring(post(client, mot_de_passe="non").content).findtext(".//title")

    assert title.startswith("Erreur\N{NO-BREAK SPACE}: ") or title.startswith("Erreur : ")


@pytest.mark.parametrize(
    ("identifiant", "mot_de_passe", "message"),
    [
        ("", PASSWORD, "Saisissez votre identifiant."),
        ("   ", PASSWORD, "Saisissez votre identifiant."),
        ("elodie", "", "Saisissez votre mot de passe."),
    ],
)
def test_empty_field_is_named_and_costs_no_attempt(
    client, elodie, identifiant, mot_de_passe, message
):
    response = post(client, identifiant, mot_de_passe)

    assert response.status_code == 422
    assert message in words(response)
    assert not Throttle.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "é" * 10_000,
        "elo\x00die",
        "\x1b[31m",
        "😀",
        "'; DROP TABLE accounts_compte --",
        "@",
        "%",
        "elodie\r\nSet-Cookie: x=1",
    ],
)
def test_odd_names_are_refused_calmly(client, elodie, typed):
    assert post(client, typed).status_code == 422
    assert post(client, mot_de_passe=typed).status_code == 422
    assert who(client) is None


def test_five_wrong_passwords_then_a_wait_in_french(client, elodie, clock):
    for _ in range(5):
        assert post(client, mot_de_passe="non").status_code == 422

    response = post(client)

    assert response.status_code == 429
    assert "Trop d’essais. Attendez 10 secondes avant de réessayer." in words(response)
    assert who(client) is None, "even with the right password"
    form = lxml_html.fromstring(response.content)
    assert form.xpath("//input[@name='identifiant']/@value") == ["elodie"]
    assert PASSWORD not in response.content.decode()


def test_wait_ends_and_the_right_password_starts_anew(client, elodie, clock):
    for _ in range(5):
        post(client, mot_de_passe="non")
    clock.shift(timedelta(seconds=10))

    assert post(client).status_code == 302
    client.post("/deconnexion/")
    assert [post(client, mot_de_passe="non").status_code for _ in range(5)] == [422] * 5


def test_the_counter_is_the_account_s_however_its_name_is_written(client, elodie, clock):
    for typed in ("elodie", "ELODIE", " elodie", "Elodie ", "eLODIE"):
        assert post(client, typed, mot_de_passe="non").status_code == 422

    assert post(client, "elodie").status_code == 429


def test_unknown_names_are_slowed_down_the_same(client, clock):
    for _ in range(5):
        assert post(client, "personne", mot_de_passe="non").status_code == 422

    assert post(client, "personne", mot_de_passe="non").status_code == 429


def test_an_address_that_tries_many_names_is_slowed_down(client, elodie, clock):
    for rank in range(20):
        assert post(client, f"habitant{rank}", mot_de_passe="non").status_code == 422

    assert post(client, "elodie").status_code == 429
    assert post(client, "elodie", remote="203.0.113.8").status_code == 302, "the owner, elsewhere"


def test_a_home_that_changes_its_address_is_one_home(client, elodie, clock):
    for rank in range(20):
        post(client, f"habitant{rank}", mot_de_passe="non", remote=f"2001:db8:1:2::{rank:x}")

    assert post(client, "elodie", remote="2001:db8:1:2:ffff::1").status_code == 429


def test_who_must_wait_costs_no_hashing(client, elodie, clock):
    for _ in range(5):
        post(client, mot_de_passe="non")

    with patch("accounts.services.connexion.verifier") as verifier:
        assert post(client).status_code == 429
    verifier.assert_not_called()


def test_nobody_is_kept_out_for_good(client, elodie, clock):
    """Under an attack that never stops, the owner waits as long as the page says."""
    for _ in range(40):
        post(client, mot_de_passe="non", remote="198.51.100.66")
        clock.shift(timedelta(seconds=30))
    refused = post(client)
    assert refused.status_code == 429
    (minutes,) = re.findall(r"Attendez (\d+) minutes?", words(refused))
    assert int(minutes) <= 15

    clock.shift(timedelta(minutes=int(minutes)))

    assert post(client).status_code == 302


@pytest.mark.parametrize(
    "suite", ["/demarches/", "/demandes/?page=2#bas", "http://testserver/demarches/"]
)
def test_one_arrives_where_one_was_going(client, elodie, suite):
    assert post(client, suite=suite)["Location"] == suite


@pytest.mark.parametrize(
    "suite",
    [
        "https://pirate.example/",
        "//pirate.example/",
        "///pirate.example",
        "/\\pirate.example",
        "\\\\pirate.example",
        "http:pirate.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://testserver@pirate.example/",
        "http://testserver.pirate.example/",
        "\x08//pirate.example",
        "",
    ],
)
def test_another_site_is_never_where_one_arrives(client, elodie, suite):
    assert post(client, suite=suite)["Location"] == "/tableau-de-bord/"
    assert client.get("/connexion/", {"next": suite})["Location"] == "/tableau-de-bord/"


def test_line_feed_in_the_way_back_adds_no_header(client, elodie):
    response = post(client, suite="/demarches/\r\nSet-Cookie: voleur=1")

    assert "voleur" not in response.cookies
    assert "\n" not in response["Location"]


def test_page_that_needs_a_login_leads_there_and_back(client, elodie):
    asked = client.get("/demandes/?page=2")
    assert asked["Location"] == "/connexion/?next=/demandes/%3Fpage%3D2"
    page = lxml_html.fromstring(client.get(asked["Location"]).content)
    (suite,) = page.xpath("//input[@name='suite']/@value")

    assert post(client, suite=suite)["Location"] == "/demandes/?page=2"


def test_way_back_survives_a_wrong_password(client, elodie):
    page = lxml_html.fromstring(post(client, mot_de_passe="non", suite="/demandes/?page=2").content)

    assert page.xpath("//input[@name='suite']/@value") == ["/demandes/?page=2"]


def test_who_is_logged_in_is_not_asked_again(client, elodie):
    post(client)

    assert client.get("/connexion/")["Location"] == "/tableau-de-bord/"


def test_login_page_is_kept_by_no_cache_and_helps_password_managers(client):
    response = client.get("/connexion/")

    assert "no-store" in response["Cache-Control"]
    form = lxml_html.fromstring(response.content)
    assert form.xpath("//input[@name='identifiant']/@autocomplete") == ["username"]
    assert form.xpath("//input[@name='mot_de_passe']/@autocomplete") == ["current-password"]
    assert form.xpath("//input[@name='mot_de_passe']/@type") == ["password"]


def test_other_methods_are_refused(client):
    assert client.put("/connexion/").status_code == 405
    assert client.delete("/deconnexion/").status_code == 405


def test_field_names_are_those_that_errors_never_show():
    """portal.ui.errors leaves out fields by these names."""
    from portal.ui.errors import SECRETS

    assert any(word in "mot_de_passe" for word in SECRETS)
    assert django_settings.CSRF_COOKIE_HTTPONLY


def test_who_logs_out_is_told(client, elodie):
    client.force_login(elodie)

    assert "Vous êtes déconnecté." in words(client.post("/deconnexion/", follow=True))


def test_a_refusal_of_no_field_is_no_answer_to_correct(client, elodie):
    shown = words(post(client, mot_de_passe="pas le bon mot de passe"))

    assert "Impossible de continuer" in shown
    assert "à corriger" not in shown
