"""« Mes demandes »: what an account filed, and what it has begun."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.definitions import saisie
from tests.factories import CompteFactory, DemandeFactory

pytestmark = pytest.mark.django_db


def test_nothing_yet_says_so_and_leads_to_the_catalogue(logged_in):
    logged_in.open("/demandes/")
    assert logged_in.heading == "Mes demandes"
    assert logged_in.link("Faire une demande") == "/demarches/"


def test_requests_from_the_newest_with_number_progress_and_details(logged_in, compte):
    now = timezone.now()
    old = DemandeFactory(en_instruction=True, compte=compte, depot_at=now - timedelta(days=9))
    new = DemandeFactory(deposee=True, compte=compte, depot_at=now)
    logged_in.open("/demandes/")
    text = logged_in.text
    assert text.index(new.numero) < text.index(old.numero)
    assert "En instruction (étape 3 sur 4)" in text
    assert f"{timezone.localtime(new.depot_at):%d/%m/%Y}" in text
    assert logged_in.link(f"Détails de la demande {old.numero}") == f"/suivi/{old.uuid}/"
    pdf = logged_in.link(f"{new.numero} PDF, nouvel onglet")
    assert pdf == f"/suivi/{new.uuid}/demande.pdf"
    assert "<small>PDF" in logged_in.html


def test_only_those_of_the_account(logged_in):
    theirs = DemandeFactory(deposee=True, compte=CompteFactory())
    nobody = DemandeFactory(deposee=True)
    text = logged_in.open("/demandes/").text
    assert theirs.numero not in text
    assert nobody.numero not in text


def test_drafts_are_to_be_finished(logged_in, compte):
    draft = DemandeFactory(
        compte=compte, saisie=saisie(), expire_at=timezone.now() + timedelta(days=30)
    )
    logged_in.open("/demandes/").click(draft.demarche_titre)
    assert logged_in.url == f"/demandes/{draft.uuid}/mes-informations/"
    assert logged_in.fields["nom"] == ["N’Guyen"]


def test_ended_draft_is_not_offered(logged_in, compte):
    draft = DemandeFactory(
        compte=compte, saisie=saisie(), expire_at=timezone.now() - timedelta(minutes=1)
    )
    assert draft.demarche_titre not in logged_in.open("/demandes/").text


def test_every_request_can_be_reached(logged_in, compte):
    version = DemandeFactory(deposee=True, compte=compte).version
    demandes = DemandeFactory.create_batch(120, deposee=True, compte=compte, version=version)
    seen = set()
    for page in range(1, 20):
        text = logged_in.open(f"/demandes/?page={page}").text
        found = {d.numero for d in demandes if d.numero in text}
        if found <= seen:
            break
        seen |= found
    assert seen == {d.numero for d in demandes}


@pytest.mark.parametrize("page", ["0", "-1", "999", "abc", "1e9", "%00", "9" * 400, ""])
def test_odd_page_numbers_show_a_page(logged_in, compte, page):
    DemandeFactory(deposee=True, compte=compte)
    assert logged_in.open(f"/demandes/?page={page}").status == 200


def test_anonymous_is_led_to_the_login_and_back(client):
    assert client.get("/demandes/")["Location"] == "/connexion/?next=/demandes/"
