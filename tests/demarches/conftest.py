"""The six real démarches, read once and loaded where a test asks for them."""

import pytest

from demarches.services import publication
from demarches.services.fichiers import CATALOGUE, lire
from tests.demarches.browser import Browser
from tests.factories import CompteFactory


@pytest.fixture(scope="session")
def lot():
    """The catalogue that comes with Parvis, as documents."""
    return lire(CATALOGUE)


@pytest.fixture
def catalogue(db, lot):
    """Load the real catalogue; gives what became of each démarche."""
    return publication.charger(lot)


@pytest.fixture
def browser(client) -> Browser:
    """A visitor without account and without scripts."""
    return Browser(client)


@pytest.fixture
def compte(db):
    """A validated account with the coordinates a town knows."""
    return CompteFactory(
        personne__nom_naissance="Martin",
        personne__nom_usage="Lopez",
        personne__prenoms="Camille Anne",
        personne__courriel="camille@exemple.fr",
        personne__telephone_mobile="+33612345678",
    )


@pytest.fixture
def logged_in(compte, log_in) -> Browser:
    """The holder of `compte`, logged in."""
    return Browser(log_in(compte))
