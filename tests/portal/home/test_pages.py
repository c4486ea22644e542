"""Help, legal notice, privacy, accessibility: open to all, true to the settings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import html as lxml_html

from accounts.models import Conditions
from tests.factories import CompteFactory

pytestmark = pytest.mark.django_db
PAGES = ["/aide/", "/mentions-legales/", "/confidentialite/", "/accessibilite/"]


def tree(response):
    assert response.status_code == 200
    return lxml_html.fromstring(response.content)


def words(response) -> str:
    return " ".join(tree(response).find("body").text_content().split())


def test_footer_leads_to_them_from_every_page(client):
    links = tree(client.get("/")).xpath("//footer//nav//a/@href")

    assert set(PAGES) | {"/conditions-generales/"} <= set(links)


def test_home_page_says_the_state_of_accessibility(client):
    """Loi n° 2005-102, article 47."""
    assert "Accessibilité : non conforme" in words(client.get("/"))


@pytest.mark.parametrize("path", PAGES)
def test_every_one_reads_them_at_no_cost(client, log_in, max_queries, path):
    with max_queries() as queries:
        page = tree(client.get(path))
    assert queries.count == 0, queries.sql
    assert len(page.xpath("//h1")) == 1
    for who in (CompteFactory(), CompteFactory(agent=True)):
        assert log_in(who).get(path).status_code == 200
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", PAGES)
def test_no_link_of_theirs_is_dead(client, path):
    page = tree(client.get(path))
    for href in page.xpath("//main//a/@href"):
        if href.startswith("#"):
            assert page.xpath(f"//*[@id='{href[1:]}']"), href
        elif href.startswith("/"):
            assert client.get(href).status_code in {200, 302}, href
        else:
            assert href.startswith(("mailto:", "tel:", "https://")), href


def test_help_answers_what_people_ask(client):
    page = tree(client.get("/aide/"))

    titles = [h.text_content() for h in page.xpath("//main//h2")]
    for title in ("Faire une démarche", "Suivre une demande", "Créer mon espace"):
        assert title in titles
    assert len(page.xpath("//main//details/summary")) >= 6


def test_help_says_the_durations_and_the_checking_of_this_town(client, settings):
    settings.DUREE_ACTIVATION = timedelta(hours=24)
    settings.DELAI_VALIDATION_JOURS_OUVRES = 5
    said = words(client.get("/aide/"))
    assert "24 heures" in said
    assert "5 jours ouvrés" in said

    settings.VALIDATION_AUTOMATIQUE = True
    assert "jours ouvrés" not in words(client.get("/aide/"))


def test_legal_notice_names_who_publishes_and_who_hosts(client, settings):
    said = words(client.get("/mentions-legales/"))
    assert f"Commune de {settings.TOWN['nom']}" in said
    assert "n’est pas encore indiqué" in said

    settings.DIRECTEUR_PUBLICATION = "Mme Anne Roux, maire"
    settings.HEBERGEUR = "Nuage SARL, 2 rue du Port, 44000 Nantes, 02 00 00 00 00"
    said = words(client.get("/mentions-legales/"))
    assert "Mme Anne Roux, maire." in said
    assert "Nuage SARL" in said


def test_privacy_of_the_demonstration_names_nobody(client):
    said = words(client.get("/confidentialite/"))

    assert "Aucun prestataire extérieur" in said
    assert "n’envoie aucun courriel" in said


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"EMAIL_BACKEND": "anymail.backends.brevo.EmailBackend"}, "Brevo"),
        (
            {
                "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "EMAIL_HOST": "mail.ville.fr",
            },
            "mail.ville.fr",
        ),
        ({"ADRESSES_URL": "https://adresses.exemple.fr/search"}, "adresses.exemple.fr"),
        ({"HEBERGEUR": "Nuage SARL, Nantes"}, "Nuage SARL, Nantes"),
    ],
)
def test_privacy_names_who_handles_data_here(client, settings, changes, name):
    settings.DEMO_MAILBOX = "EMAIL_BACKEND" not in changes
    for setting, value in changes.items():
        setattr(settings, setting, value)

    rows = [
        " ".join(row.text_content().split())
        for row in tree(client.get("/confidentialite/")).xpath("//main//table//tr")
    ]

    assert any(name in row for row in rows), rows


def test_privacy_says_how_long_and_whom_to_write_to(client, settings):
    settings.DUREE_COMPTE_JAMAIS_ACTIVE = timedelta(days=45)
    settings.DPO_COURRIEL = "dpo@ville.fr"
    response = client.get("/confidentialite/")
    page = tree(response)

    assert "45 jours" in words(response)
    assert page.xpath("//main//a[@href='mailto:dpo@ville.fr']")
    assert page.xpath("//main//a[@href='https://www.cnil.fr/fr/plaintes']")


def test_declaration_claims_no_audit_that_was_not_made(client):
    said = words(client.get("/accessibilite/"))

    assert "non conforme" in said
    assert "aucun audit" in said
    assert "Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07" in said


def test_terms_speak_of_pages_that_are_there(client):
    assert "Confidentialité" in Conditions.en_vigueur().texte
