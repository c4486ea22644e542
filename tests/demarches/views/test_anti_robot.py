"""The anti-robot code of a request filed without login: wrong, old, renewed, kept (A8)."""

from datetime import timedelta

import pytest
import time_machine
from captcha.models import CaptchaStore
from django.utils import timezone

from demarches.models import Demande
from tests.demarches.saisies import QUI, begin, cle_of, fill_in
from tests.demarches.traces import nothing_left
from tests.portal.captcha import helpers as captcha

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
CODE = "signalement-voirie"


@pytest.fixture
def recap(browser):
    """A visitor at the recap of a complete draft."""
    return fill_in(begin(browser, CODE), CODE)


def test_recap_shows_a_code_by_image_and_sound(recap):
    key = captcha.key_of(recap.html)
    assert recap.client.get(f"/captcha/{key}/image.png").status_code in (200, 404)
    assert "Nouveau code" in recap.labels
    assert "<audio" in recap.html
    assert captcha.solve(recap.html) not in recap.text


@pytest.mark.parametrize("typed", ["00000", "", "   ", "\x00", "<b>", "é" * 1000])
def test_wrong_code_files_nothing_and_keeps_everything(recap, typed):
    key = captcha.key_of(recap.html)
    with nothing_left():
        recap.send(captcha=typed)
    assert recap.status == 422
    assert recap.title.startswith("Erreur : ")
    assert cle_of(recap.url) == "recapitulatif"
    assert "Rue de l'École" in recap.text
    assert captcha.key_of(recap.html) != key  # another try is another code
    recap.send_with_code()
    assert cle_of(recap.url) == "envoyee"


def test_new_code_is_no_error_and_keeps_everything(recap):
    key = captcha.key_of(recap.html)
    with nothing_left():
        recap.send("captcha_nouveau", captcha="pas encore")
    assert recap.status == 200
    assert not recap.title.startswith("Erreur")
    assert captcha.key_of(recap.html) != key
    assert recap.fields["captcha"] == [""]
    recap.send_with_code()
    assert cle_of(recap.url) == "envoyee"


def test_code_left_too_long_says_so_and_keeps_everything(recap):
    data = captcha.answer(recap.html)
    CaptchaStore.objects.update(expiration=timezone.now() - timedelta(seconds=1))
    recap.send(**data)
    assert recap.status == 422
    assert "Le code a expiré" in recap.text
    assert Demande.objects.get().is_brouillon
    assert "Rue de l'École" in recap.text


def test_code_of_another_page_serves_once(recap, client):
    data = captcha.answer(recap.html)
    recap.send(**data)
    other = fill_in(begin(recap, CODE), CODE)
    other.send(**data)
    assert other.status == 422
    assert "déjà servi" in other.text


def test_no_code_at_all(recap):
    with nothing_left():
        response = recap.client.post(recap.url, {})
    assert response.status_code == 422
    assert "Recopiez le code" in response.content.decode()


def test_right_code_counts_half_an_hour_for_its_draft(recap):
    demande = Demande.objects.get()
    Demande.objects.update(anti_robot_at=timezone.now())
    assert "captcha" not in recap.open(recap.url).fields
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert "captcha" in recap.open(recap.url).fields
        with nothing_left():
            recap.client.post(recap.url, {})
    demande.refresh_from_db()
    assert demande.is_brouillon


def test_right_code_of_one_draft_does_not_count_for_another(recap):
    Demande.objects.update(anti_robot_at=timezone.now())
    begin(recap, CODE).send(**QUI)
    fill_in(recap, CODE)
    assert "captcha" in recap.fields


def test_account_holder_cannot_be_asked_for_a_code(logged_in):
    fill_in(begin(logged_in, CODE), CODE)
    assert "captcha" not in logged_in.fields
    assert not CaptchaStore.objects.exists()
