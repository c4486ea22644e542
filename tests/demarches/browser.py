"""A browser without scripts: it reads pages, fills in their forms and goes where it is led."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.test import Client
from lxml import html
from lxml.html import HtmlElement

from tests.portal.captcha import helpers as captcha

Typed = str | list[str] | None


class Browser:
    """One visitor. `open`, `click` and `send` follow redirects; `page` is what they led to."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.page: HttpResponse
        self._read: tuple[HttpResponse | None, HtmlElement] = (None, None)

    def open(self, url: str) -> Browser:
        self.page = self.client.get(url, follow=True)
        return self

    def click(self, words: str) -> Browser:
        """Follow the link of the page's content that says these words."""
        return self.open(self.link(words))

    def link(self, words: str) -> str:
        """Return where the link that says these words leads."""
        found = [a.get("href") for a in self._main.iter("a") if words in _words(a)]
        assert found, f"no link « {words} » in: {self.text[:500]}"
        return str(found[0])

    def send(self, button: str | None = None, **typed: Typed) -> Browser:
        """Fill in the form with `typed` (None empties) and send it, by `button` if it is named."""
        form = self._form
        data: dict[str, Any] = self.fields | {
            name: [] if value is None else value for name, value in typed.items()
        }
        if button:
            data[button] = "1"
        self.page = self.client.post(form.get("action") or self.url, data, follow=True)
        return self

    def send_with_code(self, **typed: Typed) -> Browser:
        """Send the form of a page that shows an anti-robot code, copying it rightly."""
        return self.send(**captcha.answer(self.html), **typed)

    @property
    def status(self) -> int:
        return int(self.page.status_code)

    @property
    def url(self) -> str:
        return str(self.page.wsgi_request.get_full_path())

    @property
    def html(self) -> str:
        return self.page.content.decode()

    @property
    def text(self) -> str:
        """The words of the page's content, spaces folded, apostrophes as typed on a keyboard."""
        return _words(self._main)

    @property
    def title(self) -> str:
        return _words(self._tree.find(".//title"))

    @property
    def heading(self) -> str:
        """The one h1."""
        (heading,) = self._main.iter("h1")
        return _words(heading)

    @property
    def fields(self) -> dict[str, list[str]]:
        """What the form of the page would send as it stands."""
        held: dict[str, list[str]] = {}
        for name, value in _controls(self._form):
            held.setdefault(name, []).append(value)
        return held

    @property
    def labels(self) -> list[str]:
        """The words of the buttons of the form."""
        return [_words(button) for button in self._form.iter("button")]

    @property
    def has_form(self) -> bool:
        return any(form.get("method") == "post" for form in self._main.iter("form"))

    @property
    def _tree(self) -> HtmlElement:
        page, tree = self._read
        if page is not self.page:
            tree = html.document_fromstring(self.html)
            self._read = (self.page, tree)
        return tree

    @property
    def _main(self) -> HtmlElement:
        (main,) = self._tree.iter("main")
        return main

    @property
    def _form(self) -> HtmlElement:
        forms = [form for form in self._main.iter("form") if form.get("method") == "post"]
        assert forms, f"no form at {self.url}: {self.text[:500]}"
        return forms[0]


def plain(text: str) -> str:
    """Return a text with the spaces and apostrophes of a keyboard, to compare words."""
    return " ".join(text.replace("’", "'").split())


def _words(element: HtmlElement | None) -> str:
    return "" if element is None else plain(element.text_content())


def _controls(form: HtmlElement) -> Iterator[tuple[str, str]]:
    """Yield what a browser sends of each control that counts (no button was pressed)."""
    for control in form.iter("input", "textarea", "select"):
        name, kind = control.get("name"), control.get("type", "text")
        if not name or kind in ("submit", "button"):
            continue
        if control.tag == "textarea":
            yield name, (control.text or "").removeprefix("\n")
        elif control.tag == "select":
            chosen = control.xpath(".//option[@selected]") or control.xpath(".//option")[:1]
            yield from ((name, option.get("value", "")) for option in chosen)
        elif kind not in ("radio", "checkbox"):
            yield name, control.get("value", "")
        elif control.get("checked") is not None:
            yield name, control.get("value", "on")
