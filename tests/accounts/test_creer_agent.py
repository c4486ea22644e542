"""Agents: made by a command that knows no password, their rights given by who answers for them."""

from __future__ import annotations

from io import StringIO

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.errors import DroitsInterdits, LienInvalide
from accounts.models import AgentProfil, Compte, Etat, Role
from accounts.services import agents, jetons
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.factories import CompteFactory, ServiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def services():
    return [ServiceFactory(code="etat-civil"), ServiceFactory(code="enfance")]


def creer(*args: str) -> str:
    out = StringIO()
    call_command("creer_agent", *args, stdout=out)
    return out.getvalue()


def jeton_of(text: str) -> str:
    (line,) = [line for line in text.splitlines() if line.startswith(settings.PUBLIC_URL)]
    return line.rstrip("/").rsplit("/", 1)[-1]


# The command


def test_agent_is_made_and_chooses_a_password_by_a_link(services):
    said = creer("Marie.Agent", "marie@mairie.fr", "--service", "etat-civil", "enfance")

    compte = Compte.objects.get(identifiant="marie.agent")
    assert (compte.etat, compte.is_staff, compte.is_superuser) == (Etat.VALIDE, True, False)
    assert compte.personne is None
    assert not compte.has_usable_password()
    assert compte.agent_profil.role == Role.AGENT
    assert not compte.agent_profil.gere_les_comptes
    assert set(compte.agent_profil.services.all()) == set(services)
    assert jetons.lire(jetons.REINITIALISATION, jeton_of(said)).compte == compte
    message = OutgoingMessage.objects.get(code="agent_mot_de_passe")
    assert message.recipient == "marie@mairie.fr"
    assert jeton_of(said) in message.body_text
    assert AuditEvent.objects.filter(action="agent.cree", target_id=str(compte.pk)).exists()


def test_role_and_accounts_are_given_in_so_many_words(services):
    creer(
        "chef",
        "chef@mairie.fr",
        "--service",
        "enfance",
        "--service",
        "etat-civil",
        "--role",
        "responsable",
        "--gere-les-comptes",
    )

    profil = AgentProfil.objects.get()
    assert (profil.role, profil.gere_les_comptes) == (Role.RESPONSABLE, True)
    assert profil.services.count() == 2


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (
            ["marie", "marie@mairie.fr", "--service", "voirie"],
            "Service inconnu : voirie. Services connus : enfance, etat-civil.",
        ),
        (["élodie", "marie@mairie.fr", "--service", "enfance"], "Identifiant :"),
        (["ma", "marie@mairie.fr", "--service", "enfance"], "Identifiant :"),
        (["marie", "marie", "--service", "enfance"], "n’est pas une adresse de courriel"),
        (["marie", "m@mairie.fr\r\nBcc: x@y.fr", "--service", "enfance"], "adresse de courriel"),
        (["PRIS", "marie@mairie.fr", "--service", "enfance"], "« pris » est déjà pris"),
        (["marie", "Pris@mairie.fr", "--service", "enfance"], "déjà l’adresse d’un autre compte"),
        (["marie", "marie@mairie.fr"], "--service"),
        (["marie", "marie@mairie.fr", "--service", "enfance", "--role", "maire"], "--role"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(services, args, words):
    CompteFactory(identifiant="pris", courriel="pris@mairie.fr")

    with pytest.raises(CommandError) as refusal:
        creer(*args)

    assert words in str(refusal.value)
    assert list(Compte.objects.values_list("identifiant", flat=True)) == ["pris"]
    assert not AgentProfil.objects.exists()
    assert not OutgoingMessage.objects.exists()
    assert not AuditEvent.objects.exists()


def test_unknown_service_where_there_is_none():
    with pytest.raises(CommandError, match="se crée dans l’administration, rubrique"):
        creer("marie", "marie@mairie.fr", "--service", "voirie")


def test_password_is_never_on_the_command_line():
    with pytest.raises(CommandError):
        creer("marie", "marie@mairie.fr", "--service", "x", "--password", "secret")


def test_new_link_for_the_agent_who_was_too_late(services):
    creer("marie", "marie@mairie.fr", "--service", "enfance")
    out = StringIO()

    call_command("lien_agent", "Marie", stdout=out)

    assert jetons.lire(jetons.REINITIALISATION, jeton_of(out.getvalue())).compte.identifiant == (
        "marie"
    )
    assert OutgoingMessage.objects.filter(code="agent_mot_de_passe").count() == 2


def test_link_is_for_agents_only():
    CompteFactory(identifiant="elodie")

    for name in ("elodie", "personne"):
        with pytest.raises(CommandError, match="Aucun agent"):
            call_command("lien_agent", name)
    assert not OutgoingMessage.objects.exists()


# Rights


@pytest.fixture
def chef(services):
    """Head of the civil registry."""
    return CompteFactory(agent=True, services=services[:1], services__role=Role.RESPONSABLE)


@pytest.fixture
def agent(services):
    return CompteFactory(agent=True, services=services[:1])


def droits(compte: Compte) -> tuple[str, set[str], bool]:
    profil = AgentProfil.objects.get(compte=compte)
    codes = set(profil.services.values_list("code", flat=True))
    return profil.role, codes, profil.gere_les_comptes


def changer(auteur: Compte, compte: Compte, services, role=Role.AGENT, comptes=False) -> None:
    agents.changer_droits(
        profil_id=compte.agent_profil.pk,
        role=role,
        services=[service.pk for service in services],
        gere_les_comptes=comptes,
        auteur=auteur,
    )


def test_head_of_service_gives_a_role_in_their_service(chef, agent, services):
    changer(chef, agent, services[:1], role=Role.RESPONSABLE)

    assert droits(agent) == (Role.RESPONSABLE, {"etat-civil"}, False)
    event = AuditEvent.objects.get(action="agent.droits_changes")
    assert event.actor_id == chef.pk
    assert event.details["apres"]["role"] == Role.RESPONSABLE


def test_technical_administrator_gives_everything(agent, services):
    admin = Compte.objects.create_superuser("admin", "admin@mairie.fr", None)

    changer(admin, agent, services, role=Role.RESPONSABLE, comptes=True)

    assert droits(agent) == (Role.RESPONSABLE, {"etat-civil", "enfance"}, True)


def test_rights_that_a_head_of_service_may_not_give(chef, agent, services):
    """A service that is not theirs, the residents' accounts, anything to themselves."""
    elsewhere = CompteFactory(agent=True, services=services[1:])
    both = CompteFactory(agent=True, services=services)
    keeper = CompteFactory(agent=True, services=services[:1], services__gere_les_comptes=True)
    tried = [
        (agent, services, False),
        (agent, services[:1], True),
        (keeper, services[:1], False),
        (chef, services, False),
        (chef, services[:1], True),
        (elsewhere, services[:1], False),
        (both, services[:1], False),
    ]
    before = [droits(compte) for compte, *_ in tried]

    for compte, given, comptes in tried:
        with pytest.raises(DroitsInterdits):
            changer(chef, compte, given, role=Role.RESPONSABLE, comptes=comptes)

    assert [droits(compte) for compte, *_ in tried] == before
    assert not AuditEvent.objects.exists()


def test_simple_agent_gives_nothing(agent, services):
    other = CompteFactory(agent=True, services=services[:1])

    with pytest.raises(DroitsInterdits):
        changer(agent, other, services[:1], role=Role.RESPONSABLE)

    assert droits(other)[0] == Role.AGENT


# The admin


def path(compte: Compte) -> str:
    return f"/admin/accounts/agentprofil/{compte.agent_profil.pk}/change/"


def test_head_of_service_sees_the_agents_of_their_service(log_in, chef, agent, services):
    elsewhere = CompteFactory(agent=True, identifiant="ailleurs", services=services[1:])
    client = log_in(chef)

    listed = client.get("/admin/accounts/agentprofil/").content.decode()

    assert agent.identifiant in listed
    assert "ailleurs" not in listed
    assert client.get(path(elsewhere)).status_code == 302, "Django leads back to the index"


def test_head_of_service_changes_an_agent_in_the_admin(log_in, chef, agent, services):
    client = log_in(chef)
    form = client.get(path(agent)).content.decode()
    assert "etat-civil" in form or services[0].nom in form
    assert services[1].nom not in form

    sent = client.post(path(agent), {"role": "responsable", "services": [services[0].pk]})

    assert sent.status_code == 302
    assert droits(agent) == (Role.RESPONSABLE, {"etat-civil"}, False)


@pytest.mark.parametrize("extra", [{"gere_les_comptes": "on"}, {"services": "the other"}])
def test_forged_form_raises_nobody(log_in, chef, agent, services, extra):
    data = {"role": "responsable", "services": [services[0].pk]} | extra
    if extra.get("services"):
        data["services"] = [services[1].pk]

    log_in(chef).post(path(agent), data)

    role, codes, comptes = droits(agent)
    assert codes == {"etat-civil"}
    assert not comptes
    assert role in {Role.AGENT, Role.RESPONSABLE}


def test_nobody_raises_themselves_in_the_admin(log_in, chef, services):
    client = log_in(chef)

    client.post(
        path(chef),
        {"role": "responsable", "services": [s.pk for s in services], "gere_les_comptes": "on"},
    )

    assert droits(chef) == (Role.RESPONSABLE, {"etat-civil"}, False)


def test_simple_agent_does_not_see_agents(log_in, agent):
    client = log_in(agent)

    assert client.get("/admin/accounts/agentprofil/").status_code == 403
    assert client.post(path(agent), {"role": "responsable"}).status_code in {302, 403}
    assert droits(agent)[0] == Role.AGENT


COORDONNEES = {"telephone": "02 61 91 00 40", "courriel": "sports@mairie.fr"}


def test_head_of_service_writes_coordinates_of_their_service_alone(log_in, chef, services):
    client = log_in(chef)
    mine, other = (f"/admin/accounts/service/{s.pk}/change/" for s in services)
    sent = {"nom": "Autre nom", "code": "autre", "courriel": "ec@mairie.fr", "telephone": ""}

    assert client.post(mine, sent | {"emet_des_cles": "on"}).status_code == 302
    assert client.post(other, sent).status_code == 403

    for service in services:
        service.refresh_from_db()
    assert services[0].courriel == "ec@mairie.fr"
    assert (services[0].code, services[0].emet_des_cles) == ("etat-civil", False)
    assert services[1].courriel == ""


def test_technical_administrator_adds_a_service_that_gives_keys(log_in):
    client = log_in(Compte.objects.create_superuser("admin", "admin@mairie.fr", None))

    client.post(
        "/admin/accounts/service/add/",
        {"nom": "Sports", "code": "sports", "emet_des_cles": "on"} | COORDONNEES,
    )

    (service,) = ServiceFactory._meta.model.objects.all()
    assert (service.code, service.emet_des_cles) == ("sports", True)
    assert service.telephone == "+33261910040"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"telephone": ""}, "Indiquez le téléphone : ce service émet des clés"),
        ({"courriel": ""}, "Indiquez le courriel : ce service émet des clés"),
        ({"telephone": "0102"}, "Ce numéro n’est pas complet."),
    ],
)
def test_a_service_that_gives_keys_can_be_reached(log_in, chef, services, changes, expected):
    services[0].emet_des_cles = True
    services[0].save()
    client = log_in(chef)

    response = client.post(
        f"/admin/accounts/service/{services[0].pk}/change/", COORDONNEES | changes
    )

    assert expected in response.content.decode()
    services[0].refresh_from_db()
    assert (services[0].telephone, services[0].courriel) == ("", "")


def test_a_service_without_keys_may_have_no_coordinates(log_in, chef, services):
    page = f"/admin/accounts/service/{services[0].pk}/change/"

    assert log_in(chef).post(page, {"telephone": "", "courriel": ""}).status_code == 302


@pytest.mark.parametrize("count", [3, 300])
def test_list_of_agents_costs_the_same_at_any_size(log_in, chef, services, max_queries, count):
    comptes = Compte.objects.bulk_create(
        Compte(
            identifiant=f"a{n:03}",
            courriel=f"a{n}@m.fr",
            etat=Etat.VALIDE,
            is_staff=True,
            password="!",
        )
        for n in range(count)
    )
    profils = AgentProfil.objects.bulk_create(AgentProfil(compte=c) for c in comptes)
    services[0].agents.add(*profils)
    client = log_in(chef)

    with max_queries() as queries:
        assert client.get("/admin/accounts/agentprofil/").status_code == 200

    assert queries.count <= 12, queries.sql


# Leaving


def test_agent_who_leaves_is_logged_out_and_does_not_come_back(client, services):
    agent = CompteFactory(agent=True, services=services, identifiant="marie", password="!")
    client.force_login(agent)
    assert client.get("/admin/").status_code == 200
    out = StringIO()

    call_command("fermer_agent", "Marie", stdout=out)

    assert "Compte fermé : marie" in out.getvalue()
    assert client.get("/admin/").status_code == 302
    agent.refresh_from_db()
    assert (agent.etat, agent.ferme_at is not None) == (Etat.FERME, True)
    assert AuditEvent.objects.get(action="agent.ferme").target_id == str(agent.pk)
    CompteFactory(courriel=agent.courriel)  # the address may serve a new account


@pytest.mark.parametrize("command", ["fermer_agent", "lien_agent"])
def test_closed_agent_is_said_to_be_closed_and_nothing_is_sent(services, command):
    creer("marie", "marie@mairie.fr", "--service", "enfance")
    with time_machine.travel("2026-03-02T10:00:00+00:00"):
        call_command("fermer_agent", "marie", stdout=StringIO())
    before = OutgoingMessage.objects.count(), AuditEvent.objects.count()

    with pytest.raises(CommandError) as refusal:
        call_command(command, "marie")

    assert str(refusal.value) == "Le compte de marie est fermé depuis le lundi 2 mars 2026."
    assert (OutgoingMessage.objects.count(), AuditEvent.objects.count()) == before


@pytest.mark.parametrize("etat", [Etat.FERME, Etat.REFUSE])
def test_link_that_chooses_a_password_opens_no_closed_account(etat):
    compte = CompteFactory(etat=etat)
    jeton = jetons.emettre(jetons.REINITIALISATION, compte)

    with pytest.raises(LienInvalide):
        jetons.lire(jetons.REINITIALISATION, jeton)


def test_list_of_agents_says_who_is_closed(log_in, chef, agent, services):
    gone = CompteFactory(agent=True, identifiant="partie", services=services[:1])
    agents.fermer(identifiant="partie")
    client = log_in(chef)

    assert "fermé le" in client.get("/admin/accounts/agentprofil/").content.decode()
    for query, shown in (("ferme", gone), ("actif", agent)):
        listed = client.get(f"/admin/accounts/agentprofil/?etat={query}").content.decode()
        assert shown.identifiant in listed
        assert ("partie" in listed) == (shown == gone)


def test_page_of_an_agent_leads_to_no_page_that_is_not_there(log_in, agent):
    client = log_in(Compte.objects.create_superuser("admin", "admin@mairie.fr", None))

    html = client.get(path(agent)).content.decode()

    assert agent.identifiant in html
    assert f"/accounts/compte/{agent.pk}/" not in html


@pytest.mark.parametrize("nom", ["personne", "habitant", ""])
def test_only_an_agent_is_closed_that_way(nom):
    resident = CompteFactory(identifiant="habitant")

    with pytest.raises(CommandError, match="n’est pas un agent"):
        call_command("fermer_agent", nom)

    resident.refresh_from_db()
    assert resident.etat == Etat.VALIDE
