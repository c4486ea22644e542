"""Shape of the codes of the second factor; whether they are right is the services' question."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError

from portal.kernel.crypto import normalise_number

_SIX = re.compile(r"[0-9]{6}")
# Typed on the keypad of a phone, filled in by it when it can (WCAG 2.2, 3.3.8 and 1.3.5).
_ATTRS = {
    "autocomplete": "one-time-code",
    "inputmode": "numeric",
    "autocapitalize": "none",
    "spellcheck": "false",
}


class CodeForm(forms.Form):
    """The six figures that the phone shows, with or without the space in their middle."""

    code = forms.CharField(
        label="Code à 6 chiffres",
        max_length=20,
        error_messages={
            "required": "Saisissez le code que votre téléphone affiche.",
            "max_length": "Le code compte 6 chiffres.",
        },
        widget=forms.TextInput(attrs=_ATTRS),
    )
    code.largeur = "court"  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split())
        if not _SIX.fullmatch(code):
            raise ValidationError("Le code compte 6 chiffres.")
        return code


class MotDePasseForm(forms.Form):
    """The current password, asked again before what a borrowed computer must not do."""

    mot_de_passe = forms.CharField(
        label="Votre mot de passe",
        max_length=200,
        strip=False,
        error_messages={
            "required": "Saisissez votre mot de passe.",
            "max_length": "Ce mot de passe n’est pas le vôtre.",
        },
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class RemplacementForm(CodeForm, MotDePasseForm):
    """A code of the new phone, and the password because there is a phone already."""

    field_order = ["code", "mot_de_passe"]


class SecoursForm(forms.Form):
    """One of the recovery codes; case, spaces, hyphens and look-alikes are forgiven."""

    code = forms.CharField(
        label="Code de secours",
        help_text="10 lettres et chiffres, par exemple 7K2M9-QXD04.",
        max_length=40,
        error_messages={
            "required": "Saisissez un de vos codes de secours.",
            "max_length": "Un code de secours compte 10 lettres et chiffres.",
        },
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    code.largeur = "moyen"  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code = normalise_number(self.cleaned_data["code"], groups=2, size=5)
        if code is None:
            raise ValidationError("Un code de secours compte 10 lettres et chiffres.")
        return code
