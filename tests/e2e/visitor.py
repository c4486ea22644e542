"""One person's browser, which notes everything that no page of ours may do."""

from __future__ import annotations

from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from accounts.models import Compte
from demarches.models import Demande
from demarches.views import acces
from tests.e2e.chromium import PATIENCE

PHONE = {"width": 320, "height": 640}
# A form with an error answers so, and the browser writes a line about it in its console.
REFUSED_INPUT = 422


class Visitor:
    """A narrow phone unless told otherwise, with scripts or without."""

    def __init__(
        self, browser: Browser, url: str, *, scripts: bool = True, viewport: Any = PHONE
    ) -> None:
        self.url = url
        self.scripts = scripts
        self.problems: list[str] = []
        self.expected_statuses = {REFUSED_INPUT}
        self.posts: list[str] = []
        self.context = browser.new_context(
            base_url=url,
            java_script_enabled=scripts,
            viewport=viewport,
            locale="fr-FR",
            reduced_motion="reduce",  # colours are judged as they are, not on their way
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.on("request", self._on_request)
        self.context.on("response", self._on_response)
        self.context.on("requestfailed", self._on_failure)
        self.context.on("console", self._on_console)
        self.context.on("weberror", lambda error: self.problems.append(str(error.error)))
        self.page = self.new_tab()

    def new_tab(self) -> Page:
        return self.context.new_page()

    def wait_for_posts(self, number: int) -> None:
        """Wait until that many forms have left."""
        while len(self.posts) < number:
            self.context.wait_for_event("request")

    def log_in(self, compte: Compte) -> None:
        """Have logged in before, without the login page."""
        client = Client()
        client.force_login(compte)
        self._keep_session(client.cookies[settings.SESSION_COOKIE_NAME].value)

    def know(self, demande: Demande, niveau: str = acces.COMPLET) -> None:
        """Have begun, sent or opened a request of no account in this browser."""
        session = import_module(settings.SESSION_ENGINE).SessionStore(self._session())
        known = session.get("demandes", {})
        session["demandes"] = known | {str(demande.uuid): niveau}
        session.save()
        self._keep_session(session.session_key)

    def _session(self) -> str | None:
        cookies = {cookie["name"]: cookie["value"] for cookie in self.context.cookies()}
        return cookies.get(settings.SESSION_COOKIE_NAME)

    def _keep_session(self, key: str) -> None:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.url}
        self.context.add_cookies([cookie])

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:")):
            self.problems.append(f"another host is asked: {request.url}")
        if request.method == "POST" and request.is_navigation_request():
            self.posts.append(urlsplit(request.url).path)

    def _on_response(self, response: Response) -> None:
        wanted = response.request.is_navigation_request()
        if response.status >= 400 and not (wanted and response.status in self.expected_statuses):
            self.problems.append(f"{response.status} {response.url}")

    def _on_failure(self, request: Request) -> None:
        # What is still loading when one leaves a page is dropped: no fault of the page.
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"{request.failure} {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        # The browser's own line about a status, which is judged above.
        own = message.text.startswith("Failed to load resource")
        if message.type in {"error", "warning"} and not own:
            self.problems.append(f"console: {message.text}")
