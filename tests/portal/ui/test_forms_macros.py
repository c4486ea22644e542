"""Fields: label, hint, error and condition, tied together, whatever the kind of control."""

import json

import pytest
from django import forms
from markupsafe import escape

from tests.portal.ui.helpers import (
    FAUTES,
    GALERIE,
    LONG,
    XSS,
    GalerieForm,
    check_structure,
    condition,
    draw,
    only,
    text,
    tree,
)

CHAMP = '{% from "components/forms.html" import champ %}{{ champ(field) }}'


def field(name: str, data=None, **kwargs):
    return tree(CHAMP, field=GalerieForm(data, **kwargs)[name])


@pytest.mark.parametrize("data", [None, FAUTES, {}])
def test_gallery_is_well_formed(data):
    root = tree(GALERIE, form=GalerieForm(data))
    check_structure(root)
    names = set(root.xpath("//@name"))
    assert names == set(GalerieForm.base_fields)
    assert "<script>alert" not in draw(GALERIE, form=GalerieForm(data))


def test_text_field():
    root = field("nom")
    control = only(root, "//input")
    assert control.get("type") == "text"
    assert control.get("autocomplete") == "family-name"
    assert control.get("maxlength") == "80"
    assert control.get("aria-describedby") == "id_nom_helptext"
    assert "required" in control.attrib
    assert "value" not in control.attrib
    assert only(root, "//label").get("for") == control.get("id")
    assert text(only(root, "//label")) == "Nom *"
    assert text(only(root, "//*[@id='id_nom_helptext']")) == "Celui de l’acte."
    assert not root.xpath("//@aria-invalid")


def test_error_is_tied_to_the_field_and_keeps_what_was_typed():
    root = field("age", FAUTES)
    control = only(root, "//input")
    assert control.get("value") == "douze"
    assert control.get("aria-invalid") == "true"
    assert control.get("aria-describedby") == "id_age_error"
    assert text(only(root, "//*[@id='id_age_error']")).startswith("Erreur : ")
    assert "champ--erreur" in only(root, "//div[contains(@class,'champ ')]").get("class")


def test_hostile_value_stays_a_value():
    assert only(field("nom", FAUTES), "//input").get("value") == XSS


def test_long_text():
    root = field("motif", {"motif": f"\n{XSS}"})
    area = only(root, "//textarea")
    # A browser drops the first line feed of a textarea: the one that was typed is the second.
    assert f">\n\n{escape(XSS)}" in draw(CHAMP, field=GalerieForm({"motif": f"\n{XSS}"})["motif"])
    assert area.get("data-longueur-max") == "500"
    assert LONG in text(only(root, "//label"))


def test_condition_is_on_the_wrapper_and_said_without_scripts():
    root = field("motif")
    wrapper = only(root, "//*[@data-si-champ]")
    assert wrapper.get("data-si-champ") == "acte"
    assert json.loads(wrapper.get("data-si-valeurs")) == ["copie", XSS]
    assert text(only(root, "//*[@id='id_motif_condition']")) == f"À remplir si {XSS}"
    area = only(root, "//textarea")
    assert "id_motif_condition" in area.get("aria-describedby").split()
    # Without scripts it is always on the page: the browser must not demand it.
    assert area.get("required") is None
    assert area.get("aria-required") == "true"


def test_condition_on_a_box_is_written_as_the_script_reads_it():
    assert only(field("piece"), "//*[@data-si-champ]").get("data-si-valeurs") == '["true"]'


def test_condition_said_by_the_group_is_not_said_again():
    source = CHAMP.replace("champ(field)", "champ(field, avec_condition=False)")
    root = tree(source, field=GalerieForm()["motif"])
    assert not root.xpath("//*[@data-si-champ]")
    assert only(root, "//textarea").get("required") is None


def test_list_keeps_its_groups_and_its_choice():
    root = field("pays", FAUTES)
    assert root.xpath("//optgroup/@label") == ["Europe"]
    assert root.xpath("//option[@selected]/@value") == ["be"]
    assert [option.text for option in root.xpath("//option")] == ["France", "Belgique", XSS]


def test_list_of_several_choices():
    root = field("langues", FAUTES)
    assert only(root, "//select").get("multiple") is not None
    assert root.xpath("//option[@selected]/@value") == ["copie"]


def test_radios_are_a_group_with_a_hint_for_each():
    root = field("acte", {"acte": "extrait"})
    group = only(root, "//fieldset")
    assert group.get("role") == "radiogroup"
    assert group.get("aria-describedby") == "id_acte_helptext"
    assert text(only(root, "//legend")) == "Quel acte ? *"
    assert root.xpath("//input[@checked]/@value") == ["extrait"]
    assert root.xpath("//input/@id") == ["id_acte_0", "id_acte_1", "id_acte_2"]
    first = only(root, "//input[@id='id_acte_0']")
    assert text(only(root, f"//*[@id='{first.get('aria-describedby')}']")) == "Tout l’acte."


def test_boxes_are_a_group_without_required_attribute():
    root = field("envoi", {"envoi": ["copie", XSS]})
    assert root.xpath("//input[@checked]/@value") == ["copie", XSS]
    assert not root.xpath("//@required")
    assert only(root, "//fieldset").get("role") is None


def test_single_box():
    root = field("certifie", {"certifie": "on"})
    assert only(root, "//input").get("checked") is not None
    assert only(root, "//input").get("aria-describedby") == "id_certifie_helptext"
    assert text(only(root, "//label")) == "Je certifie *"


def test_password_and_file_are_never_written_back():
    assert only(field("mot_de_passe", {"mot_de_passe": "secret"}), "//input").get("value") is None
    assert only(field("piece", {"piece": "x"}), "//input").get("value") is None


def test_date_of_the_database_is_written_for_the_browser():
    from datetime import date

    root = field("naissance", initial={"naissance": date(1984, 3, 12)})
    assert only(root, "//input").get("value") == "1984-03-12"


def test_width_comes_from_the_form_field():
    assert "champ--moyen" in only(field("telephone"), "//div[contains(@class,'champ ')]").get(
        "class"
    )


def test_label_can_be_hidden_but_is_there():
    root = tree(
        '{% from "components/forms.html" import champ %}'
        '{{ champ(field, libelle="Autre", aide="", cacher_libelle=True) }}',
        field=GalerieForm()["nom"],
    )
    assert text(only(root, "//label")) == "Autre *"
    assert "visuellement-cache" in only(root, "//label").get("class")
    assert not root.xpath("//@aria-describedby")


def test_call_adds_content_under_the_control():
    root = tree(
        '{% from "components/forms.html" import champ %}'
        '{% call champ(field) %}<a href="/oubli/">Oublié ?</a>{% endcall %}',
        field=GalerieForm()["mot_de_passe"],
    )
    assert only(root, "//div[contains(@class,'champ ')]//a").text == "Oublié ?"


def test_widget_of_ones_own_is_drawn_by_django():
    class Form(forms.Form):
        quand = forms.SplitDateTimeField(label="Quand", help_text="Jour et heure.")

    root = tree(CHAMP, field=Form()["quand"])
    assert root.xpath("//fieldset//input/@name") == ["quand_0", "quand_1"]
    assert text(only(root, "//legend")) == "Quand *"
    assert only(root, "//fieldset").get("aria-describedby") == "id_quand_helptext"


def test_summary_lists_every_error_with_a_link():
    form = GalerieForm(FAUTES)
    form.add_error(None, "Trop d’essais.")
    root = tree(GALERIE, form=form)
    check_structure(root)
    lines = [text(line) for line in root.xpath("//*[@data-resume-erreurs]//li")]
    assert lines[0] == "Trop d’essais."
    assert len(lines) == 1 + sum(
        len(errors) for name, errors in form.errors.items() if name != "__all__"
    )
    assert "Quel acte ? Ce champ est obligatoire." in lines
    links = root.xpath("//*[@data-resume-erreurs]//a/@href")
    assert "#id_acte_0" in links  # a fieldset takes no focus: its first radio does
    assert "#id_age" in links
    assert "#id_jeton" not in links  # hidden: nowhere to lead


def test_summary_of_several_forms_and_of_none():
    source = '{% from "components/forms.html" import resume_erreurs %}{{ resume_erreurs(forms) }}'
    forms_ = [GalerieForm(FAUTES, prefix="a"), GalerieForm(FAUTES, prefix="b")]
    links = tree(source, forms=forms_).xpath("//a/@href")
    assert "#id_a-age" in links
    assert "#id_b-age" in links
    assert draw(source, forms=GalerieForm()).strip() == ""
    assert draw(source, forms=[]).strip() == ""


def test_group_and_conditional_content():
    root = tree(
        '{% from "components/forms.html" import groupe, conditionnel %}'
        '{% call groupe("Adresse", aide="La vôtre.", condition=si) %}<p>a</p>{% endcall %}'
        "{% call conditionnel(si) %}<p>b</p>{% endcall %}"
        "{% call conditionnel(none) %}<p>c</p>{% endcall %}",
        si=condition("acte", "copie"),
    )
    check_structure(root)
    assert only(root, "//fieldset").get("data-si-champ") == "acte"
    assert len(root.xpath("//*[@data-si-champ]")) == 2
    assert len(root.xpath("//*[@class='champ__condition']")) == 2
