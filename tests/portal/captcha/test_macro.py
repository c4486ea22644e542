"""What the macro writes: labels, names, nothing that tells the answer."""

import pytest
from django import forms
from django.template import engines
from django.urls import reverse
from lxml import html

from portal.captcha import store
from portal.captcha.fields import AntiRobotField
from tests.portal.captcha.helpers import answer, key_of, solve

pytestmark = pytest.mark.django_db
PAGE = (
    '{% from "captcha/macro.html" import anti_robot %}<form>{{ anti_robot(form.captcha) }}</form>'
)


class EssaiForm(forms.Form):
    captcha = AntiRobotField()


def draw(form: forms.Form) -> str:
    return engines["jinja2"].from_string(PAGE).render({"form": form})


@pytest.fixture
def page():
    return draw(EssaiForm())


@pytest.fixture
def tree(page):
    return html.fromstring(page)


def test_key_image_and_sound_belong_to_one_code(page, tree):
    cle = key_of(page)
    assert tree.xpath("//input[@name='captcha_cle']/@value") == [cle]
    assert tree.xpath("//*[@data-anti-robot]/@data-cle") == [cle]
    assert tree.xpath("//img/@src") == [reverse("captcha:image", args=[cle])]
    sound = reverse("captcha:son", args=[cle])
    assert tree.xpath("//audio/@src") == [sound]
    assert tree.xpath("//a/@href") == [sound]


def test_answer_is_nowhere_in_the_page(page):
    for _ in range(5):
        page = draw(EssaiForm())
        assert solve(page).lower() not in page.replace(key_of(page), "").lower()


def test_page_answered_passes(page):
    assert EssaiForm(answer(page)).is_valid()


def test_field_is_labelled_described_and_left_alone_by_the_phone(tree):
    [field] = tree.xpath("//input[@name='captcha']")
    assert field.get("type") == "text"
    assert field.get("value") is None
    assert field.get("autocomplete") == "off"
    assert field.get("autocapitalize") == "characters"
    assert field.get("spellcheck") == "false"
    assert field.get("inputmode") == "text"
    [label] = tree.xpath("//label")
    assert label.get("for") == field.get("id")
    assert "Recopiez le code" in label.text_content()
    ids = tree.xpath("//@id")
    assert set(field.get("aria-describedby").split()) <= set(ids)
    assert len(ids) == len(set(ids))


def test_hidden_key_carries_no_attribute_that_html_forbids(tree):
    [hidden] = tree.xpath("//input[@type='hidden']")
    assert not {"required", "autocomplete", "spellcheck", "maxlength"} & set(hidden.keys())


def test_group_image_and_sound_are_named(tree):
    assert tree.xpath("//fieldset/legend")[0].text_content().strip() == "Code de sécurité"
    assert "robot" in tree.xpath("//fieldset/p")[0].text_content()
    [image] = tree.xpath("//img")
    assert image.get("alt")
    [audio] = tree.xpath("//audio")
    assert audio.get("preload") == "none"
    assert "controls" in audio.keys()
    name = tree.get_element_by_id(audio.get("aria-labelledby"))
    assert name.text_content() == "Écouter le code"


def test_new_code_button_works_without_script_and_is_not_the_first(tree):
    default, new = tree.xpath("//button")
    # The Enter key presses the first one.
    assert default.get("name") is None
    assert (default.get("type"), default.get("tabindex")) == ("submit", "-1")
    assert new.text_content().strip() == "Nouveau code"
    assert (new.get("type"), new.get("name"), new.get("value")) == (
        "submit",
        "captcha_nouveau",
        "1",
    )
    assert "formnovalidate" in new.keys()


def test_no_inline_script_style_or_handler(tree):
    assert not tree.xpath("//style | //@style | //@*[starts-with(name(), 'on')]")
    [script] = tree.xpath("//script")
    assert script.get("type") == "module"
    assert not (script.text or "").strip()
    assert not tree.xpath("//@src[starts-with(., 'http') or starts-with(., '//')]")


def test_error_is_shown_at_the_field_with_a_new_empty_code():
    cle = store.nouveau()
    page = draw(EssaiForm({"captcha_cle": cle, "captcha": "PASBON"}))
    [field] = html.fromstring(page).xpath("//input[@name='captcha']")
    assert field.get("aria-invalid") == "true"
    assert field.get("value") is None
    assert "Le code recopié n’est pas le bon." in page
    assert key_of(page) != cle
    assert EssaiForm(answer(page)).is_valid()
