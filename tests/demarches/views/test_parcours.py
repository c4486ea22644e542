"""The whole line: from the catalogue to the ticket number, in each of the six real démarches."""

import re
from urllib.parse import urlsplit

import pytest

from demarches.models import Demande
from demarches.states import Etat
from portal.audit.models import AuditEvent
from portal.notifications.models import OutgoingMessage
from tests.conftest import StrictClient
from tests.demarches.browser import Browser, plain
from tests.demarches.saisies import SANS_COMPTE, begin, cle_of, file, fill_in, screen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
NUMBER = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
# Something that each recap and follow-up must tell, as people read it.
READ_AGAIN = {
    "acte-naissance": [
        "Copie intégrale",
        "14/03/1987",
        "12 rue des Tilleuls",
        "49100 Angers",
        "06 12 34 56 78",
    ],
    "acte-mariage": ["Extrait sans filiation", "D'Almeida", "14/06/1998"],
    "acte-deces": ["O'Brien", "1000 Bruxelles", "Belgique", "+32 470 12 34 56", "Nantes"],
    "encombrants": [
        "Canapé, fauteuil",
        "Matelas, sommier",
        "49999 Clairval-sur-Loire",
        "Appartement",
    ],
    "signalement-voirie": ["LP-042", "Le lampadaire est éteint 💡.", "Rue de l'École"],
}


@pytest.mark.parametrize("code", SANS_COMPTE)
def test_request_without_account_from_catalogue_to_ticket(code, browser):
    fill_in(begin(browser, code), code)
    assert browser.heading == "Le récapitulatif"
    for words in [*READ_AGAIN[code], "N'Guyen-Lefèvre", "elodie@exemple.fr"]:
        assert words in browser.text

    browser.send_with_code()

    demande = Demande.objects.get()
    assert demande.etat == Etat.DEPOSEE
    assert cle_of(browser.url) == "envoyee"
    assert NUMBER.findall(browser.text) == [demande.numero]
    browser.click("Suivi de la demande")
    assert browser.heading == "Suivi de la demande"
    assert "Historique" in browser.text
    assert "Demande reçue" in browser.text
    browser.click("Récapitulatif")
    for words in ["Le demandeur", "La demande", *READ_AGAIN[code]]:
        assert words in browser.text


@pytest.mark.parametrize("code", SANS_COMPTE)
def test_receipt_leads_any_browser_to_the_request(code, browser):
    file(browser, code)
    mail = OutgoingMessage.objects.get()
    assert (mail.code, mail.recipient) == ("demande_deposee", "elodie@exemple.fr")
    link = re.search(r"https?://\S+/suivi/lien/\S+", mail.body_text)
    other = Browser(StrictClient()).open(urlsplit(link[0]).path)
    assert other.heading == "Ouvrir ma demande"
    other.send()
    assert other.heading == "Suivi de la demande"
    other.click("Récapitulatif")
    for words in READ_AGAIN[code]:
        assert words in other.text


def test_request_with_account_needs_no_code(logged_in, compte):
    fill_in(begin(logged_in, "stationnement-resident"), "stationnement-resident")
    assert "captcha" not in logged_in.fields
    logged_in.send()
    demande = Demande.objects.get()
    assert demande.compte == compte
    assert demande.etat == Etat.DEPOSEE
    assert demande.reponses["plaque_2"] == "EF-456-GH"
    assert demande.numero in logged_in.text
    mail = OutgoingMessage.objects.get()
    assert f"/suivi/{demande.uuid}/" in mail.body_text


def test_account_holder_files_a_free_demarche_without_code(logged_in, compte):
    file(logged_in, "signalement-voirie")
    assert Demande.objects.get().compte == compte
    assert cle_of(logged_in.url) == "envoyee"


def test_stepper_tells_where_one_stands(browser):
    begin(browser, "signalement-voirie")
    for label in ("La démarche", "Mes informations", "Ma demande", "Le récapitulatif"):
        assert label in browser.text
    assert "Mon rendez-vous" not in browser.text
    assert browser.heading == "Mes informations"


def test_first_step_can_be_read_again_and_left(browser):
    begin(browser, "signalement-voirie").click("La démarche")
    assert cle_of(browser.url) == "la-demarche"
    assert "30 minutes" in browser.text
    browser.click("Continuer ma demande")
    assert cle_of(browser.url) == "mes-informations"


def test_section_called_for_by_an_answer_comes_and_goes(browser):
    code = "acte-naissance"
    fill_in(begin(browser, code), code, until="personne")
    browser.send(**screen(code, "personne"))
    assert cle_of(browser.url) == "parents"
    # An extract without filiation asks neither the parents nor the link.
    draft = Demande.objects.get()
    browser.open(f"/demandes/{draft.uuid}/ma-demande/document/").send(type_acte="sans_filiation")
    browser.send()
    assert cle_of(browser.url) == "recapitulatif"
    assert "Paul Lefèvre" not in browser.text
    browser.send_with_code()
    assert set(Demande.objects.get().reponses) == {
        "type_acte",
        "exemplaires",
        "motif",
        "nom_naissance",
        "prenoms_personne",
        "date_naissance",
        "commune_naissance",
    }


def test_answers_of_a_section_that_goes_are_found_when_it_comes_back(browser):
    code = "acte-naissance"
    fill_in(begin(browser, code), code)
    uuid = Demande.objects.get().uuid
    for choice in ("sans_filiation", "copie_integrale"):
        browser.open(f"/demandes/{uuid}/ma-demande/document/").send(type_acte=choice)
    browser.open(f"/demandes/{uuid}/ma-demande/parents/")
    assert browser.fields["parent_1"] == ["Paul Lefèvre"]


def test_filing_leaves_one_event_one_audit_line_and_no_typed_data(browser):
    file(browser, "acte-deces")
    demande = Demande.objects.get()
    assert demande.saisie == {}
    assert [e.action for e in demande.evenements.all()] == ["deposer"]
    line = AuditEvent.objects.get(target_type="demarches.demande")
    assert (line.action, line.address) == ("demande.deposee", "127.0.0.0/24")


@pytest.mark.parametrize("code", ["acte-naissance", "acte-mariage", "acte-deces"])
def test_civil_status_acts_accept_people_abroad(code, browser):
    begin(browser, code)
    browser.send(
        **screen(code, "mes-informations")
        | {
            "telephone": "+225 07 01 02 03 04",
            "adresse__voie": "Rue des Jardins, Cocody",
            "adresse__code_postal": "",
            "adresse__commune": "Abidjan",
            "adresse__pays": "CI",
        }
    )
    assert cle_of(browser.url) != "mes-informations", browser.text


def test_names_with_apostrophes_are_right_in_the_mail(browser):
    code = "signalement-voirie"
    begin(browser, code).send(
        **screen(code, "mes-informations") | {"nom": "N'Guyen & Fils", "prenoms": "Élodie <3"}
    )
    fill_in(browser, code).send_with_code()
    mail = OutgoingMessage.objects.get()
    assert "Élodie <3 N'Guyen & Fils" in plain(mail.body_text)
    assert "Élodie &lt;3 N&#39;Guyen &amp; Fils" in mail.body_html
