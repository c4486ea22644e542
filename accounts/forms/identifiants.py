"""Shape of what is typed to change what one logs in with, behind the current password."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator

from accounts.forms.mot_de_passe import NouveauMotDePasseForm
from accounts.models.compte import IDENTIFIANT
from accounts.services import secret
from portal.kernel.text import clean_line
from portal.ui.champs import CourrielField


def _actuel() -> forms.CharField:
    return forms.CharField(
        label="Votre mot de passe actuel",
        help_text="Il protège votre espace si vous laissez l’appareil à quelqu’un.",
        max_length=200,
        strip=False,
        error_messages={"required": "Saisissez votre mot de passe actuel."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class IdentifiantForm(forms.Form):
    """Another identifiant."""

    identifiant = forms.CharField(
        label="Nouvel identifiant",
        help_text="De 3 à 30 lettres sans accent, chiffres, points ou tirets.",
        error_messages={"required": "Saisissez votre nouvel identifiant."},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    mot_de_passe_actuel = _actuel()

    def clean_identifiant(self) -> str:
        identifiant = clean_line(self.cleaned_data["identifiant"]).lower()
        RegexValidator(
            IDENTIFIANT,
            "De 3 à 30 lettres sans accent, chiffres, points, tirets ou tirets bas, sans espace.",
        )(identifiant)
        return identifiant


class CourrielForm(forms.Form):
    """Another login e-mail."""

    courriel = CourrielField(label="Nouveau courriel de connexion")
    mot_de_passe_actuel = _actuel()


class MotDePasseForm(NouveauMotDePasseForm):
    """Another password; the current one is asked first."""

    mot_de_passe_actuel = _actuel()
    field_order = ("mot_de_passe_actuel", "nouveau_mot_de_passe", "mot_de_passe_confirme")


class QuestionForm(forms.Form):
    """Another secret question and its answer."""

    question_secrete = forms.ChoiceField(
        label="Question secrète",
        choices=[("", "Choisissez une question"), *((q, q) for q in secret.QUESTIONS)],
        error_messages={"required": "Choisissez une question."},
    )
    reponse_secrete = forms.CharField(
        label="Votre réponse",
        help_text="Choisissez une réponse que vos proches ne devinent pas. Les majuscules, les "
        "accents et les espaces ne comptent pas.",
        max_length=secret.LONGUEUR_MAXIMALE,
        error_messages={"required": "Saisissez votre réponse."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    mot_de_passe_actuel = _actuel()

    def clean_reponse_secrete(self) -> str:
        reponse: str = self.cleaned_data["reponse_secrete"]
        if len(secret.normaliser(reponse)) < secret.LONGUEUR_MINIMALE:
            raise forms.ValidationError(secret.ReponseTropCourte.message)
        return reponse
