"""One try per challenge, the verdicts, and the words said for each."""

import threading
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from captcha.models import CaptchaStore
from django import forms
from django.http import QueryDict
from django.utils import timezone

from portal.captcha import store
from portal.captcha.fields import AntiRobotField, nouveau_code_demande
from portal.captcha.store import Verdict
from tests.portal.captcha.helpers import solve
from tests.race import race

pytestmark = pytest.mark.django_db


class EssaiForm(forms.Form):
    nom = forms.CharField()
    captcha = AntiRobotField()


def sent(cle: str, reponse: str, **data: str) -> EssaiForm:
    return EssaiForm({"nom": "Camille", "captcha_cle": cle, "captcha": reponse} | data)


def test_right_answer_passes_whatever_its_case_and_spaces():
    for write in (str.upper, str.lower, " ".join):
        cle = store.nouveau()
        form = sent(cle, write(solve(cle)))
        assert form.is_valid(), form.errors
        assert form.cleaned_data["captcha"] is True


def test_wrong_answer_is_refused_and_spends_the_code():
    cle = store.nouveau()
    right = solve(cle)
    assert sent(cle, "0000").errors == {
        "captcha": ["Le code recopié n’est pas le bon. Un nouveau code est affiché : recopiez-le."]
    }
    assert sent(cle, right).has_error("captcha", "expire")


def test_right_answer_serves_once():
    cle = store.nouveau()
    right = solve(cle)
    assert sent(cle, right).is_valid()
    assert sent(cle, right).has_error("captcha", "expire")


def test_expired_code_is_refused_with_its_own_words():
    cle = store.nouveau()
    right = solve(cle)
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        [message] = sent(cle, right).errors["captcha"]
    assert message.startswith("Le code a expiré ou a déjà servi. Un nouveau code est affiché")
    assert not CaptchaStore.objects.exists()


def test_code_lives_half_an_hour():
    cle = store.nouveau()
    with time_machine.travel(timezone.now() + timedelta(minutes=29)):
        assert sent(cle, solve(cle)).is_valid()


@pytest.mark.parametrize("reponse", ["", "   ", "--"])
def test_empty_answer_is_asked_for_and_spends_nothing(reponse):
    cle = store.nouveau()
    assert sent(cle, reponse).has_error("captcha", "required")
    assert sent(cle, solve(cle)).is_valid()


@pytest.mark.parametrize("cle", ["", "0" * 40, "\x00" * 40, "é" * 40, "0" * 5000, "' OR 1=1 --"])
def test_made_up_key_is_refused(cle):
    assert sent(cle, "HK7W2").has_error("captcha", "expire")


def test_answer_with_any_character_is_merely_wrong():
    assert sent(store.nouveau(), "\x00H 7'é😀").has_error("captcha", "faux")


def test_form_without_the_fields_is_refused():
    assert EssaiForm({"nom": "Camille"}).has_error("captcha", "required")


def test_answer_of_another_code_is_wrong():
    ours, theirs = store.nouveau(), store.nouveau()
    while solve(ours) == solve(theirs):
        theirs = store.nouveau()
    assert sent(ours, solve(theirs)).has_error("captcha", "faux")
    assert sent(theirs, solve(theirs)).is_valid()


def test_right_code_is_told_from_an_error_elsewhere():
    cle = store.nouveau()
    form = sent(cle, solve(cle), nom="")
    assert not form.is_valid()
    assert form.cleaned_data == {"captcha": True}


def test_test_mode_of_the_library_opens_nothing(settings):
    settings.CAPTCHA_TEST_MODE = True
    assert sent(store.nouveau(), "passed").has_error("captcha", "faux")


def test_prefix_names_the_parts():
    cle = store.nouveau()
    form = EssaiForm(
        {"a-nom": "Camille", "a-captcha_cle": cle, "a-captcha": solve(cle)}, prefix="a"
    )
    assert form.is_valid()


def test_new_code_button_is_recognised():
    assert nouveau_code_demande(QueryDict("captcha_nouveau=1&captcha=HK"))
    assert not nouveau_code_demande(QueryDict("captcha=HK&captcha_cle=1"))
    assert nouveau_code_demande(QueryDict("a-captcha_nouveau=1"), "a-captcha")


def test_form_makes_one_code_and_only_when_shown(django_assert_num_queries):
    with django_assert_num_queries(0):
        form = EssaiForm()
        champ = form["captcha"]
    with django_assert_num_queries(1):
        cles = {champ.code.cle, form["captcha"].code.cle}
    assert len(cles) == 1


def test_verdict_costs_two_statements(django_assert_num_queries):
    cle = store.nouveau()
    reponse = solve(cle)
    with django_assert_num_queries(2):
        assert store.essayer(cle, reponse) is Verdict.JUSTE


def test_sweeping_deletes_what_has_expired_and_only_that():
    old = store.nouveau()
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        fresh = store.nouveau()
        assert store.nettoyer() == 1
        assert store.nettoyer() == 0
    assert list(CaptchaStore.objects.values_list("hashkey", flat=True)) == [fresh]
    assert old != fresh


@pytest.mark.django_db(transaction=True)
def test_right_answer_sent_twice_at_once_passes_once(monkeypatch):
    cle = store.nouveau()
    reponse = solve(cle)
    both_have_read = threading.Barrier(2, timeout=5)
    find = store._find

    def find_then_wait(cle):
        row = find(cle)
        both_have_read.wait()
        return row

    monkeypatch.setattr(store, "_find", find_then_wait)
    verdicts = race([partial(store.essayer, cle, reponse)] * 2)
    assert sorted(verdict.name for verdict in verdicts) == ["EXPIRE", "JUSTE"]
