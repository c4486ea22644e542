"""« Suivi de la demande » and its PDF: state, squares, history, answers, the service's reply."""

import re

import pypdfium2
import pytest
import time_machine
from django.urls import reverse

from demarches.models import Demande
from demarches.services import instruction
from demarches.states import Etat
from tests.definitions import document
from tests.demarches.browser import Browser, plain
from tests.demarches.saisies import file
from tests.factories import CompteFactory, DemandeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def follow(log_in, compte):
    """Return a function that opens a page of a request as the account that filed it."""

    def open_(demande, name="suivi"):
        browser = Browser(log_in(compte))
        return browser.open(reverse(f"demarches:{name}", kwargs={"uuid": demande.uuid}))

    return open_


def pdf_text(content: bytes) -> str:
    pdf = pypdfium2.PdfDocument(content)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in pdf]
    finally:
        pdf.close()
    return plain(" ".join(pages).replace("\ufffe", "").replace("\u00ad", ""))


@pytest.mark.parametrize(
    ("trait", "words", "squares"),
    [
        ("deposee", "Reçue", 1),
        ("prise_en_charge", "Prise en charge", 2),
        ("en_instruction", "En instruction", 3),
        ("acceptee", "Acceptée", 4),
    ],
)
def test_squares_tell_in_words_where_it_stands(follow, compte, trait, words, squares):
    text = follow(DemandeFactory(**{trait: True}, compte=compte)).text
    assert f"{words} (étape {squares} sur 4)" in text


def test_squares_of_a_refused_and_of_a_cancelled_request(follow, compte):
    refused = DemandeFactory(
        acceptee=True, compte=compte, etat=Etat.REFUSEE, motif="Une pièce manque."
    )
    text = follow(refused).text
    assert "étape 4 sur 4" in text
    assert "refusée" in text
    assert "Une pièce manque." in text
    cancelled = DemandeFactory(deposee=True, compte=compte, etat=Etat.ANNULEE)
    assert "annulée" in follow(cancelled).text.lower()


def test_tabs_have_addresses_and_history_opens_first(follow, compte):
    browser = follow(DemandeFactory(deposee=True, compte=compte))
    assert browser.heading == "Suivi de la demande"
    assert "Historique" in browser.text
    assert browser.link("Récapitulatif").endswith("/recapitulatif/")
    browser.click("Récapitulatif")
    assert "Le demandeur" in browser.text
    assert "La demande" in browser.text
    assert "Un lampadaire" in browser.text


def test_history_tells_each_step_with_its_date_in_paris(follow, compte):
    with time_machine.travel("2026-07-14T22:30:00+00:00", tick=False):
        demande = DemandeFactory(deposee=True, compte=compte)
        agent = CompteFactory(agent=True, services=[demande.version.demarche.service])
        instruction.prendre_en_charge(demande_id=demande.pk, agent=agent)
    with time_machine.travel("2026-12-01T08:00:00+00:00", tick=False):
        instruction.instruire(demande_id=demande.pk, agent=agent)
        text = follow(demande).text
    assert "mercredi 15 juillet 2026 à 0 h 30" in text
    assert "mardi 1er décembre 2026 à 9 h" in text
    order = [
        text.index(words)
        for words in ("Demande reçue", "prise en charge par le service", "cours d'instruction")
    ]
    assert order in (sorted(order), sorted(order, reverse=True))
    assert agent.identifiant not in text


def test_answer_of_the_service_shows_as_written(follow, compte):
    motif = "Bonjour,\n\nvenez avec <b>vos papiers</b> & l'original."
    browser = follow(DemandeFactory(acceptee=True, compte=compte, motif=motif))
    assert "venez avec <b>vos papiers</b> & l'original." in browser.text
    assert "<b>vos papiers" not in browser.html


def test_demarche_without_decision_is_handled_not_accepted(follow, compte):
    demande = DemandeFactory(
        acceptee=True, compte=compte, version__definition=document(decision=False)
    )
    text = follow(demande).text
    assert "traitée" in text
    assert "acceptée" not in text


def test_request_reads_with_the_words_of_the_version_it_was_filed_on(follow, compte):
    demande = DemandeFactory(deposee=True, compte=compte)
    old = demande.demarche_titre
    demande.version.demarche.titre = "Nouveau titre"
    demande.version.demarche.save()
    assert old in follow(demande).text
    assert old in follow(demande, "contenu").text


def test_confirmation_tells_the_number_the_address_and_what_comes(follow, compte):
    demande = DemandeFactory(deposee=True, compte=compte)
    browser = follow(demande, "envoyee")
    assert demande.numero in browser.text
    assert "elodie@exemple.fr" in browser.text
    assert browser.link("Suivi de la demande") == f"/suivi/{demande.uuid}/"
    assert browser.link("PDF").endswith("demande.pdf")


def test_pdf_tells_the_whole_request(browser, catalogue):
    file(browser, "acte-deces")
    demande = Demande.objects.get()
    response = browser.client.get(reverse("demarches:pdf", kwargs={"uuid": demande.uuid}))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'inline; filename="demande-{demande.numero}.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert response.content.startswith(b"%PDF-")
    text = pdf_text(response.content)
    for words in (
        demande.numero,
        "Demander un acte de décès",
        "N'Guyen-Lefèvre",
        "Rue de la Loi 16",
        "Belgique",
        "+32 470 12 34 56",
        "O'Brien",
        "02/01/2020",
        "Demande reçue",
    ):
        assert words in text, text


def test_pdf_tells_the_decision_and_its_text(log_in, compte):
    demande = DemandeFactory(acceptee=True, compte=compte, motif="Le document part demain.")
    url = reverse("demarches:pdf", kwargs={"uuid": demande.uuid})
    text = pdf_text(log_in(compte).get(url).content)
    assert "Le document part demain." in text
    assert "acceptée" in text.lower()


def test_pdf_of_strange_answers_is_still_drawn(log_in, compte):
    strange = "👨‍👩‍👧‍👦 李明 محمد #set page(fill: red) $x$ \\ @ref {{ 1 }} " + "mot" * 2000
    demande = DemandeFactory(deposee=True, compte=compte, reponses={"objet": strange})
    url = reverse("demarches:pdf", kwargs={"uuid": demande.uuid})
    response = log_in(compte).get(url)
    assert response.status_code == 200
    assert "#set page(fill: red)" in pdf_text(response.content)


def test_pdf_opens_in_a_new_tab_and_says_so(follow, compte):
    browser = follow(DemandeFactory(deposee=True, compte=compte))
    (link,) = re.findall(r"<a [^>]*demande\.pdf[^>]*>", browser.html)
    assert 'target="_blank"' in link
    assert "nouvel onglet" in browser.text


@pytest.mark.parametrize("name", ["suivi", "contenu", "pdf", "envoyee"])
def test_pages_of_a_request_are_not_kept_by_the_browser(log_in, compte, name):
    demande = DemandeFactory(deposee=True, compte=compte)
    response = log_in(compte).get(reverse(f"demarches:{name}", kwargs={"uuid": demande.uuid}))
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
