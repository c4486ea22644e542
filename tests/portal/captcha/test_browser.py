"""The code in a real browser, with scripts and without."""

import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import sync_playwright

from tests.portal.captcha.helpers import solve

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.portal.captcha.urls"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
]
KEY = "[name=captcha_cle]"
FIELD = "[name=captcha]"


@pytest.fixture
def open_page(live_server, settings):
    def send_static(route):
        # The test server looks files up by the names they have before collecting.
        name = urlsplit(route.request.url).path.removeprefix(settings.STATIC_URL)
        route.fulfill(path=Path(settings.STATIC_ROOT) / name)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def open_page(**options):
            page = browser.new_context(**options).new_page()
            page.route(f"**{settings.STATIC_URL}**", send_static)
            page.set_default_timeout(5000)
            page.problems = []
            page.on("console", lambda m: m.type == "error" and page.problems.append(m.text))
            page.goto(f"{live_server.url}/essai/")
            return page

        yield open_page
        connection.close()  # under Playwright's loop Django opened another one than the test's own
        browser.close()


def test_new_code_with_scripts_stays_on_the_page(open_page):
    page = open_page()
    before = page.input_value(KEY)
    page.fill("[name=nom]", "Camille")
    page.fill(FIELD, "faux")
    page.click("text=Nouveau code")
    page.wait_for_selector(f"{FIELD}:focus")

    after = page.input_value(KEY)
    assert after != before
    assert page.input_value(FIELD) == ""
    assert page.input_value("[name=nom]") == "Camille"
    assert page.inner_text("[role=status]").startswith("Un nouveau code est affiché")
    for selector, attribute in (("img", "src"), ("audio", "src"), ("fieldset a", "href")):
        assert after in page.get_attribute(selector, attribute)
    assert page.evaluate("document.querySelector('img').decode()") is None

    page.fill(FIELD, solve(after))
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Merci Camille")
    assert page.problems == []


def test_new_code_without_scripts_sends_the_form(open_page):
    page = open_page(java_script_enabled=False)
    before = page.input_value(KEY)
    page.fill("[name=nom]", "Camille")
    page.click("text=Nouveau code")
    page.wait_for_load_state()

    after = page.input_value(KEY)
    assert after != before
    assert page.input_value("[name=nom]") == "Camille"
    assert page.locator("[aria-invalid]").count() == 0
    page.fill(FIELD, solve(after))
    page.press("[name=nom]", "Enter")
    page.wait_for_selector("text=Merci Camille")


def test_failure_of_the_network_is_said(open_page):
    page = open_page()
    before = page.input_value(KEY)
    page.route("**/nouveau/", lambda route: route.abort())
    page.click("text=Nouveau code")
    page.wait_for_selector("text=Le code n’a pas pu être changé.")
    assert page.input_value(KEY) == before
    page.unroute("**/nouveau/")
    page.click("text=Nouveau code")
    page.wait_for_selector("text=Un nouveau code est affiché")


def test_two_tabs_do_not_disturb_each_other(open_page):
    first, second = open_page(), open_page()
    second.click("text=Nouveau code")
    second.wait_for_selector("text=Un nouveau code est affiché")
    for page in (second, first):
        page.fill("[name=nom]", "Camille")
        page.fill(FIELD, solve(page.input_value(KEY)))
        page.press(FIELD, "Enter")
        page.wait_for_selector("text=Merci Camille")


def test_sound_is_loaded_only_when_played_and_can_be_sought(open_page):
    page = open_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.click("text=Nouveau code")
    page.wait_for_selector("text=Un nouveau code est affiché")
    page.wait_for_load_state("networkidle")
    assert not any(url.endswith(".wav") for url in asked)
    duration = page.evaluate(
        """() => new Promise((done, failed) => {
            const audio = document.querySelector("audio");
            audio.onseeked = () => done(audio.duration);
            audio.onerror = () => failed(audio.error.message);
            audio.oncanplay = () => { audio.oncanplay = null; audio.currentTime = 3; };
            audio.preload = "auto";
            audio.load();
        })"""
    )
    assert 5 < duration < 11
    assert any(url.endswith(".wav") for url in asked)
    assert page.problems == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1024])
def test_no_accessibility_finding_and_no_horizontal_scroll(open_page, scheme, width):
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    page.click("text=Envoyer mon essai")
    page.wait_for_selector(f"{FIELD}[aria-invalid]")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found] == []
