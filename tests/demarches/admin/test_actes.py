"""What a clerk does on the page of a request, and what the resident is told."""

import re
from urllib.parse import urlsplit

import pytest
from lxml import html

from demarches.models import Demande
from demarches.services import instruction
from demarches.states import Etat
from portal.notifications.models import OutgoingMessage
from tests.conftest import StrictClient
from tests.definitions import document
from tests.demarches.admin.conftest import LIST
from tests.demarches.browser import Browser, plain
from tests.demarches.traces import nothing_left
from tests.factories import CompteFactory, DemandeFactory, VersionDemarcheFactory

pytestmark = pytest.mark.django_db


def post(client, demande, acte, **data):
    return client.post(f"{LIST}{demande.pk}/acte/{acte}/", data, follow=True)


def words(response) -> str:
    return plain(html.document_fromstring(response.content.decode()).text_content())


def test_from_the_first_click_to_the_answer(clerk, make, agent):
    demande = make()
    for acte, etat in (
        ("prendre-en-charge", Etat.PRISE_EN_CHARGE),
        ("instruire", Etat.EN_INSTRUCTION),
    ):
        response = post(clerk, demande, acte)
        assert response.redirect_chain[-1][0] == f"{LIST}{demande.pk}/change/"
        demande.refresh_from_db()
        assert (demande.etat, demande.agent) == (etat, agent)
    assert not OutgoingMessage.objects.exists()

    response = post(clerk, demande, "accepter", texte="Le document part demain.\n\nBonne journée.")
    assert "c'est fait" in words(response)
    demande.refresh_from_db()
    assert demande.etat == Etat.ACCEPTEE
    mail = OutgoingMessage.objects.get()
    assert mail.recipient == "elodie@exemple.fr"
    assert demande.numero in mail.subject
    assert "Le document part demain." in mail.body_text
    link = urlsplit(re.search(r"https?://\S+/suivi/lien/\S+", mail.body_text)[0]).path
    resident = Browser(StrictClient()).open(link).send()
    assert "Le document part demain." in resident.text
    assert "acceptée" in resident.text


@pytest.mark.parametrize(
    ("acte", "etat", "said"),
    [("refuser", Etat.REFUSEE, "refusée"), ("classer", Etat.SANS_SUITE, "sans suite")],
)
def test_decision_against_carries_its_reason(clerk, make, acte, etat, said):
    demande = make("en_instruction")
    post(clerk, demande, acte, texte="Il manque l'acte & la pièce <n° 2>.")
    demande.refresh_from_db()
    assert demande.etat == etat
    mail = OutgoingMessage.objects.get()
    assert said in mail.subject
    assert "Il manque l'acte & la pièce <n° 2>." in mail.body_text
    assert "Il manque l&#39;acte &amp; la pièce &lt;n° 2&gt;." in mail.body_html


@pytest.mark.parametrize("acte", ["refuser", "classer"])
@pytest.mark.parametrize("texte", ["", "   ", "\u00a0\n"])
def test_reason_left_out_is_asked_for_at_the_field(clerk, make, acte, texte):
    demande = make("en_instruction")
    with nothing_left():
        response = post(clerk, demande, acte, texte=texte)
    assert response.status_code == 422
    page = html.document_fromstring(response.content.decode())
    (field,) = page.xpath("//textarea[@name='texte']")
    assert field.get("aria-invalid") == "true"
    errors = page.xpath(f"//*[@id='{field.get('aria-describedby').split()[-1]}']")
    assert "motif" in plain("".join(e.text_content() for e in errors))
    assert page.findtext(".//title").strip().startswith("Erreur")


@pytest.mark.parametrize("acte", ["refuser", "accepter"])
def test_text_too_long_or_impossible_is_kept(clerk, make, acte):
    demande = make("en_instruction")
    for texte in ("Bonjour. " * 1000, "Bonjour\x00."):
        with nothing_left():
            response = post(clerk, demande, acte, texte=texte)
        if response.status_code == 200:
            continue  # cleaned and sent would be as well; refused, it must be kept
        assert response.status_code == 422
        (field,) = html.document_fromstring(response.content.decode()).xpath("//textarea")
        assert "Bonjour" in field.text


def test_text_is_kept_when_a_colleague_was_quicker(clerk, make, service):
    demande = make("en_instruction")
    colleague = CompteFactory(agent=True, services=[service])
    instruction.accepter(demande_id=demande.pk, agent=colleague)
    with nothing_left():
        response = post(clerk, demande, "refuser", texte="Mon long texte de refus.")
    assert "a changé entre-temps" in words(response)
    assert "Mon long texte de refus." in response.content.decode()


def test_page_of_a_decision_tells_to_whom_it_goes_and_decides_nothing(clerk, make):
    demande = make("en_instruction")
    with nothing_left():
        response = clerk.get(f"{LIST}{demande.pk}/acte/refuser/")
    assert response.status_code == 200
    assert "elodie@exemple.fr" in words(response)
    assert "Texte envoyé au demandeur" in words(response)


def test_following_a_link_to_an_act_does_nothing(clerk, make):
    for trait in ("deposee", "prise_en_charge", "en_instruction"):
        demande = make(trait)
        for acte in (
            "prendre-en-charge",
            "instruire",
            "accepter",
            "refuser",
            "classer",
            "inconnu",
            "change",
        ):
            with_before = Demande.objects.get(pk=demande.pk).etat
            assert clerk.get(f"{LIST}{demande.pk}/acte/{acte}/", follow=True).status_code in (
                200,
                404,
            )
            assert Demande.objects.get(pk=demande.pk).etat == with_before
    assert not OutgoingMessage.objects.exists()


def test_act_out_of_its_turn_says_so(clerk, make):
    for trait, acte in (
        ("deposee", "instruire"),
        ("en_instruction", "prendre-en-charge"),
        ("deposee", "accepter"),
    ):
        demande = make(trait)
        response = post(clerk, demande, acte, texte="Oui.")
        assert "a changé entre-temps" in words(response) or "n'est plus possible" in words(response)
        assert Demande.objects.get(pk=demande.pk).etat == demande.etat
    assert not OutgoingMessage.objects.exists()


def test_double_click_on_a_decision_decides_once(clerk, make):
    demande = make("en_instruction")
    for _click in range(2):
        post(clerk, demande, "accepter", texte="Oui.")
    assert OutgoingMessage.objects.count() == 1
    assert demande.evenements.filter(action="accepter").count() == 1


@pytest.fixture
def without_decision(service):
    version = VersionDemarcheFactory(demarche__service=service, definition=document(decision=False))
    return DemandeFactory(en_instruction=True, version=version)


def test_closing_where_nothing_is_decided(clerk, without_decision):
    page = clerk.get(f"{LIST}{without_decision.pk}/acte/accepter/")
    assert "Clore" in page.content.decode()
    post(clerk, without_decision, "accepter", texte="La lampe est changée.")
    without_decision.refresh_from_db()
    assert without_decision.etat_libelle == "traitée"
    mail = OutgoingMessage.objects.get()
    assert "La lampe est changée." in mail.body_text
    assert "acceptée" not in mail.subject + mail.body_text


def test_refusing_where_nothing_is_decided_is_not_possible(clerk, without_decision):
    with nothing_left():
        post(clerk, without_decision, "refuser", texte="Non.")


def test_resident_without_account_and_with_account_are_both_told(clerk, make, compte):
    for owner, path in ((None, "/suivi/lien/"), (compte, "/suivi/")):
        demande = make("en_instruction", compte=owner)
        post(clerk, demande, "accepter")
        assert path in OutgoingMessage.objects.get(subject__contains=demande.numero).body_text
