"""An agent who looks after accounts, one who does not, and the words of a page."""

import pytest
from lxml import html

from tests.demarches.browser import plain
from tests.factories import CompteFactory, ServiceFactory

LIST = "/admin/accounts/compte/"


@pytest.fixture
def service(db):
    return ServiceFactory(nom="Accueil")


@pytest.fixture
def agent(service):
    return CompteFactory(agent=True, services=[service], services__gere_les_comptes=True)


@pytest.fixture
def clerk(agent, log_in):
    """The browser of the agent who looks after accounts."""
    return log_in(agent)


@pytest.fixture
def other_clerk(service, log_in):
    """The browser of an agent who does not."""
    return log_in(CompteFactory(agent=True, services=[service]))


def words(response) -> str:
    """Return the words of a page, buttons included."""
    (content,) = html.document_fromstring(response.content.decode()).xpath("//*[@id='content']")
    buttons = " ".join(content.xpath(".//input[@type='submit']/@value"))
    return plain(f"{content.text_content()} {buttons}")


def messages(response) -> str:
    """Return what the page says was done."""
    page = html.document_fromstring(response.content.decode())
    return plain(" ".join(li.text_content() for li in page.xpath("//*[@class='messagelist']/li")))
