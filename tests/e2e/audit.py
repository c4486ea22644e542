"""What every page is judged by: its structure, axe, and where its links lead."""

from __future__ import annotations

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.pages import overflow

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Of axe's rules, those whose verdict depends on the colour scheme.
COLOURS = ["color-contrast", "link-in-text-block"]

_AXE = Axe().axe_script + ";"
# axe yields to the page by timers, which do not run where scripts are off: microtasks do.
_RUN = """async (options) => {
    window.setTimeout = (call, _delay, ...args) => {
        Promise.resolve().then(() => call(...args));
        return 0;
    };
    const found = await axe.run(document, options);
    return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 200)}`));
}"""
_STRUCTURE = """() => ({
    lang: document.documentElement.lang,
    title: document.title,
    headings: document.querySelectorAll("h1").length,
})"""
_LINKS = """() => [...document.querySelectorAll("a[href]:not([href^='#'])")]
    .filter((a) => /^https?:$/.test(a.protocol)).map((a) => a.href.split("#")[0])"""
_LOST = """() => [...document.querySelectorAll("a[href^='#']")]
    .map((a) => a.getAttribute("href").slice(1))
    .filter((id) => id && !document.getElementById(id))"""


def faults(page: Page, *, tags: list[str], dark: bool) -> list[str]:
    """Return everything wrong with a page in the light scheme and, if asked, the dark one."""
    _turn(page, "light")
    found = structure(page) + overflow(page)
    page.evaluate(_AXE)
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": tags}}
    # axe leaves this rule of WCAG 2.2 out unless asked by name.
    options["rules"] = {"target-size": {"enabled": True}}
    found += _axe(page, options)
    if dark:
        _turn(page, "dark")
        again = _axe(page, {"runOnly": {"type": "rule", "values": COLOURS}})
        found += [f"dark, {fault}" for fault in again]
    return found


def structure(page: Page) -> list[str]:
    """Language, title, one main heading, and anchors that are there."""
    seen = page.evaluate(_STRUCTURE)
    found = [f"leads to no #{name}" for name in page.evaluate(_LOST)]
    if seen["lang"] != "fr":
        found.append(f"lang={seen['lang']}")
    if not seen["title"].strip(" –"):
        found.append("no title")
    if seen["headings"] != 1:
        found.append(f"{seen['headings']} h1")
    return found


def links(page: Page) -> set[str]:
    """Return where the page leads, on the web."""
    return set(page.evaluate(_LINKS))


def _turn(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Change the colour scheme, to the end: Django's admin fades its links."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.getAnimations().forEach((each) => each.finish())")


def _axe(page: Page, options: dict[str, Any]) -> list[str]:
    options = {"resultTypes": ["violations"], "preload": False, **options}
    return page.evaluate(_RUN, options)
