"""The form field of the anti-robot code, drawn by `templates/captcha/macro.html`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import cached_property

from portal.captcha import store
from portal.captcha.challenge import normalise


@dataclass(frozen=True)
class Code:
    """A challenge as a page shows it: its public key and where its image and sound are."""

    cle: str

    @property
    def image_url(self) -> str:
        return reverse("captcha:image", args=[self.cle])

    @property
    def son_url(self) -> str:
        return reverse("captcha:son", args=[self.cle])


def nouveau_code_demande(data: Mapping[str, Any], nom: str = "captcha") -> bool:
    """Say whether the form was sent by its « Nouveau code » button; `nom` is the field's HTML name.

    The view then validates nothing: it keeps what was typed and shows the page again.
    """
    return f"{nom}_nouveau" in data


class AntiRobotWidget(forms.TextInput):
    """Reads the answer and the key of its challenge; never writes an answer in the page."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        return data.get(f"{name}_cle", ""), data.get(name, "")

    def format_value(self, value: Any) -> None:
        return None


class AntiRobotBoundField(forms.BoundField):
    """Gives the macro a new challenge at each showing of the form, made when first asked for."""

    @cached_property
    def code(self) -> Code:
        return Code(store.nouveau())

    @property
    def nom_cle(self) -> str:
        return f"{self.html_name}_cle"

    @property
    def nom_nouveau(self) -> str:
        return f"{self.html_name}_nouveau"


class AntiRobotField(forms.Field):
    """« Recopiez le code »: cleaned to True when the answer is right; each challenge serves once.

    Name it `captcha` in the form: the page of a form refused by the CSRF check leaves it out.
    """

    widget = AntiRobotWidget
    default_error_messages = {
        "required": "Recopiez le code de sécurité.",
        "faux": "Le code recopié n’est pas le bon. Un nouveau code est affiché : recopiez-le.",
        "expire": "Le code a expiré ou a déjà servi. Un nouveau code est affiché : recopiez-le.",
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Recopiez le code")
        kwargs.setdefault(
            "help_text",
            "Des lettres et des chiffres ; majuscules et espaces sans importance.",
        )
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        return {
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "inputmode": "text",
            "maxlength": "20",  # the code with whatever one puts between its characters
        }

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> AntiRobotBoundField:
        return AntiRobotBoundField(form, self, field_name)

    def clean(self, value: tuple[str, str]) -> bool:
        cle, reponse = value
        if not normalise(reponse):
            raise ValidationError(self.error_messages["required"], code="required")
        verdict = store.essayer(cle, reponse)
        if verdict is store.Verdict.EXPIRE:
            raise ValidationError(self.error_messages["expire"], code="expire")
        if verdict is store.Verdict.FAUX:
            raise ValidationError(self.error_messages["faux"], code="faux")
        return True
