"""The clerk's list: the requests of their services, and nothing of the others'."""

from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import html

from demarches.models import Demande
from demarches.states import Etat
from portal.notifications.models import OutgoingMessage
from tests.demarches.admin.conftest import LIST
from tests.demarches.traces import nothing_left
from tests.factories import CompteFactory, DemandeFactory, ServiceFactory

pytestmark = pytest.mark.django_db


def numbers(client, query="") -> list[str]:
    """Return the ticket numbers that the list shows, in order."""
    response = client.get(f"{LIST}{query}", follow=True)
    assert response.status_code == 200
    page = html.document_fromstring(response.content.decode())
    rows = page.xpath("//table[@id='result_list']/tbody//th//a")
    return [row.text_content().strip() for row in rows]


def test_only_the_requests_of_the_services_are_listed(clerk, make, elsewhere):
    mine = make()
    assert numbers(clerk) == [mine.numero]


def test_agent_of_two_services_sees_both_once(log_in, make, elsewhere, service):
    mine = make()
    both = CompteFactory(agent=True, services=[service, elsewhere.version.demarche.service])
    assert sorted(numbers(log_in(both))) == sorted([mine.numero, elsewhere.numero])


def test_agent_of_no_service_sees_nothing(log_in, make):
    make()
    assert numbers(log_in(CompteFactory(agent=True))) == []


def test_technical_administrator_sees_every_service(log_in, make, elsewhere):
    mine = make()
    admin = CompteFactory(is_staff=True, is_superuser=True, personne=None)
    assert sorted(numbers(log_in(admin))) == sorted([mine.numero, elsewhere.numero])


def test_drafts_are_never_listed(clerk, version):
    DemandeFactory(prete=True, version=version)
    assert numbers(clerk) == []


def test_oldest_comes_first(clerk, make):
    now = timezone.now()
    new, old = make(depot_at=now), make(depot_at=now - timedelta(days=3))
    assert numbers(clerk) == [old.numero, new.numero]


def test_search_by_number_and_name_stays_in_the_services(clerk, make, elsewhere):
    mine, other = make(nom_demandeur="Élodie N’Guyen"), make(nom_demandeur="Paul Martin")
    assert numbers(clerk, f"?q={mine.numero}") == [mine.numero]
    assert numbers(clerk, f"?q={mine.numero.lower()}") == [mine.numero]
    assert numbers(clerk, "?q=martin") == [other.numero]
    assert numbers(clerk, "?q=Ailleurs") == []
    assert numbers(clerk, f"?q={elsewhere.numero}") == []


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?q=%25",
        "?q='",
        "?q=" + "a" * 3000,
        "?p=99",
        "?p=abc",
        "?o=9.9",
        "?o=a",
        "?etat=volcan",
        "?demarche=%00",
        "?etat=%00",
        "?e=1",
    ],
)
def test_odd_queries_answer(clerk, make, query):
    make()
    assert clerk.get(f"{LIST}{query}", follow=True).status_code in (200, 400)


def test_filter_by_state(clerk, make):
    by_state = {
        trait: make(trait) for trait in ("deposee", "prise_en_charge", "en_instruction", "acceptee")
    }
    refused = make("acceptee", etat=Etat.REFUSEE)
    cancelled = make(etat=Etat.ANNULEE)
    for trait, demande in by_state.items():
        assert numbers(clerk, f"?etat={trait}") == [demande.numero]
    assert numbers(clerk, "?etat=refusee") == [refused.numero]
    assert set(numbers(clerk, "?etat=ouvertes")) == {
        by_state[trait].numero for trait in ("deposee", "prise_en_charge", "en_instruction")
    }
    assert cancelled.numero in numbers(clerk)
    assert "brouillon" not in clerk.get(LIST).content.decode()


def test_filter_by_demarche_offers_those_of_the_services_only(clerk, make, elsewhere):
    mine = make()
    code = elsewhere.version.demarche.code
    assert numbers(clerk, f"?demarche={mine.version.demarche.code}") == [mine.numero]
    assert numbers(clerk, f"?demarche={code}") == []
    assert code not in clerk.get(LIST).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "?version__demarche__service__nom=x",
        "?compte__password__startswith=a",
        "?agent__password__startswith=a",
    ],
)
def test_lookups_made_up_in_the_address_are_refused(clerk, make, query):
    make()
    assert clerk.get(f"{LIST}{query}").status_code in (302, 400)


def take_in_charge(client, *demandes):
    data = {"action": "prendre_en_charge", "_selected_action": [d.pk for d in demandes]}
    return client.post(LIST, data, follow=True).content.decode()


def test_several_are_taken_in_charge_at_once(clerk, make, agent):
    demandes = [make(), make()]
    page = take_in_charge(clerk, *demandes)
    for demande in demandes:
        demande.refresh_from_db()
        assert (demande.etat, demande.agent) == (Etat.PRISE_EN_CHARGE, agent)
    assert "Prises en charge : 2." in page
    assert not OutgoingMessage.objects.exists()


def test_one_that_cannot_be_taken_does_not_stop_the_others(clerk, make):
    taken, free = make("en_instruction"), make()
    page = take_in_charge(clerk, taken, free)
    assert "Prises en charge : 1." in page
    assert f"déjà prises en charge ou closes : {taken.numero}." in page
    assert Demande.objects.get(pk=free.pk).etat == Etat.PRISE_EN_CHARGE
    assert Demande.objects.get(pk=taken.pk).etat == Etat.EN_INSTRUCTION


def test_requests_of_another_service_cannot_be_taken_in_charge(clerk, make, elsewhere):
    make()
    with nothing_left():
        take_in_charge(clerk, elsewhere)


def test_nothing_can_be_added_changed_or_deleted_by_hand(clerk, make):
    demande = make()
    with nothing_left():
        assert clerk.get(f"{LIST}add/").status_code in (403, 404)
        assert clerk.post(f"{LIST}add/", {"etat": "acceptee"}).status_code in (403, 404)
        assert clerk.get(f"{LIST}{demande.pk}/delete/").status_code in (403, 404)
        assert clerk.post(f"{LIST}{demande.pk}/delete/", {"post": "yes"}).status_code in (403, 404)
        clerk.post(
            LIST, {"action": "delete_selected", "_selected_action": [demande.pk], "post": "yes"}
        )


@pytest.mark.parametrize(
    "path", ["", "1/", "1/change/", "1/demande.pdf", "1/acte/accepter/", "add/"]
)
def test_anonymous_is_led_to_the_login_of_the_site(client, path):
    response = client.get(f"{LIST}{path}", follow=True)
    assert response.redirect_chain
    assert response.wsgi_request.path == "/connexion/"
    assert "Se connecter" in response.content.decode()


@pytest.mark.parametrize("path", ["", "1/change/", "1/demande.pdf", "1/acte/accepter/"])
def test_resident_finds_no_admin(log_in, compte, path):
    assert log_in(compte).get(f"{LIST}{path}").status_code == 404
    assert log_in(compte).get("/admin/").status_code == 404


def test_agent_who_left_the_service_sees_its_requests_no_more(clerk, make, agent, service):
    demande = make()
    agent.agent_profil.services.set([ServiceFactory()])
    assert numbers(clerk) == []
    assert clerk.get(f"{LIST}{demande.pk}/change/").status_code == 404


def test_agent_who_is_no_longer_active_is_led_to_the_login(clerk, make, agent):
    make()
    agent.etat = "refuse"
    agent.save()
    assert clerk.get(LIST, follow=True).wsgi_request.path == "/connexion/"
