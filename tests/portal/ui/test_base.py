"""The frame of pages: title, landmarks, menu, messages."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import constants
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory
from django.urls import path
from lxml import html

from portal.ui import context, registries
from portal.ui.registries import anonyme, connecte
from tests.portal.ui.helpers import FAUTES, XSS, GalerieForm, check_structure, only, text

urlpatterns = [
    path(f"{name}/", lambda request: HttpResponse(), name=name)
    for name in ("demarches", "demandes", "connexion", "deconnexion", "mentions")
]
pytestmark = pytest.mark.urls(__name__)
PAGE = (
    '{% extends "base.html" %}{% block titre %}{{ titre }}{% endblock %}'
    "{% block contenu %}<h1>{{ titre }}</h1>{{ entrees }}{% endblock %}"
)


class Personne:
    identifiant = XSS
    is_staff = False
    is_authenticated = True


@pytest.fixture(autouse=True)
def menu(monkeypatch):
    menu = registries.menu
    monkeypatch.setattr(menu, "_entrees", [])
    menu.add(libelle="Toutes les démarches", url_name="demarches", ordre=10)
    menu.add(libelle="Mes demandes", url_name="demandes", ordre=20, zone="espace", visible=connecte)
    menu.add(libelle="Se connecter", url_name="connexion", ordre=1, zone="compte", visible=anonyme)
    menu.add(
        libelle="Se déconnecter",
        url_name="deconnexion",
        ordre=2,
        zone="compte",
        visible=connecte,
        methode="post",
    )
    menu.add(libelle="Mentions légales", url_name="mentions", ordre=1, zone="pied")
    # Drawn once per process, perhaps with the pages of another test.
    monkeypatch.setitem(engines["jinja2"].env.globals, "pied", lambda: "")
    return menu


def page(url="/demarches/acte/", user=None, messages=(), **extra):
    request = RequestFactory().get(url)
    if user:
        request.COOKIES["session"] = "x"
        request.user = user
    request._messages = CookieStorage(request)
    for level, message in messages:
        request._messages.add(level, message)
    template = engines["jinja2"].from_string(PAGE)
    source = template.render({"titre": "Essai", "entrees": "mes entrées", **extra}, request)
    root = html.document_fromstring(source)
    check_structure(root)
    return root


@pytest.fixture(autouse=True)
def session_cookie_name(settings):
    settings.SESSION_COOKIE_NAME = "session"


def test_title_landmarks_and_skip_link():
    root = page()
    assert root.get("lang") == "fr"
    assert only(root, "//title").text.startswith("Essai – ")
    assert len(root.xpath("//h1")) == 1
    assert only(root, "//main").get("id") == "contenu"
    assert root.xpath("//body/a[1]/@href") == ["#contenu"]
    assert root.xpath("//header")
    assert root.xpath("//nav")


def test_title_says_that_the_form_has_errors():
    assert only(page(form=GalerieForm(FAUTES)), "//title").text.startswith("Erreur : Essai – ")
    assert only(page(form=GalerieForm()), "//title").text.startswith("Essai – ")


def test_title_and_account_are_escaped():
    root = page(user=Personne(), titre=XSS)
    assert only(root, "//title").text.startswith(XSS)
    assert XSS in text(root)


def test_names_of_the_frame_do_not_hide_those_of_the_page():
    assert "mes entrées" in text(only(page(), "//main"))


def test_visitor_and_resident_see_their_own_menu():
    visitor, resident = page(), page(user=Personne())
    assert "Se connecter" in text(only(visitor, "//nav"))
    assert "Mes demandes" not in text(visitor)
    assert "Mes demandes" in text(only(resident, "//nav"))
    assert "Se connecter" not in text(resident)


def test_current_page_is_marked_in_the_menu():
    [current] = page("/demarches/acte/").xpath("//nav//*[@aria-current='page']")
    assert text(current) == "Toutes les démarches"
    assert not page("/ailleurs/").xpath("//nav//*[@aria-current]")


def test_logging_out_is_a_form_with_its_token():
    form = only(page(user=Personne()), "//nav//form")
    assert form.get("method") == "post"
    assert form.get("action") == "/deconnexion/"
    assert form.xpath(".//input/@name") == ["csrfmiddlewaretoken"]


def test_menu_opens_without_scripts():
    assert text(only(page(), "//header//details/summary")) == "Menu"


@pytest.mark.parametrize(
    ("level", "classe", "role"),
    [
        (constants.SUCCESS, "notice--succes", "status"),
        (constants.INFO, "notice--info", "status"),
        (constants.WARNING, "notice--attention", "status"),
        (constants.ERROR, "notice--erreur", "alert"),
    ],
)
def test_messages_are_read_at_once(level, classe, role):
    notice = only(page(messages=[(level, XSS)]), "//main/div[contains(@class, 'notice')]")
    assert classe in notice.get("class")
    assert notice.get("role") == role
    assert XSS in text(notice)


def test_scripts_and_styles_are_ours_and_hashed(settings):
    root = page()
    for address in root.xpath("//script/@src | //link/@href"):
        assert address.startswith(settings.STATIC_URL)
    assert len(root.xpath("//link[@rel='stylesheet']")) == 1


class Session:
    """Stands for request.user where touching it would be a query."""

    @property
    def is_authenticated(self):
        raise AssertionError("the session was read")


def test_anonymous_page_does_not_touch_the_session():
    request = RequestFactory().get("/")
    request.user = Session()
    request._messages = CookieStorage(request)
    assert context.page(request)["compte"] is None


def test_page_drawn_before_the_user_is_known():
    request = RequestFactory().get("/", headers={"cookie": "session=x"})
    assert context.page(request)["compte"] is None
    request.user = AnonymousUser()
    assert context.page(request)["compte"] is None


def test_menu_is_ordered_and_declared_once(menu):
    menu.add(libelle="Démarches", url_name="demarches", ordre=99)
    menu.add(libelle="Mentions", url_name="mentions", ordre=5)
    liens = menu.liens("public", compte=None, path="/mentions/")
    assert [(lien.libelle, lien.actif) for lien in liens] == [
        ("Mentions", True),
        ("Démarches", False),
    ]
    assert [lien.url for lien in menu.pied()] == ["/mentions/"]


def test_footer_shows_the_town_and_its_links(menu):
    template = engines["jinja2"].env.get_template("components/pied.html")
    root = html.fragment_fromstring(template.render(liens=menu.pied()), create_parent="div")
    check_structure(root)
    assert root.xpath("//nav//a/@href") == ["/mentions/"]
    assert root.xpath("//address//a[starts-with(@href, 'tel:0')]")
