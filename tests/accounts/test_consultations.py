"""« Qui a consulté mon dossier »: which service read what, when; never which agent."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.queries import consultations
from accounts.registries import Sujet
from accounts.services import lectures
from portal.audit import log
from portal.audit.models import AuditEvent
from tests.accounts.archives import download
from tests.factories import (
    CompteFactory,
    DemandeFactory,
    DossierFamilleFactory,
    ServiceFactory,
    VersionDemarcheFactory,
)

pytestmark = pytest.mark.django_db
PAGE = "/mon-espace/donnees/consultations/"


@pytest.fixture
def service():
    return ServiceFactory(nom="État civil")


@pytest.fixture
def agent(service):
    return CompteFactory(agent=True, services=[service], identifiant="agent.dupont")


@pytest.fixture
def camille():
    return CompteFactory(foyer=True)


@pytest.fixture
def foyer(camille):
    return camille.personne.membres.get().foyer


@pytest.fixture
def demande(camille, service):
    version = VersionDemarcheFactory(demarche__service=service)
    return DemandeFactory(deposee=True, compte=camille, version=version)


def journal(count, *, compte, action="compte.consulte", **changes):
    """Add lines quickly, as if agents had read an account."""
    AuditEvent.objects.bulk_create(
        AuditEvent(
            action=action,
            target_type="accounts.compte",
            target_id=str(compte.pk),
            details={"services": [f"Service {n}"]},
            **changes,
        )
        for n in range(count)
    )


@pytest.mark.parametrize("name", ["admin:demarches_demande_change", "admin:demarches_demande_pdf"])
def test_what_an_agent_reads_is_told_to_the_holder(log_in, camille, agent, demande, name):
    with time_machine.travel("2026-11-24T09:30:00+00:00", tick=False):
        assert log_in(agent).get(reverse(name, args=[demande.pk])).status_code == 200

        html = log_in(camille).get(PAGE).content.decode()

    assert "mardi 24 novembre 2026 à 10" in html
    assert "État civil" in html
    assert f"votre demande N° {demande.numero}" in html
    assert "dupont" not in html


def test_agent_of_several_services_and_administrator_of_none(log_in, camille, agent, demande):
    agent.agent_profil.services.add(ServiceFactory(nom="Accueil"))
    chef = CompteFactory(agent=True, is_superuser=True)
    for who in (agent, chef):
        lectures.noter("demande.consultee", cible=demande, agent=who)

    found = [lue.services for lue in consultations.lire(camille)]

    assert found == ["Administration du site", "Accueil, État civil"]


def test_what_is_not_a_reading_or_not_the_holders_is_left_out(log_in, camille, agent, demande):
    autre = CompteFactory(foyer=True)
    lectures.noter("compte.consulte", cible=autre, agent=agent)
    lectures.noter(
        "demande.consultee", cible=DemandeFactory(deposee=True, compte=autre), agent=agent
    )
    log.record("demande.prise_en_charge", target=demande, actor=agent)
    log.record("compte.connexion", target=camille, actor=camille)

    assert consultations.lire(camille) == []
    assert "Aucun agent" in log_in(camille).get(PAGE).content.decode()
    assert len(consultations.lire(autre)) == 2


def test_home_and_family_are_told_to_both_since_they_are_there(camille, foyer, agent):
    dossier = DossierFamilleFactory(foyer=foyer)
    camille.personne.membres.update(debut=date(2026, 1, 1))
    with time_machine.travel("2026-02-01T12:00:00+00:00"):
        lectures.noter("foyer.consulte", cible=foyer, agent=agent)
        lectures.noter("famille.consultee", cible=dossier, agent=agent)
    alex = CompteFactory(foyer=foyer)
    alex.personne.membres.update(debut=date(2026, 3, 1))
    with time_machine.travel("2026-03-01T12:00:00+00:00"):
        lectures.noter("foyer.consulte", cible=foyer, agent=agent)

    assert [lue.objet for lue in consultations.lire(camille)] == [
        "votre foyer",
        "le dossier de votre famille",
        "votre foyer",
    ]
    assert [lue.objet for lue in consultations.lire(alex)] == ["votre foyer"]


def test_a_reading_under_another_name_is_refused(camille, agent):
    with pytest.raises(ValueError, match=r"compte\.vu"):
        lectures.noter("compte.vu", cible=camille, agent=agent)
    assert not AuditEvent.objects.exists()


def test_pages_follow_one_another_without_losing_a_line(log_in, camille):
    journal(45, compte=camille)
    client, seen, url = log_in(camille), [], PAGE

    while url:
        response = client.get(url)
        html = response.content.decode()
        seen += [n for n in range(45) if f">Service {n}<" in html]
        journal(1, compte=camille)  # a new line does not move the others
        _head, _sep, rest = html.partition('href="?avant=')
        url = PAGE + "?avant=" + rest.partition('"')[0] if rest else ""

    assert sorted(seen) == list(range(45))


@pytest.mark.parametrize("avant", ["abc", "-1", "", "9" * 40, "9223372036854775807", "1", "0", "²"])
def test_addresses_typed_by_hand(log_in, camille, avant):
    journal(1, compte=camille)
    assert log_in(camille).get(PAGE, {"avant": avant}).status_code == 200


def test_archive_lists_them_all(log_in, camille):
    journal(consultations.PAR_LOT + 3, compte=camille)

    lues = download(log_in(camille)).json("consultations-de-mon-dossier.json")

    assert len(lues) == consultations.PAR_LOT + 3
    assert lues[0]["consulté"] == "votre compte"


def test_page_costs_the_same_queries_for_few_and_for_many(log_in, max_queries):
    def measure(size):
        compte = CompteFactory(foyer=True)
        DemandeFactory.create_batch(min(size, 60), deposee=True, compte=compte, version=version)
        journal(size, compte=compte)
        client = log_in(compte)
        client.get(PAGE)
        with max_queries() as queries:
            client.get(PAGE)
        return queries.count

    version = VersionDemarcheFactory()
    counts = [measure(3), measure(300)]
    assert counts[0] == counts[1]
    assert counts[0] <= 10


@pytest.mark.slow
def test_a_large_journal_is_entered_by_its_index(camille, demande):
    """100,000 lines of others: neither read in whole, nor walked back along the key."""
    now = timezone.now()
    AuditEvent.objects.bulk_create(
        (
            AuditEvent(
                action="demande.consultee" if n % 2 else "demande.deposee",
                target_type="demarches.demande",
                target_id=str(10_000_000 + n // 5),
                at=now - timedelta(seconds=n),
            )
            for n in range(100_000)
        ),
        batch_size=5000,
    )
    journal(1, compte=camille)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_auditevent")
    # Of somebody with 300 requests, none read lately: the latest lines are all others'.
    anciennes = [str(10_019_999 - n) for n in range(300)]
    sujets = [*consultations.sujets_de(camille), Sujet("demarches.demande", anciennes, "{}")]

    plan = consultations.requete(sujets)[: consultations.PAR_PAGE].explain()

    assert "audit_par_objet" in plan, plan
    assert "Seq Scan" not in plan, plan
    assert len(consultations.lire(camille)) == 1
