"""A fixed number of queries a page, whatever the amount of data (architecture.md, Speed)."""

import pytest
from django.urls import reverse

from demarches.models import Demande, Demarche, Evenement, VersionDemarche
from demarches.services import messages
from demarches.states import Action, Etat
from portal.kernel.crypto import random_number
from tests.definitions import document, saisie
from tests.factories import (
    CompteFactory,
    DemandeFactory,
    ServiceFactory,
    ThemeFactory,
    VersionDemarcheFactory,
)

pytestmark = pytest.mark.django_db
SIZES = (3, 300)
ANONYMOUS, RESIDENT, STEP, SENT, FILED, CLERK = 4, 10, 10, 12, 15, 12


def demarches(count: int) -> list[Demarche]:
    """Publish démarches in three themes, quickly."""
    themes, service = ThemeFactory.create_batch(3), ServiceFactory()
    made = Demarche.objects.bulk_create(
        Demarche(
            code=f"d-{count}-{n}",
            theme=themes[n % 3],
            service=service,
            titre=f"Demander une chose {n}",
            resume="Un résumé.",
            description="Une description.",
            synonymes="mot\nautre mot",
        )
        for n in range(count)
    )
    VersionDemarche.objects.bulk_create(
        VersionDemarche(demarche=d, numero=1, definition=document(code=d.code)) for d in made
    )
    return made


def demandes(count: int, **changes) -> list[Demande]:
    """File requests of several démarches, quickly."""
    versions = [
        VersionDemarcheFactory(demarche__service=changes.pop("service", None) or ServiceFactory())
    ]
    service = versions[0].demarche.service
    versions += VersionDemarcheFactory.create_batch(2, demarche__service=service)
    sample = DemandeFactory.build(deposee=True, version=versions[0])
    made = Demande.objects.bulk_create(
        Demande(
            version=versions[n % 3],
            etat=Etat.DEPOSEE,
            numero=random_number(),
            depot_at=sample.depot_at,
            courriel=sample.courriel,
            nom_demandeur=sample.nom_demandeur,
            demandeur=sample.demandeur,
            reponses=sample.reponses,
            **changes,
        )
        for n in range(count)
    )
    Evenement.objects.bulk_create(Evenement(demande=d, action=Action.DEPOSER) for d in made)
    return made


@pytest.fixture
def count(max_queries):
    """Return a function that tells how many queries a second opening of a page costs."""

    def count_(client, url, status=200) -> int:
        assert client.get(url).status_code == status
        with max_queries() as queries:
            assert client.get(url).status_code == status
        return queries.count

    return count_


def same_at_both_sizes(measure, limit) -> None:
    counts = [measure(size) for size in SIZES]
    assert len(set(counts)) == 1, counts
    assert counts[0] <= limit, counts


@pytest.mark.parametrize(
    "url",
    [
        "/demarches/",
        "/demarches/?sans-compte=1",
        "/demarches/?q=chose",
        "/demarches/?q=chozes",
        "/demarches/?q=rien-de-tel",
    ],
)
def test_catalogue_and_search(client, count, url):
    def measure(size):
        demarches(size)
        return count(client, url)

    same_at_both_sizes(measure, ANONYMOUS)


@pytest.mark.parametrize("name", ["demarche", "aide"])
def test_page_of_a_demarche(client, count, name):
    def measure(size):
        code = demarches(size)[0].code
        return count(client, reverse(f"demarches:{name}", kwargs={"code": code}))

    same_at_both_sizes(measure, ANONYMOUS)


def test_page_of_a_theme(client, count):
    def measure(size):
        theme = demarches(size)[0].theme
        return count(client, reverse("demarches:theme", kwargs={"code": theme.code}))

    same_at_both_sizes(measure, ANONYMOUS)


def test_page_of_a_demarche_to_who_has_begun_drafts(log_in, count):
    def measure(size):
        compte = CompteFactory()
        version = VersionDemarcheFactory()
        DemandeFactory.create_batch(min(size, 30), prete=True, compte=compte, version=version)
        return count(log_in(compte), version.demarche.get_absolute_url())

    same_at_both_sizes(measure, RESIDENT)


def test_my_requests(log_in, count):
    def measure(size):
        compte = CompteFactory()
        demandes(size, compte=compte)
        DemandeFactory.create_batch(min(size, 30), prete=True, compte=compte)
        return count(log_in(compte), "/demandes/")

    same_at_both_sizes(measure, RESIDENT)


@pytest.mark.parametrize("name", ["suivi", "contenu", "pdf", "envoyee"])
def test_follow_up(log_in, count, name):
    def measure(size):
        compte = CompteFactory()
        (demande, *_others) = demandes(size, compte=compte)
        Evenement.objects.bulk_create(
            Evenement(demande=demande, action=Action.INSTRUIRE) for _n in range(size)
        )
        return count(log_in(compte), reverse(f"demarches:{name}", kwargs={"uuid": demande.uuid}))

    same_at_both_sizes(measure, RESIDENT)


def test_follow_up_without_account(client, count):
    def measure(size):
        opened = DemandeFactory.create_batch(min(size, 40), deposee=True)
        for demande in opened:
            client.post(f"/suivi/lien/{messages.jeton(demande)}/")
        return count(client, opened[-1].get_absolute_url())

    same_at_both_sizes(measure, RESIDENT)


@pytest.mark.parametrize(
    "step", ["la-demarche", "mes-informations", "ma-demande/probleme", "recapitulatif"]
)
def test_step_shown(log_in, count, step):
    def measure(size):
        compte = CompteFactory()
        demandes(size, compte=compte)
        draft = DemandeFactory(prete=True, compte=compte)
        return count(log_in(compte), f"/demandes/{draft.uuid}/{step}/")

    same_at_both_sizes(measure, STEP)


def test_step_sent_and_request_filed(log_in, max_queries):
    compte = CompteFactory()
    client = log_in(compte)
    draft = DemandeFactory(prete=True, compte=compte)
    url = f"/demandes/{draft.uuid}"
    with max_queries() as sent:
        client.post(f"{url}/ma-demande/probleme/", saisie()["ma-demande"])
    with max_queries() as filed:
        client.post(f"{url}/recapitulatif/")
    draft.refresh_from_db()
    assert draft.numero
    assert sent.count <= SENT, sent.sql
    assert filed.count <= FILED, filed.sql


def test_ticket_number_typed(client, max_queries):
    demande = DemandeFactory(deposee=True)
    with max_queries() as queries:
        client.post("/suivi/", {"numero": demande.numero})
    assert queries.count <= SENT, queries.sql


@pytest.mark.parametrize("query", ["", "?etat=ouvertes", "?q=elodie", "?p=1"])
def test_list_of_a_clerk(log_in, count, query):
    def measure(size):
        service = ServiceFactory()
        agent = CompteFactory(agent=True, services=[service])
        made = demandes(size, service=service)
        Demande.objects.filter(pk__in=[d.pk for d in made]).update(agent=agent)
        return count(log_in(agent), f"/admin/demarches/demande/{query}")

    if query == "?p=1":  # the second page exists at 300 only
        assert measure(300) <= CLERK
        return
    same_at_both_sizes(measure, CLERK)


@pytest.mark.parametrize("path", ["change/", "demande.pdf"])
def test_request_of_a_clerk(log_in, count, path):
    def measure(size):
        service = ServiceFactory()
        agent = CompteFactory(agent=True, services=[service])
        (demande, *_others) = demandes(size, service=service)
        Evenement.objects.bulk_create(
            Evenement(demande=demande, action=Action.INSTRUIRE, auteur=agent) for _n in range(size)
        )
        return count(log_in(agent), f"/admin/demarches/demande/{demande.pk}/{path}")

    same_at_both_sizes(measure, CLERK)
