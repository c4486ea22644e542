"""The gallery of components in a real browser: accessibility, small screens, scripts, paper."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.messages import constants
from django.contrib.messages.storage.cookie import CookieStorage
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone
from playwright.sync_api import sync_playwright

from portal.ui import errors
from tests.portal.ui.helpers import FAUTES, GalerieForm

CHROMIUM = shutil.which("chromium")
ORIGIN = "http://galerie.test"
CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action *"
PAGE = (Path(__file__).parent / "galerie.html").read_text(encoding="utf-8")
WIDTHS = (320, 360, 768, 1280)

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
]


def etape(libelle, etat, url=None):
    return SimpleNamespace(libelle=libelle, etat=etat, url=url)


def gallery(data=None) -> str:
    request = RequestFactory().get("/demarches/")
    request._messages = CookieStorage(request)
    request._messages.add(constants.SUCCESS, "Votre demande est déposée.")
    fait = SimpleNamespace(titre="Demande reçue", date=timezone.now(), texte="Par le service.")
    context = {
        "form": GalerieForm(data),
        "frise": [fait, fait],
        "parcours": [
            etape("La démarche", "fait", "#1"),
            etape("Mes informations", "fait", "#2"),
            etape("Ma demande", "courant"),
            etape("Le récapitulatif", "a_venir"),
        ],
    }
    return engines["jinja2"].from_string(PAGE).render(context, request)


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, settings):
    """Serve a page and the collected static files without any server."""
    contexts = []

    def open_page(body: str, **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.problems = []

        def answer(route):
            path = urlsplit(route.request.url).path
            if path.startswith(settings.STATIC_URL):
                name = path.removeprefix(settings.STATIC_URL)
                route.fulfill(path=Path(settings.STATIC_ROOT) / name)
                return
            headers = {"Content-Security-Policy": CSP}
            route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=headers)

        page.route("**/*", answer)
        page.set_default_timeout(5000)
        page.on("console", lambda m: m.type == "error" and page.problems.append(m.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(f"{ORIGIN}/galerie/")
        return page

    yield open_page
    for context in contexts:
        context.close()


def findings(page) -> list[str]:
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [f"{v['id']}: {node['html'][:200]}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("data", [None, FAUTES], ids=["empty", "faulty"])
def test_gallery_has_no_accessibility_finding_nor_horizontal_scroll(open_page, scheme, data):
    page = open_page(gallery(data), color_scheme=scheme)
    assert page.problems == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width in (320, 1280):
            assert findings(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_error_pages_have_no_accessibility_finding(open_page, scheme):
    request = RequestFactory().post("/x/", {"nom": "Lefèvre", "motif": "un\ndeux"})
    request._messages = CookieStorage(request)
    responses = [
        errors.not_found(request),
        errors.csrf_failure(request),
        errors.gone(request, "Ce lien a expiré.", ("Demander un nouveau lien", "/suivi/")),
        errors.too_many(request, 60),
        errors.server_error(request),
    ]
    for response in responses:
        page = open_page(response.content.decode(), color_scheme=scheme)
        assert findings(page) == []


def test_targets_are_large_enough_for_a_finger(open_page):
    page = open_page(gallery(), viewport={"width": 360, "height": 800})
    small = page.evaluate(
        """() => [...document.querySelectorAll(".bouton, .menu summary, .choix, .fil a, .tuile,"
              + " .champ input:not([type=checkbox],[type=radio]), select, textarea")]
            .map((e) => [e.className || e.name, e.getBoundingClientRect().height])
            .filter(([name, height]) => height > 0 && height < 44)"""
    )
    assert small == []


def test_menu_opens_without_scripts_on_a_phone(open_page):
    page = open_page(gallery(), viewport={"width": 360, "height": 800}, java_script_enabled=False)
    link = page.locator("header nav a").first
    assert not link.is_visible()
    page.click("header summary")
    assert link.is_visible()


def test_menu_is_always_there_on_a_wide_screen(open_page):
    page = open_page(gallery(), viewport={"width": 1280, "height": 800})
    assert page.locator("header nav a").first.is_visible()
    assert not page.locator("header summary").is_visible()


def test_fields_follow_their_condition(open_page):
    page = open_page(gallery())
    motif, piece = page.locator("#id_motif"), page.locator("#id_piece")
    assert not motif.is_visible()
    page.check("#id_acte_0")
    assert motif.is_visible()
    motif.fill("Mariage")
    page.check("#id_acte_1")
    assert not motif.is_visible()
    assert motif.input_value() == "Mariage"  # nothing typed is lost
    assert not piece.is_visible()
    page.check("#id_certifie")
    assert piece.is_visible()
    assert page.problems == []


def test_without_scripts_everything_is_asked_with_the_sentence(open_page):
    page = open_page(gallery(), java_script_enabled=False)
    assert page.locator("#id_motif").is_visible()
    assert page.locator("#id_motif_condition").is_visible()


def test_form_is_sent_once_and_again_after_coming_back(open_page):
    page = open_page(gallery())
    page.evaluate(
        """() => {
            window.sent = 0;
            addEventListener("submit", (event) => {
                if (!event.defaultPrevented) window.sent += 1;
                event.preventDefault();
            });
        }"""
    )
    send = page.get_by_role("button", name="Envoyer ma demande")
    send.dispatch_event("click")
    send.dispatch_event("click")
    assert page.evaluate("window.sent") == 1
    assert send.get_attribute("aria-disabled") == "true"
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert send.get_attribute("aria-disabled") is None
    send.dispatch_event("click")
    assert page.evaluate("window.sent") == 2


def test_focus_goes_to_the_summary_and_its_links_to_the_fields(open_page):
    page = open_page(gallery(FAUTES))
    assert page.evaluate("document.activeElement.matches('[data-resume-erreurs]')")
    page.click("[data-resume-erreurs] a[href='#id_acte_0']")
    assert page.evaluate("document.activeElement.id") == "id_acte_0"


def test_password_can_be_shown_and_is_sent_hidden(open_page):
    page = open_page(gallery())
    field = page.locator("#id_mot_de_passe")
    page.get_by_role("button", name="Afficher le mot de passe").click()
    assert field.get_attribute("type") == "text"
    page.get_by_role("button", name="Masquer le mot de passe").click()
    assert field.get_attribute("type") == "password"


def test_long_text_counts_down_and_cuts_nothing(open_page):
    page = open_page(gallery())
    page.check("#id_acte_0")
    page.evaluate("document.querySelector('#id_motif').removeAttribute('maxlength')")
    page.fill("#id_motif", "x" * 499)
    assert page.locator(".compteur").inner_text() == "1 caractère restant"
    page.fill("#id_motif", "x" * 502)
    assert page.locator(".compteur").inner_text() == "2 caractères en trop"


def test_paper_has_neither_menu_nor_buttons(open_page):
    page = open_page(gallery())
    page.emulate_media(media="print")
    for selector in (".menu", ".actions", ".evitement"):
        assert not page.locator(selector).first.is_visible()
    assert page.locator("h1").is_visible()
    assert page.locator(".frise").is_visible()
