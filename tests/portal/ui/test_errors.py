"""Error pages: right status, what happened, what to do, nothing of the inside."""

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory
from lxml import html

from portal.ui import errors
from tests.portal.ui.helpers import XSS, check_structure, only, text


def request(method="get", data=None, **headers):
    made = getattr(RequestFactory(headers=headers), method)("/demandes/?a=1", data or {})
    made._messages = CookieStorage(made)
    return made


def read(response, status):
    assert response.status_code == status
    root = html.document_fromstring(response.content.decode())
    check_structure(root)
    assert len(root.xpath("//h1")) == 1
    assert root.xpath("//a[@href='/']")
    assert "Traceback" not in text(root)
    return root


@pytest.mark.parametrize(
    ("handler", "status", "words"),
    [
        (errors.bad_request, 400, "Nous n’avons pas compris cette demande"),
        (errors.permission_denied, 403, "Vous n’avez pas accès à cette page"),
        (errors.not_found, 404, "Cette page est introuvable"),
    ],
)
def test_handlers(handler, status, words):
    root = read(handler(request(), Exception("détail interne")), status)
    assert text(only(root, "//h1")) == words
    assert "détail interne" not in text(root)


def test_gone_says_what_to_do_instead():
    root = read(errors.gone(request(), XSS, ("Demander un nouveau lien", "/suivi/")), 410)
    assert XSS in text(root)
    assert root.xpath("//main//a[@href='/suivi/']")
    read(errors.gone(request(), "Terminé."), 410)


def test_too_many_says_when_to_come_back():
    response = errors.too_many(request(), 90)
    assert response["Retry-After"] == "90"
    assert "Réessayez dans 2 minutes" in text(read(response, 429)).replace("\u00a0", " ")


def test_server_error_needs_neither_request_nor_database():
    read(errors.server_error(None), 500)  # this test has no access to the database


def test_server_error_survives_a_broken_template(monkeypatch):
    def broken(name):
        raise RuntimeError(name)

    monkeypatch.setattr(errors, "get_template", broken)
    root = read(errors.server_error(None), 500)
    assert "problème" in text(only(root, "//h1"))


def typed(root):
    labels = [text(dt) for dt in root.xpath("//main//dt")]
    return dict(zip(labels, (text(dd) for dd in root.xpath("//main//dd")), strict=True))


def test_csrf_failure_gives_back_what_was_typed_without_secrets():
    data = {
        "csrfmiddlewaretoken": "jeton",
        "mot_de_passe": "secret-1",
        "nouveau_mot_de_passe": "secret-2",
        "Password2": "secret-3",
        "reponse_secrete": "secret-4",
        "captcha": "secret-5",
        "nom_usage": XSS,
        "motifs": ["un", "deux"],
        "vide": " ",
    }
    root = read(errors.csrf_failure(request("post", data), "reason"), 403)
    assert typed(root) == {"Nom usage": XSS, "Motifs": "un deux"}
    assert "secret-" not in text(root)
    assert root.xpath("//main//a[@href='/demandes/?a=1']")


def test_csrf_failure_shows_nothing_that_another_site_sent():
    response = errors.csrf_failure(request("post", {"nom": "Faux"}, origin="https://autre.example"))
    assert typed(read(response, 403)) == {}
    response = errors.csrf_failure(request("post", {"nom": "Vrai"}, origin="http://testserver"))
    assert typed(read(response, 403)) == {"Nom": "Vrai"}


def test_csrf_failure_survives_a_body_that_cannot_be_read(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    response = errors.csrf_failure(request("post", {"nom": "x" * 50}))
    assert typed(read(response, 403)) == {}
