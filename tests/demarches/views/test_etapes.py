"""Steps in any order: nothing is lost, nothing is sent twice (A7, D1)."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from demarches.models import Demande
from demarches.services import brouillon
from portal.notifications.models import OutgoingMessage
from tests.conftest import StrictClient
from tests.demarches.browser import Browser
from tests.demarches.saisies import QUI, begin, cle_of, file, fill_in, screen
from tests.demarches.traces import nothing_left, traces
from tests.factories import CampagneFactory, CompteFactory, DemandeFactory
from tests.portal.captcha import helpers as captcha

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
CODE = "signalement-voirie"


def draft() -> Demande:
    return Demande.objects.get()


def at(step: str) -> str:
    return f"/demandes/{draft().uuid}/{step}/"


# Back and forward


def test_every_earlier_step_shows_again_what_was_typed(browser):
    fill_in(begin(browser, CODE), CODE)
    for step in ("mes-informations", "ma-demande/probleme", "ma-demande/lieu"):
        browser.open(at(step))
        assert browser.status == 200
        for name, typed in screen(CODE, cle_of(step)).items():
            assert browser.fields.get(name, [""]) == [typed], name


def test_going_back_and_forward_again_changes_nothing(browser):
    fill_in(begin(browser, CODE), CODE)
    before = draft().saisie
    browser.open(at("mes-informations"))
    for _screen in range(3):
        browser.send()
    assert cle_of(browser.url) == "recapitulatif"
    assert draft().saisie == before


def test_page_left_open_in_another_tab_can_still_be_sent(browser):
    begin(browser, CODE)
    old = Browser(browser.client).open(at("mes-informations"))
    fill_in(browser, CODE)
    old.send(**QUI | {"nom": "Durand"})
    assert draft().saisie["mes-informations"]["nom"] == ["Durand"]
    assert draft().saisie["ma-demande"]["rue"] == ["Rue de l’École"]


def test_save_and_go_back_keeps_what_was_typed_even_when_wrong(browser):
    begin(browser, CODE).send(**screen(CODE, "mes-informations"))
    label = [words for words in browser.labels if words == "Enregistrer et revenir"]
    assert label
    browser.send("_precedent", nature="graffiti", depuis="31/02/2024", description="a" * 3000)
    assert cle_of(browser.url) == "mes-informations"
    browser.open(at("ma-demande/probleme"))
    assert browser.status == 200
    assert browser.fields["nature"] == ["graffiti"]
    assert browser.fields["depuis"] == ["31/02/2024"]
    assert browser.fields["description"] == ["a" * 3000]


def test_save_and_go_back_from_the_first_form_leads_to_the_first_step(browser):
    begin(browser, CODE).send("_precedent", nom="Martin")
    assert cle_of(browser.url) == "la-demarche"
    assert draft().saisie["mes-informations"]["nom"] == ["Martin"]


def test_each_screen_is_saved_on_leaving(browser):
    begin(browser, CODE).send(**screen(CODE, "mes-informations"))
    assert draft().saisie["mes-informations"]["courriel"] == ["elodie@exemple.fr"]
    again = Browser(browser.client).open(at("mes-informations"))
    assert again.fields["nom"] == ["N’Guyen-Lefèvre"]


def test_wrong_answers_are_named_kept_and_not_passed(browser):
    begin(browser, CODE).send(nom="", prenoms="Élodie", courriel="elodie@", telephone="12")
    assert browser.status == 422
    assert browser.title.startswith("Erreur : ")
    assert cle_of(browser.url) == "mes-informations"
    assert browser.fields["courriel"] == ["elodie@"]
    assert browser.fields["telephone"] == ["12"]
    assert browser.html.count('aria-invalid="true"') == 3
    assert "Ce champ est obligatoire." in browser.text
    browser.send(nom="Martin", courriel="elodie@exemple.fr", telephone="")
    assert cle_of(browser.url) == "probleme"


# Steps by their address


def test_recap_before_the_rest_leads_to_what_is_missing(browser):
    begin(browser, CODE).open(at("recapitulatif"))
    assert cle_of(browser.url) == "mes-informations"
    assert "obligatoire" in browser.text  # the errors show at once
    browser.send(**screen(CODE, "mes-informations")).open(at("recapitulatif"))
    assert cle_of(browser.url) == "probleme"


def test_recap_after_a_change_that_makes_a_section_missing(browser):
    code = "acte-mariage"
    fill_in(begin(browser, code), code)
    browser.open(at("ma-demande/document")).send(type_acte="copie_integrale")
    browser.open(at("recapitulatif"))
    assert cle_of(browser.url) == "parents"


def test_last_screen_first(browser):
    begin(browser, CODE).open(at("ma-demande/lieu")).send(**screen(CODE, "lieu"))
    assert draft().saisie["ma-demande"]["rue"] == ["Rue de l’École"]
    fill_in(browser, CODE)
    assert "Rue de l'École" in browser.text


def test_ma_demande_leads_to_its_first_screen(browser):
    begin(browser, CODE).open(at("ma-demande"))
    assert cle_of(browser.url) == "probleme"


@pytest.mark.parametrize(
    "cle", ["inconnue", "recapitulatif", "mes-informations", "PROBLEME", "-", "a" * 200]
)
def test_unknown_screen_leads_to_a_living_one(browser, cle):
    begin(browser, CODE).open(at(f"ma-demande/{cle}"))
    assert browser.status in (200, 404)
    if browser.status == 200:
        assert browser.heading


def test_screen_that_the_answers_rule_out_cannot_be_filled_in(browser):
    code = "acte-mariage"
    fill_in(begin(browser, code), code)
    before = draft().saisie
    browser.client.post(at("ma-demande/parents"), {"epoux_1_parent_1": "Quelqu’un"})
    assert draft().saisie == before


def test_sending_before_the_rest_is_filled_in_files_nothing(browser):
    begin(browser, CODE)
    browser.client.post(at("recapitulatif"), {"captcha": "x", "captcha_cle": "y"})
    assert draft().is_brouillon


def test_filed_request_shows_no_step_any_more(browser):
    file(browser, CODE)
    for step in (
        "la-demarche",
        "mes-informations",
        "ma-demande",
        "ma-demande/probleme",
        "recapitulatif",
    ):
        browser.open(at(step))
        assert cle_of(browser.url) == "envoyee"
    browser.open(at("envoyee")).open(f"/suivi/{draft().uuid}/")
    assert browser.heading == "Suivi de la demande"


def test_draft_followed_leads_back_to_its_steps(browser):
    begin(browser, CODE).open(f"/suivi/{draft().uuid}/")
    assert cle_of(browser.url) == "mes-informations"
    browser.open(at("envoyee"))
    assert cle_of(browser.url) == "mes-informations"


def test_two_tabs_that_disagree_lead_to_a_screen_that_counts(browser, monkeypatch):
    code = "acte-naissance"
    fill_in(begin(browser, code), code, until="parents")
    save = brouillon.enregistrer

    def save_while_another_tab_does(**kwargs):
        save(**kwargs)
        return save(**kwargs | {"saisie": {"type_acte": ["sans_filiation"]}})

    monkeypatch.setattr(brouillon, "enregistrer", save_while_another_tab_does)
    browser.send(**screen(code, "parents"))  # a section that the other tab has just ruled out
    assert browser.status == 200
    assert cle_of(browser.url) in ("document", "recapitulatif")


# Sent once


def test_double_click_files_once(browser):
    fill_in(begin(browser, CODE), CODE)
    data = captcha.answer(browser.html)
    first = browser.client.post(at("recapitulatif"), data)
    second = browser.client.post(at("recapitulatif"), data)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"] == at("envoyee")
    assert draft().evenements.count() == 1
    assert OutgoingMessage.objects.count() == 1


def test_reload_and_back_after_sending_change_nothing(browser):
    fill_in(begin(browser, CODE), CODE).send_with_code()
    number = draft().numero
    with nothing_left():
        browser.open(browser.url).open(browser.url)
        assert number in browser.text
        browser.open(at("recapitulatif"))
        assert number in browser.text


def test_screens_sent_after_filing_are_not_heard(browser):
    fill_in(begin(browser, CODE), CODE).send_with_code()
    before = traces()
    for step in ("mes-informations", "ma-demande/probleme", "recapitulatif"):
        response = browser.client.post(at(step), {"nom": "Autre", "nature": "autre"})
        assert response["Location"] == at("envoyee")
    assert traces() == before


def test_same_draft_is_taken_up_by_a_double_click_on_begin(browser):
    begin(browser, CODE)
    begin(browser, CODE)
    assert Demande.objects.count() == 1
    browser.send(**screen(CODE, "mes-informations"))
    begin(browser, CODE)
    assert Demande.objects.count() == 2  # several drafts of one démarche are allowed


def test_draft_begun_is_offered_on_the_page_of_its_demarche(browser):
    begin(browser, CODE).open(f"/demarches/{CODE}/")
    assert "Reprendre" not in browser.text  # nothing was typed yet
    begin(browser, CODE).send(**screen(CODE, "mes-informations"))
    browser.open(f"/demarches/{CODE}/").click("Reprendre la demande commencée")
    assert browser.fields["nom"] == ["N’Guyen-Lefèvre"]
    Browser(StrictClient()).open(f"/demarches/{CODE}/")


# Drafts that end


def test_ended_draft_says_so_and_leads_to_a_new_start(browser):
    fill_in(begin(browser, CODE), CODE)
    Demande.objects.update(expire_at=timezone.now())
    for step in (
        "la-demarche",
        "mes-informations",
        "ma-demande",
        "ma-demande/lieu",
        "recapitulatif",
    ):
        browser.open(at(step))
        assert browser.status == 410, step
        assert "expiré" in browser.text
        assert browser.link("démarches").startswith("/demarches/")


def test_ended_draft_is_not_saved_and_not_sent(browser):
    fill_in(begin(browser, CODE), CODE)
    data = captcha.answer(browser.html)
    Demande.objects.update(expire_at=timezone.now())
    with nothing_left():
        assert browser.client.post(at("mes-informations"), QUI).status_code == 410
        assert browser.client.post(at("recapitulatif"), data).status_code == 410


def test_draft_removed_since_says_the_same(browser):
    fill_in(begin(browser, CODE), CODE)
    url = at("recapitulatif")
    Demande.objects.update(expire_at=timezone.now() - timedelta(seconds=1))
    assert brouillon.purger(timezone.now()) == 1
    assert browser.open(url).status == 410
    assert "expiré" in browser.text


def test_ended_draft_is_not_taken_up_and_not_offered(browser):
    begin(browser, CODE).send(**screen(CODE, "mes-informations"))
    Demande.objects.update(expire_at=timezone.now())
    begin(browser, CODE)
    assert Demande.objects.count() == 2
    browser.open(f"/demarches/{CODE}/")
    assert "Reprendre" not in browser.text


def test_draft_without_account_is_found_until_it_ends(browser):
    # Typed at noon, again in the evening, ended the next morning: within 24 hours of the last word.
    start = timezone.now()
    begin(browser, CODE).send(**screen(CODE, "mes-informations"))
    with time_machine.travel(start + timedelta(hours=20)):
        browser.open(at("ma-demande/probleme")).send(**screen(CODE, "probleme"))
    with time_machine.travel(start + timedelta(hours=30)):
        assert browser.open(at("ma-demande/probleme")).status == 200
        assert cle_of(browser.url) == "probleme"


def test_draft_without_account_that_ended_by_itself_says_so(browser):
    begin(browser, CODE).send(**screen(CODE, "mes-informations"))
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=5)):
        assert browser.open(at("mes-informations")).status == 410


# What changes meanwhile


def test_demarche_taken_off_line_between_two_steps(browser):
    fill_in(begin(browser, CODE), CODE)
    draft().version.demarche.__class__.objects.update(en_ligne=False)
    browser.send_with_code()
    assert browser.status == 422
    assert "n'est plus ouverte en ligne" in browser.text
    assert "Rue de l'École" in browser.text
    assert draft().is_brouillon
    # What was typed is there, should the démarche come back.
    assert draft().saisie["ma-demande"]["rue"] == ["Rue de l’École"]


def test_last_place_taken_between_two_steps(browser):
    from demarches.models import Demarche

    campagne = CampagneFactory(demarche=Demarche.objects.get(code=CODE), places=1)
    fill_in(begin(browser, CODE), CODE)
    campagne.places_prises = 1
    campagne.save()
    browser.send_with_code()
    assert browser.status == 422
    assert "Toutes les places sont prises" in browser.text
    assert draft().is_brouillon
    assert not OutgoingMessage.objects.exists()
    # The code was right: it is not asked again.
    assert "captcha" not in browser.fields
    campagne.places = 2
    campagne.save()
    browser.send()
    assert cle_of(browser.url) == "envoyee"


def test_prefilled_from_the_account_and_free_to_change(logged_in):
    begin(logged_in, CODE)
    assert logged_in.fields["nom"] == ["Lopez"]
    assert logged_in.fields["prenoms"] == ["Camille Anne"]
    assert logged_in.fields["courriel"] == ["camille@exemple.fr"]
    assert logged_in.fields["telephone"] == ["06 12 34 56 78"]
    logged_in.send(nom="Martin", telephone="")
    logged_in.open(at("mes-informations"))
    assert logged_in.fields["nom"] == ["Martin"]
    assert logged_in.fields["telephone"] == [""]


def test_account_holder_resumes_from_another_device(logged_in, compte, log_in):
    begin(logged_in, CODE).send()
    other = Browser(log_in(compte)).open("/demandes/")
    other.click("Signaler un problème")
    fill_in(other, CODE)
    assert cle_of(other.url) == "recapitulatif"


def test_drafts_of_two_accounts_do_not_mix(logged_in, log_in):
    begin(logged_in, CODE)
    other = Browser(log_in(CompteFactory()))
    begin(other, CODE)
    assert Demande.objects.count() == 2
    assert logged_in.url != other.url


def test_page_of_a_draft_is_not_kept_by_the_browser(browser):
    fill_in(begin(browser, CODE), CODE)
    assert "no-store" in browser.page["Cache-Control"]
    DemandeFactory()  # of nobody here
    assert browser.open("/demandes/").url.startswith("/connexion/")
