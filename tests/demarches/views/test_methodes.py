"""Each address answers the methods it is made for, and no other."""

import pytest

from demarches.services import messages
from tests.conftest import StrictClient
from tests.demarches.saisies import begin, fill_in
from tests.demarches.traces import nothing_left
from tests.factories import DemandeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
CODE = "signalement-voirie"


@pytest.fixture
def urls(browser):
    """Every address of this app that the browser may open, by name."""
    fill_in(begin(browser, CODE), CODE)
    draft = browser.url.removesuffix("recapitulatif/")
    filed = DemandeFactory(deposee=True)
    browser.client.post("/suivi/", {"numero": filed.numero})
    link = f"/suivi/lien/{messages.jeton(filed)}/"
    return {
        "read": [
            "/demarches/",
            "/demarches/theme/etat-civil/",
            f"/demarches/{CODE}/",
            f"/demarches/{CODE}/aide/",
            f"{draft}la-demarche/",
            f"/suivi/{filed.uuid}/",
            f"/suivi/{filed.uuid}/recapitulatif/",
        ],
        "read and write": [
            f"{draft}mes-informations/",
            f"{draft}ma-demande/probleme/",
            f"{draft}recapitulatif/",
            "/suivi/",
            link,
        ],
        "write": [f"/demarches/{CODE}/commencer/", f"/suivi/{filed.uuid}/lien/"],
        "read elsewhere": [f"{draft}ma-demande/", f"/suivi/{filed.uuid}/demande.pdf"],
    }


def test_head_answers_like_get_without_a_body(browser, urls):
    for url in urls["read"] + urls["read and write"]:
        got, head = browser.client.get(url), browser.client.head(url)
        assert (got.status_code, head.status_code) == (200, 200), url
        assert head.content == b""


def test_what_only_acts_does_nothing_when_read(browser, urls):
    # Read again after an error page, it leads to where one presses the button.
    with nothing_left():
        for url in urls["write"]:
            for method in ("get", "head"):
                response = getattr(browser.client, method)(url)
                assert response.status_code == 302, url
                assert browser.client.get(response["Location"]).status_code == 200


def test_what_only_shows_refuses_to_be_sent_to(browser, urls):
    with nothing_left():
        for url in urls["read"] + urls["read elsewhere"]:
            assert browser.client.post(url, {}).status_code == 405, url


def test_other_methods_are_refused(browser, urls):
    with nothing_left():
        for url in [url for group in urls.values() for url in group]:
            for method in ("PUT", "DELETE", "PATCH", "TRACE"):
                assert browser.client.generic(method, url).status_code == 405, (method, url)


def test_forms_without_the_token_of_the_page_are_refused(urls):
    strict = StrictClient(enforce_csrf_checks=True)
    with nothing_left():
        for url in ["/suivi/", f"/demarches/{CODE}/commencer/"]:
            response = strict.post(url, {"numero": "7K2M-9QXD-04TB"})
            assert response.status_code == 403
    assert "7K2M-9QXD-04TB" in strict.post("/suivi/", {"numero": "7K2M-9QXD-04TB"}).content.decode()
