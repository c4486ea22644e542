"""Two services, each with an agent, and requests in every state."""

import pytest

from tests.factories import (
    CompteFactory,
    DemandeFactory,
    DemarcheFactory,
    ServiceFactory,
    VersionDemarcheFactory,
)

LIST = "/admin/demarches/demande/"


@pytest.fixture
def service(db):
    return ServiceFactory(nom="État civil")


@pytest.fixture
def agent(service):
    return CompteFactory(agent=True, services=[service])


@pytest.fixture
def version(service):
    demarche = DemarcheFactory(service=service, titre="Demander un acte")
    return VersionDemarcheFactory(demarche=demarche)


@pytest.fixture
def make(version):
    """Return a function that files a request of the agent's service."""

    def make_(trait="deposee", **changes):
        return DemandeFactory(version=version, **{trait: True}, **changes)

    return make_


@pytest.fixture
def elsewhere(db):
    """A request of another service."""
    return DemandeFactory(deposee=True, nom_demandeur="Zoé Ailleurs")


@pytest.fixture
def clerk(agent, log_in):
    """The agent's browser."""
    return log_in(agent)
