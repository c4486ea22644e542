"""One request on one page: what it says, who may read it, and that reading is written down."""

import pytest
import time_machine
from django.utils import timezone
from lxml import html

from demarches.states import Etat
from portal.audit.models import AuditEvent
from tests.definitions import document
from tests.demarches.admin.conftest import LIST
from tests.demarches.browser import plain
from tests.demarches.traces import nothing_left
from tests.factories import CompteFactory, DemandeFactory, VersionDemarcheFactory

pytestmark = pytest.mark.django_db
ACTES = ("prendre-en-charge", "instruire", "accepter", "refuser", "classer")


def page(client, demande) -> str:
    """Return the words of the request's page."""
    response = client.get(f"{LIST}{demande.pk}/change/")
    assert response.status_code == 200
    return words(response)


def words(response) -> str:
    (content,) = html.document_fromstring(response.content.decode()).xpath("//*[@id='content']")
    buttons = " ".join(content.xpath(".//input[@type='submit']/@value"))
    return plain(f"{content.text_content()} {buttons}")


def test_page_tells_who_what_and_where_it_stands(clerk, make):
    text = page(clerk, make())
    for expected in (
        "N'Guyen",
        "Élodie",
        "elodie@exemple.fr",
        "Objet",
        "Un lampadaire",
        "Reçue",
        "Demande reçue",
    ):
        assert expected in text, expected


def test_request_of_another_service_is_not_found(clerk, elsewhere):
    with nothing_left():
        for path in ("", "change/", "demande.pdf", *(f"acte/{acte}/" for acte in ACTES)):
            response = clerk.get(f"{LIST}{elsewhere.pk}/{path}", follow=True)
            assert response.status_code == 404, path
            assert elsewhere.numero not in response.content.decode()
        for acte in ACTES:
            url = f"{LIST}{elsewhere.pk}/acte/{acte}/"
            assert clerk.post(url, {"texte": "Non."}).status_code == 404


def test_draft_and_unknown_request_are_not_found(clerk, version):
    draft = DemandeFactory(prete=True, version=version)
    for pk in (draft.pk, 999_999_999, 10**30):
        assert clerk.get(f"{LIST}{pk}/change/").status_code == 404
    assert clerk.get(f"{LIST}abc/change/").status_code == 404


def test_reading_is_written_in_the_journal(clerk, make, agent):
    demande = make()
    page(clerk, demande)
    clerk.get(f"{LIST}{demande.pk}/demande.pdf")
    pdf, read = AuditEvent.objects.all()
    for line in (read, pdf):
        assert (line.action, line.actor_id, line.target_id) == (
            "demande.consultee",
            agent.pk,
            str(demande.pk),
        )
        assert line.details["services"] == ["État civil"]
    assert pdf.details["forme"] == "pdf"
    assert "N’Guyen" not in str(read.__dict__)


def test_pdf_is_the_residents(clerk, make):
    demande = make()
    response = clerk.get(f"{LIST}{demande.pk}/demande.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert demande.numero in response["Content-Disposition"]
    assert response.content.startswith(b"%PDF-")


def test_typed_words_are_words_here_too(clerk, make):
    demande = make(reponses={"objet": "<script>alert(1)</script>\nDeux & lignes"})
    response = clerk.get(f"{LIST}{demande.pk}/change/")
    assert b"<script>alert" not in response.content
    assert "<script>alert(1)</script>" in words(response)


def test_buttons_are_those_that_the_state_allows(clerk, make):
    expected = {
        "deposee": {"Prendre en charge"},
        "prise_en_charge": {"Commencer l'instruction"},
        "en_instruction": {"Accepter la demande", "Refuser la demande", "Classer sans suite"},
        "acceptee": set(),
    }
    every = set().union(*expected.values())
    for trait, labels in expected.items():
        text = page(clerk, make(trait))
        assert {label for label in every if label in text} == labels, trait


def test_demarche_without_decision_is_closed_and_not_refused(clerk, service):
    version = VersionDemarcheFactory(demarche__service=service, definition=document(decision=False))
    text = page(clerk, DemandeFactory(en_instruction=True, version=version))
    assert "Clore" in text
    assert "Accepter" not in text
    assert "Refuser" not in text


def test_history_names_the_agent_with_paris_time(clerk, make, agent):
    demande = make()
    with time_machine.travel("2026-07-14T22:30:00+00:00", tick=False):
        clerk.force_login(agent)
        clerk.post(f"{LIST}{demande.pk}/acte/prendre-en-charge/")
        text = page(clerk, demande)
    assert agent.identifiant in text
    assert "15/07/2026 à 0 h 30" in text
    assert "prise en charge" in text


def test_decision_that_was_sent_can_be_read_again(clerk, make):
    demande = make(
        "acceptee", etat=Etat.REFUSEE, motif="Une pièce manque.", decision_at=timezone.now()
    )
    text = page(clerk, demande)
    assert "Une pièce manque." in text
    assert "Refusée" in text


def test_page_is_not_kept_by_the_browser(clerk, make):
    response = clerk.get(f"{LIST}{make().pk}/change/")
    assert "no-store" in response["Cache-Control"]


def test_read_only_role_reads_and_does_nothing(make, log_in, service, monkeypatch):
    from accounts import registries

    agent = CompteFactory(agent=True, services=[service])
    monkeypatch.setattr(registries, "_permissions", {agent.role: {"demarches.view_demande"}})
    client = log_in(agent)
    demande = make()
    page(client, demande)
    client.post(f"{LIST}{demande.pk}/acte/prendre-en-charge/")
    demande.refresh_from_db()
    assert demande.etat == Etat.DEPOSEE
