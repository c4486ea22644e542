"""Shapes of the small forms around a request."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.captcha.fields import AntiRobotField
from portal.kernel.crypto import normalise_number
from portal.kernel.text import clean


class TicketForm(forms.Form):
    """The number of a request, forgiving how it is typed."""

    INCONNU = (
        "Aucune demande ne porte ce numéro. Vérifiez-le sur votre courriel d’accusé de réception."
    )

    numero = forms.CharField(
        label="Numéro de ticket",
        help_text="12 lettres et chiffres. Exemple : 7K2M‑9QXD‑04TB",
        error_messages={"required": "Saisissez le numéro de ticket."},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def clean_numero(self) -> str:
        number = normalise_number(self.cleaned_data["numero"])
        if number is None:
            raise forms.ValidationError(
                "Un numéro de ticket a 12 lettres et chiffres. Vérifiez-le sur votre courriel."
            )
        return number


class AntiRobotForm(forms.Form):
    """The code to copy before sending; a logged-in resident is exempt (A8), and the form is then
    empty.
    """

    def __init__(self, data: Any, *, needed: bool) -> None:
        super().__init__(data)
        if needed:
            self.fields["captcha"] = AntiRobotField()


class DecisionForm(forms.Form):
    """The text of a decision, sent to the resident."""

    texte = forms.CharField(
        label="Texte envoyé au demandeur",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
    )

    def clean_texte(self) -> str:
        return clean(self.cleaned_data["texte"])
