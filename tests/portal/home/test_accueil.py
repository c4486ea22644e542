"""The home page: the words people of these towns already know, and no link that leads nowhere."""

import pytest
from django.conf import settings
from lxml import html as lxml_html

from tests.factories import CompteFactory, PersonneFactory, VersionDemarcheFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue():
    return VersionDemarcheFactory(demarche__theme__titre="État civil", demarche__titre="Naissance")


def page(client, path="/"):
    response = client.get(path)
    assert response.status_code == 200
    return lxml_html.fromstring(response.content)


def texts(tree, xpath: str) -> list[str]:
    """Return the words of elements, apostrophes alike."""
    found = (element.text_content() for element in tree.xpath(xpath))
    return [" ".join(text.replace("'", "’").split()).rstrip(" *") for text in found]


def test_login_box(client, catalogue):
    tree = page(client)

    (form,) = tree.xpath("//form[@action='/connexion/']")
    assert texts(form, ".//label") == ["Identifiant", "Mot de passe"]
    assert "nom d’utilisateur, code d’accès ou courriel" in texts(form, ".")[0]
    assert texts(form, ".//button") == ["Se connecter"]
    assert form.xpath(".//input[@name='csrfmiddlewaretoken']")


def test_box_for_who_has_no_account(client, catalogue):
    tree = page(client)

    assert "Je n’ai pas d’espace" in texts(tree, "//h1 | //h2 | //h3")
    links = tree.xpath("//a[normalize-space()='Faire une demande']/@href")
    assert links
    assert set(links) == {"/demarches/"}


def test_ticket_box(client, catalogue):
    (form,) = page(client).xpath("//form[@action='/suivi/']")

    assert texts(form, ".//label") == ["Numéro de ticket"]
    assert texts(form, ".//button") == ["Consulter cette demande"]


def test_tiles(client, catalogue):
    tree = page(client)

    words = texts(tree, "//main//a")
    assert any(text.startswith("Nouvelle démarche") for text in words)
    assert any(text.startswith("État civil") for text in words)


def test_what_comes_later_is_absent_rather_than_dead(client, catalogue):
    text = texts(page(client), "//body")[0]

    for later in (
        "Actualités",
        "Activités",
        "votre avis",
    ):
        assert later not in text


def test_ways_to_an_account(client, catalogue):
    text = texts(page(client), "//main")[0]

    assert "Créer mon espace" in text
    assert "Faire une demande" in text
    assert "Mot de passe oublié ?" in text


@pytest.mark.parametrize("logged_in", [False, True])
def test_every_link_leads_somewhere(client, log_in, catalogue, logged_in):
    if logged_in:
        client = log_in(CompteFactory())
    tree = page(client)
    inside = {href.split("#")[0] for href in tree.xpath("//a/@href") if href.startswith("/")}

    assert len(inside) > 3
    for href in inside - {""}:
        assert client.get(href).status_code in {200, 302}, href


def test_every_form_leads_somewhere(client, catalogue):
    for form in page(client).xpath("//form"):
        if form.get("method") == "post":
            assert client.post(form.get("action"), {}).status_code in {200, 422}, form.get("action")


def test_who_is_logged_in_sees_their_name_and_no_login_box(client, log_in, catalogue):
    compte = CompteFactory(personne=PersonneFactory(prenoms="Élodie", nom_naissance="<N’Guyen>"))

    response = log_in(compte).get("/")
    tree = lxml_html.fromstring(response.content)

    assert not tree.xpath("//form[@action='/connexion/']")
    assert "Élodie <N’Guyen>" in texts(tree, "//main")[0]
    assert tree.xpath("//form[@action='/deconnexion/' and @method='post']")
    assert "Je n’ai pas d’espace" not in texts(tree, "//body")[0]


def test_login_from_the_home_page_with_a_mistake_says_so(client, catalogue):
    response = client.post("/connexion/", {"identifiant": "elodie", "mot_de_passe": "non"})

    assert response.status_code == 422
    assert "Identifiant ou mot de passe inconnu" in response.content.decode()


def test_page_names_the_town_once_as_its_title(client, catalogue):
    tree = page(client)

    assert tree.findtext(".//title").strip().endswith(settings.TOWN["nom"])
    assert len(tree.xpath("//h1")) == 1
    assert tree.get("lang") == "fr"


@pytest.mark.parametrize("count", [3, 300])
def test_anonymous_page_costs_at_most_four_queries_and_reads_no_session(client, max_queries, count):
    version = VersionDemarcheFactory()
    VersionDemarcheFactory.create_batch(count - 1, demarche__theme=version.demarche.theme)

    with max_queries() as cold:
        client.get("/")
    with max_queries() as warm:
        response = client.get("/")

    assert cold.count <= 4, cold.sql
    assert warm.count <= 1, warm.sql
    assert not [sql for sql in cold.sql if "accounts_sessioncompte" in sql]
    assert "session" not in response.cookies


def test_empty_town_has_a_home_page_too(client):
    assert "Nouvelle démarche" in texts(page(client), "//body")[0]


def test_page_is_read_only(client):
    assert client.post("/").status_code == 405
