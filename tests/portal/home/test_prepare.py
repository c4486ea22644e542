"""`manage.py prepare`: what a start needs, in one process, and nothing twice."""

import io
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Compte, SessionCompte
from demarches.models import Demande, Demarche
from portal.home import demo
from portal.home.tasks import entretien
from portal.kernel.models import Throttle
from portal.notifications.models import OutgoingMessage

pytestmark = pytest.mark.django_db
LOGIN = re.compile(r"(Résident|Agent)[^:]* : (\S+) / (\S+)")


def prepare(*options: str) -> list[str]:
    out = io.StringIO()
    call_command("prepare", *options, stdout=out)
    return out.getvalue().splitlines()


def counts() -> list[int]:
    return [m.objects.count() for m in (Compte, Demarche, Demande, OutgoingMessage)]


def test_without_demonstration_it_says_and_adds_nothing():
    assert prepare() == []
    assert counts() == [0, 0, 0, 0]


def test_demonstration_prints_logins_that_work_and_repeats_nothing(client):
    lines = prepare("--demo")
    built = counts()
    assert min(built) > 0

    logins = [LOGIN.fullmatch(line) for line in lines if not line.startswith("Clé de famille")]
    assert all(logins), lines
    assert {login[1] for login in logins} == {"Résident", "Agent"}
    for login in logins:
        typed = {"identifiant": login[2], "mot_de_passe": login[3]}
        assert client.post("/connexion/", typed).status_code == 302, login[0]
        client.post("/deconnexion/")

    assert prepare("--demo") == lines
    assert counts() == built


def test_demonstration_is_all_or_nothing(monkeypatch):
    def fail(**kwargs):
        raise LookupError

    monkeypatch.setattr(demo, "deposer_exemples", fail)
    with pytest.raises(LookupError):
        demo.installer()

    assert counts() == [0, 0, 0, 0]


def test_demonstration_is_never_built_where_mails_leave(settings):
    """Its passwords are known to everybody."""
    settings.DEMO_MAILBOX = False

    assert demo.installer() is False
    assert counts() == [0, 0, 0, 0]
    assert prepare("--demo") == [], "nor are logins told that do not work"


def test_demonstration_addresses_belong_to_nobody():
    demo.installer()

    addresses = set(Compte.objects.values_list("courriel", flat=True))
    addresses |= set(OutgoingMessage.objects.values_list("recipient", flat=True))
    assert addresses
    assert all(address.endswith(".example") for address in addresses)


def test_upkeep_removes_what_ended_and_only_that(client):
    now = timezone.now()
    for key, end in (("finie", now - timedelta(hours=1)), ("ouverte", now + timedelta(hours=1))):
        SessionCompte.objects.create(session_key=key, session_data="", expire_date=end)
    for key, last in (("vieux", now - timedelta(days=3)), ("neuf", now)):
        Throttle.objects.create(scope="x", key=key, attempts=1, last_at=last, allowed=True)

    entretien()

    assert list(SessionCompte.objects.values_list("pk", flat=True)) == ["ouverte"]
    assert list(Throttle.objects.values_list("key", flat=True)) == ["neuf"]
