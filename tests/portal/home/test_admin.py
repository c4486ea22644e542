"""The admin: agents come in, residents do not learn that it exists."""

import pytest
from django.utils import timezone
from lxml import html as lxml_html

from accounts.models import Compte, Etat
from tests.factories import PASSWORD, CompteFactory, ServiceFactory

pytestmark = pytest.mark.django_db
PAGES = [
    "/admin/",
    "/admin/demarches/",
    "/admin/demarches/demande/",
    "/admin/accounts/service/add/",
    "/admin/jsi18n/",
    "/admin/autocomplete/",
    "/admin/password_change/",
    "/admin/logout/",
    "/admin/login/",
    "/admin/rien-de-tel/",
]


@pytest.fixture
def agent():
    return CompteFactory(agent=True, services=[ServiceFactory()])


@pytest.mark.parametrize("path", PAGES)
def test_stranger_finds_nothing(log_in, path):
    assert log_in(CompteFactory()).get(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_anonymous_is_led_to_our_login(client, path):
    response = client.get(path, follow=True)

    assert response.status_code == 200
    assert response.request["PATH_INFO"] == "/connexion/"


@pytest.mark.parametrize("etat", [Etat.FERME, Etat.REFUSE, Etat.A_ACTIVER])
def test_agent_whose_account_is_closed_is_anonymous(log_in, agent, etat):
    client = log_in(agent)
    ferme_at = timezone.now() if etat == Etat.FERME else None
    Compte.objects.update(etat=etat, ferme_at=ferme_at)

    assert client.get("/admin/").status_code == 302


def test_agent_gets_in(log_in, agent):
    response = log_in(agent).get("/admin/")

    assert response.status_code == 200
    assert ": agents" in response.content.decode()


@pytest.mark.parametrize("path", ["/admin/", "/admin/demarches/demande/", "/admin/login/"])
def test_agent_who_comes_without_session_arrives_where_they_were_going(client, path, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    agent = CompteFactory(identifiant="agent.etat", agent=True, services=[ServiceFactory()])
    agent.set_password(PASSWORD)
    agent.save()
    login = lxml_html.fromstring(client.get(path, follow=True).content)
    (suite,) = login.xpath("//input[@name='suite']/@value")

    arrived = client.post(
        "/connexion/",
        {"identifiant": "agent.etat", "mot_de_passe": PASSWORD, "suite": suite},
        follow=True,
    )

    assert arrived.status_code == 200
    assert arrived.request["PATH_INFO"] == path.replace("login/", "")


def test_agent_cannot_change_accounts(log_in, agent):
    resident = CompteFactory()

    client = log_in(agent)
    for path in ("", "add/", f"{resident.pk}/change/", f"{resident.pk}/delete/"):
        assert client.get(f"/admin/accounts/compte/{path}").status_code in {403, 404}, path


def test_nobody_makes_an_account_in_the_admin(log_in):
    admin = Compte.objects.create_superuser("admin", "admin@mairie.fr", None)

    assert log_in(admin).get("/admin/accounts/compte/").status_code == 200
    assert log_in(admin).get("/admin/accounts/compte/add/").status_code == 403


def test_groups_are_not_shown(log_in):
    admin = log_in(Compte.objects.create_superuser("admin", "admin@mairie.fr", None))

    assert "/admin/auth/" not in admin.get("/admin/").content.decode()


def test_lists_are_titled_by_what_they_hold(log_in):
    admin = log_in(Compte.objects.create_superuser("admin", "admin@mairie.fr", None))
    page = admin.get("/admin/accounts/service/").content.decode()

    assert "<h1>Services</h1>" in page
    assert "Sélectionnez" not in page


def test_agent_logs_out_as_everyone_does(log_in, agent):
    client = log_in(agent)

    assert client.post("/admin/logout/")["Location"] == "/"
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("path", ["/admin/accounts/compte/", "/rien-de-tel/"])
def test_page_that_an_agent_may_not_open_leads_back_to_the_admin(log_in, agent, path):
    response = log_in(agent).get(path)

    assert response.status_code in {403, 404}
    assert "Retour à l’administration" in response.content.decode()
    assert "Vous cherchez peut-être" not in response.content.decode()
    assert "Retour à l’administration" not in log_in(CompteFactory()).get(path).content.decode()
