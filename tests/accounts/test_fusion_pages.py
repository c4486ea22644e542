"""After a merge, the resident's own pages tell the same story."""

import pytest

from accounts.services.fusion import reunir
from tests.accounts.helpers import words
from tests.accounts.test_fusion import agent, child, ferme, garde, home  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


def test_history_and_household_of_the_kept_account(log_in, garde, ferme, agent):  # noqa: F811
    child(home(ferme), "Léo")
    reunir(garde_id=garde.pk, ferme_id=ferme.pk, agent=agent)
    client = log_in(garde)
    assert "Léo" in words(client.get("/entourage/"))
    response = client.get("/entourage/historique/")
    assert response.status_code == 200
    text = words(response).casefold()
    assert "comptes réunis" in text
    assert agent.identifiant not in text
    assert client.get("/mon-espace/donnees/").status_code == 200
    assert log_in(ferme).get("/entourage/").status_code == 302
