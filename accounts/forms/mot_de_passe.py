"""Shape of what is typed when a password is forgotten, or a new one is chosen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import Compte
from accounts.services.secret import LONGUEUR_MAXIMALE
from portal.kernel.text import clean_line


class OubliForm(forms.Form):
    """Identifiant or e-mail; whether it is known is told to nobody."""

    identifiant = forms.CharField(
        label="Identifiant ou courriel",
        help_text="celui avec lequel vous vous connectez",
        max_length=254,
        error_messages={"required": "Saisissez votre identifiant ou votre courriel."},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def clean_identifiant(self) -> str:
        return clean_line(self.cleaned_data["identifiant"])


class ReponseForm(forms.Form):
    """The answer to a secret question."""

    reponse_secrete = forms.CharField(
        label="Votre réponse",
        help_text="Les majuscules, les accents et les espaces ne comptent pas.",
        max_length=LONGUEUR_MAXIMALE,
        error_messages={"required": "Saisissez votre réponse."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class NouveauMotDePasseForm(forms.Form):
    """A new password, twice; too short, too common or too close to the account is refused."""

    nouveau_mot_de_passe = forms.CharField(
        label="Nouveau mot de passe",
        help_text="12 caractères ou plus. Une phrase que vous seul connaissez convient très bien.",
        max_length=200,
        strip=False,
        error_messages={"required": "Saisissez votre nouveau mot de passe."},
        widget=forms.PasswordInput(
            attrs={"autocomplete": "new-password", "data-force-mot-de-passe": True}
        ),
    )
    mot_de_passe_confirme = forms.CharField(
        label="Le même mot de passe, une seconde fois",
        max_length=200,
        strip=False,
        error_messages={"required": "Saisissez une seconde fois votre nouveau mot de passe."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, compte: Compte, **kwargs: Any) -> None:
        self.compte = compte
        super().__init__(*args, **kwargs)

    def clean_nouveau_mot_de_passe(self) -> str:
        mot_de_passe: str = self.cleaned_data["nouveau_mot_de_passe"]
        validate_password(mot_de_passe, user=self.compte)
        return mot_de_passe

    def clean_mot_de_passe_confirme(self) -> str:
        confirme: str = self.cleaned_data["mot_de_passe_confirme"]
        # Refused for itself, the first one is not compared: its own message is enough.
        if self.cleaned_data.get("nouveau_mot_de_passe", confirme) != confirme:
            raise ValidationError("Les deux mots de passe sont différents.")
        return confirme
