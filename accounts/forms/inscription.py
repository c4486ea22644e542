"""Signing up: what is typed on the screens that the profile does not have."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.forms.profil import sans_coquille
from accounts.models import Compte
from accounts.models.compte import IDENTIFIANT
from accounts.queries.identifiants import LONGUEUR_MAX, corriger
from accounts.services import secret
from portal.captcha.fields import AntiRobotField
from portal.kernel.text import clean_line
from portal.ui.adresse import REQUIS
from portal.ui.champs import ChoixField, CourrielField, TexteField

MOT_DE_PASSE_GARDE = "Mot de passe gardé : laissez vide pour ne pas changer."
REPONSE_GARDEE = "Réponse gardée : laissez vide pour ne pas changer."
MOT_DE_PASSE_MAX = 200


class ConditionsForm(forms.Form):
    """The box to tick under the terms; `version` is the one that was shown."""

    version = forms.CharField(widget=forms.HiddenInput)
    accepte = forms.BooleanField(
        label="J’ai lu et j’accepte les conditions générales",
        error_messages={"required": "Cochez la case pour continuer."},
    )


class AuthentificationForm(forms.Form):
    """Identifiant, password and secret question.

    What is kept from an earlier visit of the screen (`garde`: mot_de_passe, reponse_secrete) may
    be left empty: only hashes are kept, nothing could be shown again.
    """

    identifiant = TexteField(
        longueur_max=LONGUEUR_MAX,
        label="Identifiant",
        help_text="De 3 à 30 lettres minuscules sans accent, chiffres, points ou tirets. "
        "Exemple\N{NO-BREAK SPACE}: helene.dupont",
        error_messages={"required": REQUIS},
    )
    mot_de_passe = forms.CharField(
        label="Mot de passe",
        help_text="12 caractères ou plus. Une phrase que vous seul connaissez convient très bien.",
        strip=False,
        error_messages={"required": REQUIS},
        widget=forms.PasswordInput(
            attrs={"autocomplete": "new-password", "data-force-mot-de-passe": True}
        ),
    )
    confirmation = forms.CharField(
        label="Confirmez le mot de passe",
        strip=False,
        error_messages={"required": REQUIS},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    question_secrete = ChoixField(
        label="Question secrète",
        help_text="Nous la poserons si vous oubliez votre mot de passe.",
        choices=[("", "Choisissez…"), *((q, q) for q in secret.QUESTIONS)],
        error_messages={
            "required": "Choisissez une question.",
            "invalid_choice": "Choisissez une question de la liste.",
        },
    )
    reponse_secrete = TexteField(
        longueur_max=secret.LONGUEUR_MAXIMALE,
        label="Réponse à la question secrète",
        help_text="Majuscules, accents et espaces ne comptent pas.",
        error_messages={"required": REQUIS},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        garde: frozenset[str] = frozenset(),
        courriel: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self._courriel = courriel
        self.fields["identifiant"].widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        self.fields["reponse_secrete"].widget.attrs["autocomplete"] = "off"
        if "mot_de_passe" in garde:
            for name in ("mot_de_passe", "confirmation"):
                self.fields[name].required = False
            self.fields["mot_de_passe"].help_text = MOT_DE_PASSE_GARDE
        if "reponse_secrete" in garde:
            self.fields["reponse_secrete"].required = False
            self.fields["reponse_secrete"].help_text = REPONSE_GARDEE

    def clean_identifiant(self) -> str:
        typed: str = self.cleaned_data["identifiant"].lower()  # as the login reads it
        if not re.fullmatch(IDENTIFIANT, typed):
            corrected = corriger(typed)
            proposal = f" Nous vous proposons : {corrected}" if corrected else ""
            raise ValidationError(
                "Écrivez de 3 à 30 lettres minuscules sans accent, chiffres, points ou tirets, "
                f"sans espace.{proposal}"
            )
        return typed

    def clean_mot_de_passe(self) -> str:
        password: str = self.cleaned_data["mot_de_passe"]
        if len(password) > MOT_DE_PASSE_MAX:
            raise ValidationError(f"Ce mot de passe dépasse {MOT_DE_PASSE_MAX} caractères.")
        if password:
            typed = clean_line(self.data.get("identifiant", ""))
            validate_password(password, Compte(identifiant=typed, courriel=self._courriel))
        return password

    def clean_reponse_secrete(self) -> str:
        reponse: str = self.cleaned_data["reponse_secrete"]
        if reponse and len(secret.normaliser(reponse)) < secret.LONGUEUR_MINIMALE:
            raise ValidationError(secret.ReponseTropCourte.message)
        return reponse

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if {"mot_de_passe", "confirmation"} & set(self.errors):
            values.pop("mot_de_passe", None)  # nothing is kept of a password typed half right
        elif values["mot_de_passe"] != values["confirmation"]:
            del values["mot_de_passe"]
            self.add_error("confirmation", "Ce n’est pas le même mot de passe. Retapez-le.")
        return values


class EnregistrerForm(forms.Form):
    """The anti-robot code, unless it was copied rightly a moment ago."""

    def __init__(self, data: Any = None, *, avec_code: bool) -> None:
        super().__init__(data)
        if avec_code:
            self.fields["captcha"] = AntiRobotField()


class CorrectionForm(forms.Form):
    """The right address, when the one of the sign-up had a mistake."""

    courriel = CourrielField(label="Courriel")

    def clean_courriel(self) -> str:
        return sans_coquille(self.cleaned_data["courriel"])


class RenvoiForm(forms.Form):
    """The name of an account whose activation mail is asked again."""

    nom = TexteField(
        longueur_max=254,
        label="Identifiant ou courriel",
        error_messages={"required": "Saisissez votre identifiant ou votre courriel."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nom"].widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
