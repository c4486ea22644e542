"""The queue of accounts (J3): who waits, for how long, and who looks like somebody else."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from lxml import html

from accounts.models import Etat
from tests.accounts.admin.conftest import LIST, words
from tests.factories import CompteFactory, FoyerFactory, PersonneFactory

pytestmark = pytest.mark.django_db

# A Tuesday; Easter Monday was the day before.
NOW = datetime(2026, 4, 7, 10, tzinfo=UTC)


def account(identifiant, etat=Etat.EN_ATTENTE, since=timedelta(0), **champs):
    return CompteFactory(
        identifiant=identifiant, etat=etat, activation_at=timezone.now() - since, **champs
    )


def rows(client, query="") -> list[dict[str, str]]:
    """Return the lines of the list, by column."""
    response = client.get(f"{LIST}{query}", follow=True)
    assert response.status_code == 200
    page = html.document_fromstring(response.content.decode())
    return [
        {
            cell.get("class").split("-", 1)[1]: " ".join(cell.text_content().split())
            for cell in row.xpath("./td|./th")
        }
        for row in page.xpath("//table[@id='result_list']/tbody/tr")
    ]


def who(client, query="") -> list[str]:
    return [row["identifiant"] for row in rows(client, query)]


def test_queue_holds_those_who_wait_oldest_first(clerk):
    account("nouveau")
    account("ancien", since=timedelta(days=3))
    for etat in (Etat.VALIDE, Etat.REFUSE, Etat.A_ACTIVER, Etat.FERME):
        account(etat.replace("_", "-"), etat)
    assert who(clerk) == ["ancien", "nouveau"]
    assert "Comptes des habitants" in words(clerk.get(LIST))


def test_agents_are_not_in_it(clerk):
    CompteFactory(agent=True, etat=Etat.EN_ATTENTE, activation_at=timezone.now())
    assert who(clerk) == []
    assert who(clerk, "?etat=tous") == []


def test_wait_is_counted_in_working_days(clerk):
    with time_machine.travel(NOW, tick=False):
        clerk.force_login(CompteFactory(agent=True, services__gere_les_comptes=True))
        account("mercredi", since=timedelta(days=6))
        account("jeudi", since=timedelta(days=5))  # Friday, then Tuesday: 2 working days
        account("samedi", since=timedelta(days=3))
        account("ce-matin")
        waits = {row["identifiant"]: row["attente"] for row in rows(clerk)}
        late = who(clerk, "?etat=en_retard")
    assert waits == {
        "mercredi": "depuis 3 jours ouvrés en retard",
        "jeudi": "depuis 2 jours ouvrés",
        "samedi": "depuis 1 jour ouvré",
        "ce-matin": "depuis aujourd’hui",
    }
    assert late == ["mercredi"]


@pytest.mark.parametrize(("day", "wait"), [(5, "depuis hier"), (6, "depuis moins d’un jour ouvré")])
def test_wait_of_a_weekend_is_not_said_to_begin_today(clerk, day, wait):
    """Activated on Saturday, looked at on Sunday and on Easter Monday."""
    with time_machine.travel(datetime(2026, 4, day, 10, tzinfo=UTC), tick=False):
        clerk.force_login(CompteFactory(agent=True, services__gere_les_comptes=True))
        account("samedi", since=timedelta(days=day - 4))
        assert [row["attente"] for row in rows(clerk)] == [wait]


def test_index_says_how_many_wait_and_how_many_are_late(clerk, other_clerk):
    assert "Comptes à vérifier" not in clerk.get("/admin/").content.decode()
    for days in (0, 0, 30):
        account(f"compte-{days}-{CompteFactory().pk}", since=timedelta(days=days))
    assert "Comptes à vérifier : 3, dont 1 en retard" in words(clerk.get("/admin/"))
    assert "Comptes à vérifier" not in other_clerk.get("/admin/").content.decode()


def test_delay_is_the_towns(clerk, settings):
    settings.DELAI_VALIDATION_JOURS_OUVRES = 5
    with time_machine.travel(NOW, tick=False):
        clerk.force_login(CompteFactory(agent=True, services__gere_les_comptes=True))
        account("mercredi", since=timedelta(days=6))
        assert who(clerk, "?etat=en_retard") == []


def test_possible_duplicates_are_counted(clerk):
    account("seul")
    nee = {"personne__date_naissance": "1984-02-29", "foyer": FoyerFactory()}
    account("une", **nee)
    account("deux", Etat.VALIDE, **nee | {"foyer": FoyerFactory()})
    account("voisine", Etat.VALIDE, foyer=FoyerFactory())
    found = {row["identifiant"]: row["ressemblances"] for row in rows(clerk)}
    assert found == {"seul": "aucun", "une": "1 + 1 à la même adresse"}


def test_filter_by_state(clerk):
    for etat in Etat:
        account(etat.replace("_", "-"), etat)
    for etat in Etat:
        assert who(clerk, f"?etat={etat}") == [etat.replace("_", "-")]
    assert len(who(clerk, "?etat=tous")) == len(Etat)
    assert who(clerk, "?etat=volcan") == []


def test_search_looks_everywhere_by_any_name_mail_or_identifiant(clerk):
    personne = PersonneFactory(nom_naissance="N’Guyen", nom_usage="Lefèvre", prenoms="Élodie Ana")
    account("elodie.n", Etat.VALIDE, personne=personne, courriel="Elo@exemple.fr")
    account("autre")
    for typed in (
        "nguyen",
        "N'GUYEN",
        "lefevre",
        "elodie lefevre",
        "LEFÈV Ana",
        "elodie.n",
        "elo@exemple.fr",
        "ELO@EX",
    ):
        assert who(clerk, f"?q={typed}") == ["elodie.n"], typed
    assert who(clerk, "?q=elodie+martin") == []
    assert who(clerk, "?q=ng") == ["elodie.n"]
    assert who(clerk, "?q=nguyen&etat=en_attente") == []


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?q=%25",
        "?q=_",
        "?q='",
        "?q=%40",
        "?q=" + "a" * 3000,
        "?q=" + "a+" * 500,
        "?p=99",
        "?p=abc",
        "?o=9.9",
        "?o=1.-2",
        "?etat=%00",
        "?e=1",
    ],
)
def test_odd_queries_answer(clerk, query):
    account("une")
    assert clerk.get(f"{LIST}{query}", follow=True).status_code in (200, 400)


@pytest.mark.parametrize(
    "query", ["?password__startswith=a", "?personne__courriel=x", "?reponse_secrete__startswith=a"]
)
def test_lookups_made_up_in_the_address_are_refused(clerk, query):
    account("une")
    assert clerk.get(f"{LIST}{query}").status_code in (302, 400)


@pytest.mark.parametrize("query", ["", "?etat=tous", "?q=martin"])
def test_as_many_queries_for_three_accounts_as_for_three_hundred(clerk, max_queries, query):
    for number in range(3):
        account(f"compte-{number}", foyer=FoyerFactory(), personne__date_naissance="1984-02-29")
    clerk.get(LIST)
    with max_queries() as few:
        assert clerk.get(f"{LIST}{query}").status_code == 200
    for number in range(3, 300):
        account(f"compte-{number}", foyer=FoyerFactory(), personne__date_naissance="1984-02-29")
    with max_queries() as many:
        assert clerk.get(f"{LIST}{query}").status_code == 200
    assert many.count == few.count <= 12, many.sql


def test_nothing_is_added_changed_or_deleted_by_hand(clerk):
    compte = account("une")
    for path in ("add/", f"{compte.pk}/delete/"):
        assert clerk.get(f"{LIST}{path}").status_code in (403, 404)
        assert clerk.post(f"{LIST}{path}", {"post": "yes"}).status_code in (403, 404)
    clerk.post(f"{LIST}{compte.pk}/change/", {"etat": "valide", "is_superuser": "on"})
    compte.refresh_from_db()
    assert (compte.etat, compte.is_superuser) == (Etat.EN_ATTENTE, False)
