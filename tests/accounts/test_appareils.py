"""An attack slows the attacker down, warns the owner, and never keeps the owner out."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing

from accounts.models import Etat
from accounts.services import appareils
from portal.audit.models import AuditEvent
from portal.kernel.models import Throttle
from tests.accounts.helpers import link, log_in, mails, post, resident, words
from tests.conftest import StrictClient

pytestmark = pytest.mark.django_db
HOME, AWAY = "203.0.113.7", "198.51.100.66"


@pytest.fixture(autouse=True)
def cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def elodie():
    return resident()


@pytest.fixture
def known(client, clock, elodie):
    """A browser that Élodie has logged in from, and out."""
    log_in(client)
    client.post("/deconnexion/")
    return client


def attack(times=30, remote=AWAY, name="elodie"):
    """Try wrong passwords from another browser; return the statuses."""
    other = StrictClient()
    return [post(other, name, "faux", remote=remote).status_code for _ in range(times)]


def test_cookie_of_a_login_is_kept_from_scripts_and_lasts(client, elodie, settings):
    log_in(client)
    cookie = client.cookies["appareil"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == int(settings.DUREE_APPAREIL_CONNU.total_seconds())
    assert "elodie" not in cookie.value


def test_no_cookie_without_the_right_password(client, elodie):
    post(client, mot_de_passe="faux")

    assert "appareil" not in client.cookies


@pytest.mark.parametrize("remote", [AWAY, HOME], ids=["elsewhere", "same address"])
@pytest.mark.parametrize("name", ["elodie", "elodie@exemple.fr"])
def test_attack_never_slows_the_owner_s_known_browser(known, clock, remote, name):
    assert attack(remote=remote)[-1] == 429

    assert post(known, name).status_code == 302


def test_attack_slows_a_browser_that_is_not_known(elodie, clock):
    attack()

    assert post(StrictClient()).status_code == 429


def test_known_browser_is_slowed_by_its_own_attempts(known, clock):
    for _ in range(5):
        assert post(known, mot_de_passe="faux").status_code == 422

    assert post(known).status_code == 429
    assert post(StrictClient()).status_code == 302, "and slows nobody else"
    clock.shift(timedelta(seconds=10))
    assert post(known).status_code == 302


def test_cookie_of_one_account_is_worth_nothing_for_another(known, clock):
    resident("paul")
    attack(name="paul")

    assert post(known, "paul", "faux").status_code == 429


def test_browser_of_a_home_is_known_to_each_account(known, clock):
    resident("paul")
    log_in(known, "paul")
    known.post("/deconnexion/")
    attack()
    attack(name="paul")

    assert post(known, "elodie").status_code == 302
    assert post(known, "paul").status_code == 302


@pytest.mark.parametrize(
    "cookie",
    ["", "faux", "W10:1abc:xyz", signing.dumps([["elodie", "x"]], salt="autre")],
)
def test_invented_cookie_is_worth_nothing(client, elodie, clock, cookie):
    client.cookies["appareil"] = cookie
    attack()

    assert post(client).status_code == 429


def test_cookie_ends_some_day(known, clock, settings):
    clock.shift(settings.DUREE_APPAREIL_CONNU + timedelta(seconds=1))
    attack()

    assert post(known).status_code == 429


def test_copied_cookie_does_not_slow_the_owner_once_logged_in_again(known, clock):
    copied = known.cookies["appareil"].value
    log_in(known)
    known.post("/deconnexion/")
    thief = StrictClient()
    thief.cookies["appareil"] = copied
    for _ in range(6):
        post(thief, mot_de_passe="faux")

    assert post(thief).status_code == 429
    assert post(known).status_code == 302


def test_browser_of_many_accounts_keeps_a_short_cookie(elodie):
    cookie = ""
    for rank in range(12):
        cookie = appareils.retenir(cookie, resident(f"compte{rank}"))

    assert len(cookie) < 1000
    assert not appareils.numero(cookie, elodie)


def test_who_logs_in_rightly_does_not_use_up_the_address(elodie, clock):
    """A library's computer: thirty people a day."""
    for rank in range(30):
        resident(f"lecteur{rank}")
        assert post(StrictClient(), f"lecteur{rank}").status_code == 302


def test_owner_is_warned_when_attempts_are_first_slowed(elodie, clock):
    attack(times=4)
    assert mails() == []
    attack(times=1)

    (mail,) = mails()
    assert (mail.code, mail.recipient) == ("connexion_ralentie", "elodie@exemple.fr")
    assert "« elodie »" in mail.body_text.replace("\N{NO-BREAK SPACE}", " ")
    assert link(mail) == "/mot-de-passe-oublie/"


def test_owner_is_warned_once_a_day_at_most(elodie, clock):
    for _ in range(23):
        attack(times=3)
        attack(times=3, name="elodie@exemple.fr")
        clock.shift(timedelta(hours=1))
    assert len(mails()) == 1
    clock.shift(timedelta(hours=2))
    attack(times=20)

    assert len(mails()) == 2
    events = AuditEvent.objects.filter(action="compte.essais_ralentis", target_id=str(elodie.pk))
    assert events.count() == 2


@pytest.mark.parametrize("etat", [Etat.A_ACTIVER, Etat.REFUSE, Etat.FERME])
def test_nobody_is_warned_of_an_account_that_nobody_uses(clock, etat):
    resident(etat=etat)
    attack()

    assert mails() == []


def test_nobody_is_warned_of_an_unknown_name(clock):
    attack(name="personne")

    assert mails() == []


def test_own_mistakes_in_a_known_browser_warn_nobody(known, clock):
    for _ in range(8):
        post(known, mot_de_passe="faux")

    assert mails() == []


def test_identifiant_and_address_of_an_account_are_counted_apart(elodie, clock):
    """Together they would tell, by the wait, that they are one account's, hence that it exists."""
    for _ in range(5):
        post(StrictClient(), "elodie", "faux", remote=AWAY)

    assert post(StrictClient(), "elodie@exemple.fr", "faux").status_code == 422


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (
            "Mozilla/5.0 (Android 14; Mobile; rv:125.0) Gecko/125.0 Firefox/125.0",
            "Firefox sur Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
            "Safari sur iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/124.0.0.0 Safari/537.36 Edg/124.0.0.0",
            "Edge sur Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 13; SM-A536B) AppleWebKit/537.36 (KHTML, like Gecko) "
            "SamsungBrowser/24.0 Chrome/117.0.0.0 Mobile Safari/537.36",
            "Samsung Internet sur Android",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like "
            "Gecko) Chrome/124.0.0.0 Safari/537.36",
            "Chrome sur Mac",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
            "Gecko) CriOS/123.0.6312.52 Mobile/15E148 Safari/604.1",
            "Chrome sur iPad",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0",
            "Firefox sur Linux",
        ),
        ("curl/8.5.0", "Navigateur inconnu"),
        ("", "Navigateur inconnu"),
        ("<script>alert(1)</script>", "Navigateur inconnu"),
    ],
)
def test_browser_is_said_in_a_few_words(user_agent, said):
    assert appareils.decrire(user_agent) == said


def test_empty_form_is_no_attempt(client, elodie):
    response = client.post("/connexion/", {})

    assert response.status_code == 422
    assert "Saisissez votre identifiant." in words(response)
    assert not Throttle.objects.exists()
