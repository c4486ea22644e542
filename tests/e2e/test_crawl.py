"""Every page in a real browser: accessibility in both colour schemes, structure, links, weight."""

from __future__ import annotations

from urllib.parse import urldefrag, urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Page

from tests.e2e import audit
from tests.e2e.inventory import NOT_PAGES, Inventory, Stop
from tests.e2e.visitor import Visitor
from tests.test_access_matrix import ADMIN, MATRIX

pytestmark = pytest.mark.e2e

DESK = {"width": 1280, "height": 800}
RESIDENTS = [*audit.WCAG, "best-practice"]
HOME_BYTES = 60_000
# To whom one may complain of the town hall: their sites, and no other, are named.
AUTHORITIES = (
    "https://www.cnil.fr/",
    "https://formulaire.defenseurdesdroits.fr/",
    "https://www.defenseurdesdroits.fr/",
)


@pytest.fixture
def inventory(site) -> Inventory:
    return Inventory()


@pytest.fixture
def viewport(scripts: bool) -> dict[str, int]:
    """A phone with scripts and a desk without: between them each layout is seen, and each way."""
    return {"width": 320, "height": 640} if scripts else DESK


def crawl(someone: Visitor, stops: list[Stop], tags: list[str]) -> str:
    """Go to every page; return what is wrong, a line each with its place."""
    found: list[str] = []
    seen: set[str] = set()
    page = someone.page
    for stop in stops:
        someone.expected_statuses = {stop.status, stop.then}
        status, wanted = _go(page, stop), stop.then if stop.act else stop.status
        if status != wanted:
            found.append(f"{stop}: {status}, not {wanted}")
        # Colours do not depend on scripts: the dark ones are judged once.
        faults = audit.faults(page, tags=tags, dark=someone.scripts)
        found += [f"{stop}: {fault}" for fault in faults]
        seen |= audit.links(page)
    found += dead_links(someone, seen - {someone.url + stop.url for stop in stops})
    return "\n".join(found)


def _go(page: Page, stop: Stop) -> int:
    """Open the page, do what is to be done; return how the last one was answered."""
    response = page.goto(stop.url)
    if stop.act is not None:
        with page.expect_navigation() as navigation:
            stop.act(page)
        response = navigation.value
    assert response
    return response.status


def dead_links(someone: Visitor, links: set[str]) -> list[str]:
    """Return the links that lead nowhere; what is not built yet is absent, not dead."""
    found = []
    for link in sorted({urldefrag(link).url for link in links}):
        if link.startswith(AUTHORITIES):
            continue
        if not link.startswith(someone.url):
            found.append(f"leads to another host: {link}")
        elif not someone.context.request.get(link).ok:
            found.append(f"dead link: {link}")
    return found


def test_pages_of_a_visitor(inventory, visitor, viewport):
    someone = visitor(viewport=viewport)
    for demande, niveau in inventory.known():
        someone.know(demande, niveau)

    assert crawl(someone, inventory.visitor(), RESIDENTS) == ""


def test_pages_of_a_resident(inventory, visitor, viewport):
    someone, newcomer = visitor(viewport=viewport), visitor(viewport=viewport)
    someone.log_in(inventory.resident)
    newcomer.log_in(inventory.newcomer)

    assert crawl(someone, inventory.resident_pages(), RESIDENTS) == ""
    assert crawl(newcomer, inventory.newcomer_pages(), RESIDENTS) == ""


@pytest.mark.parametrize("scripts", [True], indirect=True)
def test_pages_of_an_agent(inventory, visitor):
    someone = visitor(viewport=DESK)
    someone.log_in(inventory.agent)

    assert crawl(someone, inventory.agent_pages(), audit.WCAG) == ""


def test_every_page_of_the_access_matrix_is_crawled(inventory):
    stops = inventory.visitor() + inventory.resident_pages() + inventory.agent_pages()
    crawled = {resolve(urlsplit(s.url).path).view_name for s in stops if s.status == 200}

    assert (set(MATRIX) | set(ADMIN)) - crawled == NOT_PAGES


@pytest.mark.parametrize("scripts", [True], indirect=True)
def test_weight_of_the_home_page_on_a_first_view(town, visitor):
    someone = visitor()
    weights: list[float] = []
    session = someone.context.new_cdp_session(someone.page)
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    session.send("Network.enable")
    someone.page.goto("/", wait_until="networkidle")

    assert len(weights) > 3  # the page, its style, its scripts
    assert sum(weights) < HOME_BYTES
