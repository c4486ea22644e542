"""The files of residents open to the agents who look after accounts, and to nobody else."""

import pytest

from accounts.models import Etat
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.accounts.admin.conftest import LIST
from tests.accounts.test_fusion import child, home, nothing_left
from tests.factories import CompteFactory, FoyerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def compte():
    return CompteFactory(en_attente=True, foyer=True)


@pytest.fixture
def paths(compte):
    """Every page of an account, with a child and its like in another home."""
    enfant, autre = child(home(compte)), child(FoyerFactory())
    other = CompteFactory(en_attente=True)
    own = f"{LIST}{compte.pk}/"
    return [
        LIST,
        f"{own}change/",
        f"{own}valider/",
        f"{own}refuser/",
        f"{own}remettre-en-attente/",
        f"{own}reunir/{other.pk}/",
        f"{own}enfant/{enfant.pk}/",
        f"{own}enfant/{enfant.pk}/lier/{autre.pk}/",
        f"{own}enfant/{enfant.pk}/delier/",
    ]


def test_agent_who_looks_after_accounts_opens_them_all(clerk, paths):
    for path in paths:
        assert clerk.get(path).status_code == (302 if path.endswith("valider/") else 200), path


def test_administrator_opens_them_all(log_in, paths):
    admin = log_in(CompteFactory(is_staff=True, is_superuser=True, personne=None))
    for path in paths:
        assert admin.get(path).status_code in (200, 302), path


def test_other_agents_are_refused_and_nothing_is_done(other_clerk, paths):
    with nothing_left():
        for path in paths:
            assert other_clerk.get(path).status_code == 403, path
            assert other_clerk.post(path, {"motif": "x", "envoyer": "1"}).status_code == 403, path
    assert "accounts/compte" not in other_clerk.get("/admin/").content.decode()


def test_residents_find_nothing(log_in, compte, paths):
    client = log_in(CompteFactory())
    with nothing_left():
        for path in paths:
            assert client.get(path).status_code == 404, path
            assert client.post(path, {"motif": "x", "envoyer": "1"}).status_code == 404, path
    assert log_in(compte).get(f"{LIST}{compte.pk}/change/").status_code == 404


def test_anonymous_is_led_to_the_login(client, paths):
    for path in paths:
        response = client.get(path, follow=True)
        assert response.wsgi_request.path == "/connexion/", path


def test_agent_who_no_longer_looks_after_accounts_sees_nothing(clerk, agent, paths):
    agent.agent_profil.gere_les_comptes = False
    agent.agent_profil.save()
    for path in paths:
        assert clerk.get(path).status_code == 403


def test_accounts_of_agents_and_unknown_ones_are_not_found(clerk, agent):
    other = CompteFactory(agent=True, etat=Etat.EN_ATTENTE)
    for pk in (agent.pk, other.pk, 0, 999_999_999, 10**30):
        for path in ("change/", "valider/", "refuser/", "remettre-en-attente/", "enfant/1/"):
            assert clerk.get(f"{LIST}{pk}/{path}").status_code == 404
    assert clerk.get(f"{LIST}abc/change/").status_code == 404
    assert not AuditEvent.objects.filter(action="compte.consulte").exists()


def test_children_of_other_homes_are_not_found_under_this_account(clerk, compte):
    stranger = child(FoyerFactory(), "Zoé")
    for path in ("", "delier/", f"lier/{stranger.pk}/"):
        url = f"{LIST}{compte.pk}/enfant/{stranger.pk}/{path}"
        assert clerk.get(url).status_code == 404
        assert clerk.post(url).status_code == 404


def test_get_decides_nothing(clerk, paths, compte):
    for path in paths:
        clerk.get(path)
    compte.refresh_from_db()
    assert compte.etat == Etat.EN_ATTENTE
    assert not OutgoingMessage.objects.exists()
