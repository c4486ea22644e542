"""« Courriers de démonstration »: what a resident would have got, as they would have read it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.notifications import delivery
from tests.mails.announce import announce

pytestmark = pytest.mark.django_db


def test_list_shows_the_latest_first(client):
    announce(fait=1, numero="AAAA-AAAA-AAAA")
    announce(fait=2, numero="BBBB-BBBB-BBBB")

    html = client.get("/courriers-de-demonstration/").content.decode()

    assert "Courriers de démonstration" in html
    assert html.index("BBBB-BBBB-BBBB") < html.index("AAAA-AAAA-AAAA")


def test_empty_list_says_what_to_do(client):
    assert (
        "Aucun courriel pour le moment"
        in client.get("/courriers-de-demonstration/").content.decode()
    )


def test_mail_is_shown_with_its_link_to_follow(client):
    message = announce(nom="<b>Élodie</b>")

    html = client.get(f"/courriers-de-demonstration/{message.uuid}/").content.decode()

    assert "elodie@exemple.fr" in html
    assert 'href="https://demarches.ville.fr/suivi/lien/jeton/"' in html
    assert "<b>Élodie</b>" not in html


def test_purged_mail_is_no_longer_listed(client):
    announce(numero="AAAA-AAAA-AAAA")
    delivery.drain()
    delivery.purge_bodies(timezone.now() + timedelta(seconds=1))

    assert "AAAA" not in client.get("/courriers-de-demonstration/").content.decode()


@pytest.mark.parametrize("address", ["3f2b8c1e-6d9a-4f0e-9a57-0d1d0c8f4a11", "1", "x"])
def test_unknown_mail_is_not_found(client, address):
    assert client.get(f"/courriers-de-demonstration/{address}/").status_code == 404


@pytest.mark.parametrize("count", [3, 60])
def test_list_costs_one_query(client, max_queries, count):
    for fait in range(count):
        announce(fait=fait, numero=f"AAAA-AAAA-{fait:04}")

    with max_queries() as queries:
        client.get("/courriers-de-demonstration/")

    assert queries.count <= 1, queries.sql
