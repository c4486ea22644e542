"""A town, its site, and people with browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import Browser

from tests.e2e import chromium as chromium_of
from tests.e2e.serving import Server
from tests.e2e.town import Town
from tests.e2e.visitor import Visitor


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all these tests of a worker."""
    with chromium_of.started() as browser:
        yield browser


@pytest.fixture(scope="package")
def server(static_files) -> Iterator[Server]:
    server = Server()
    server.start()
    # The links of mails lead here.
    with override_settings(ALLOWED_HOSTS=["127.0.0.1"], PUBLIC_URL=server.url):
        yield server
    server.stop()


@pytest.fixture
def site(server: Server, transactional_db) -> Iterator[Server]:
    """The site on empty tables; a page that raised fails the test."""
    server.failures.clear()
    yield server
    server.settle()
    if server.failures:
        pytest.fail("\n".join(server.failures))


@pytest.fixture
def town(site) -> Town:
    return Town.build()


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Every journey works with scripts off: they only make it smoother."""
    return request.param


@pytest.fixture
def visitor(chromium: Browser, site: Server, scripts: bool) -> Iterator[Callable[..., Visitor]]:
    """Return a function that gives one more person a browser; what a page does wrong fails."""
    visitors: list[Visitor] = []

    def arrive(**options) -> Visitor:
        visitors.append(Visitor(chromium, site.url, **{"scripts": scripts, **options}))
        return visitors[-1]

    yield arrive
    for each in visitors:
        each.context.close()
    problems = [problem for each in visitors for problem in each.problems]
    if problems:
        pytest.fail("\n".join(problems))
