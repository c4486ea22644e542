"""Identité, Adresse, Moyens de contact: the same screens at sign-up and in the profile."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Canal, Personne
from portal.ui import adresse as adresses
from portal.ui.adresse import REQUIS
from portal.ui.champs import (
    ChoixField,
    CourrielField,
    DateFrancaiseField,
    NomField,
    TelephoneField,
    TexteField,
)

AGE_MAX = 130
MAJORITE = 18  # Code civil, art. 414; the terms, art. 3
# Slips of the hand that no mail server answers to: the activation mail would be lost.
COQUILLES = {
    "gmail.con": "gmail.com",
    "gmail.cm": "gmail.com",
    "gmai.com": "gmail.com",
    "gmial.com": "gmail.com",
    "gamil.com": "gmail.com",
    "hotmail.con": "hotmail.com",
    "hotmial.com": "hotmail.com",
    "hotmal.com": "hotmail.com",
    "outlok.fr": "outlook.fr",
    "yaho.fr": "yahoo.fr",
    "yahou.fr": "yahoo.fr",
    "orange.rf": "orange.fr",
    "oragne.fr": "orange.fr",
    "wandoo.fr": "wanadoo.fr",
}


def _nom(libelle: str, longueur: int, remplissage: str, **kwargs: Any) -> NomField:
    field = NomField(
        longueur_max=longueur, label=libelle, error_messages={"required": REQUIS}, **kwargs
    )
    field.widget.attrs["autocomplete"] = remplissage
    return field


def sans_coquille(courriel: str) -> str:
    """Return an address, or raise ValidationError when no mail server answers to its end."""
    name, _at, domain = courriel.rpartition("@")
    if meant := COQUILLES.get(domain.lower()):
        raise ValidationError(
            f"Vérifiez la fin de cette adresse : vouliez-vous dire {name}@{meant} ?"
        )
    return courriel


def _majeur_le(naissance: date) -> tuple[int, int, int]:
    """Return year, month and day of the eighteenth birthday (of a 29 February: its eve is past)."""
    return naissance.year + MAJORITE, naissance.month, naissance.day


class IdentiteForm(forms.Form):
    """Who one is, as the civil registry has it."""

    civilite = ChoixField(
        label="Civilité",
        choices=[*Personne.Civilite.choices, ("", "Je préfère ne pas répondre")],
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choisissez une réponse de la liste."},
    )
    nom_naissance = _nom(
        "Nom de naissance", 80, "family-name", help_text="Celui de votre acte de naissance."
    )
    nom_usage = _nom(
        "Nom d’usage",
        80,
        "off",
        required=False,
        help_text="Si vous portez un autre nom tous les jours, par exemple celui de votre époux "
        "ou épouse.",
    )
    prenoms = _nom(
        "Prénoms", 120, "given-name", help_text="Dans l’ordre de votre pièce d’identité."
    )
    date_naissance = DateFrancaiseField(
        label="Date de naissance",
        minimum=None,
        maximum=None,
        help_text="Exemple : 14/03/1987",
        error_messages={"required": REQUIS},
    )
    lieu_naissance = TexteField(
        label="Lieu de naissance",
        longueur_max=120,
        required=False,
        help_text="Commune, et pays si ce n’est pas la France.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date_naissance"].widget.attrs["autocomplete"] = "bday"

    def clean_date_naissance(self) -> Any:
        naissance, today = self.cleaned_data["date_naissance"], timezone.localdate()
        if naissance > today:
            raise ValidationError("Cette date n’est pas encore passée. Vérifiez l’année.")
        if naissance.year < today.year - AGE_MAX:
            raise ValidationError("Cette date est trop ancienne. Vérifiez l’année.")
        if _majeur_le(naissance) > (today.year, today.month, today.day):
            raise ValidationError(
                "Il faut avoir 18 ans pour ouvrir un espace : avant, un parent fait les démarches "
                "depuis le sien. Si vous êtes majeur, vérifiez l’année."
            )
        return naissance


class AdresseForm(forms.Form):
    """The home's address: French or foreign, complete or empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= adresses.controles(requis=False)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        for name, message in adresses.verifier(values, requis=False).items():
            if name not in self.errors:
                self.add_error(name, message)
        return values

    @property
    def adresse(self) -> dict[str, str]:
        """The address of a valid form; empty when none was given."""
        return adresses.lire(self.cleaned_data) or {}

    @property
    def paire(self) -> str:
        """Postcode and town as one, to know which ones a warning was about."""
        return f"{self.adresse.get('code_postal', '')} {self.adresse.get('commune', '')}".strip()


class ContactForm(forms.Form):
    """How to reach the resident, and by which of these means rather than the others."""

    courriel = CourrielField(label="Courriel")
    telephone_mobile = TelephoneField(
        label="Téléphone mobile",
        required=False,
        help_text="Numéro étranger : commencez par + et le code du pays.",
    )
    telephone_fixe = TelephoneField(label="Téléphone fixe", required=False)
    canal_prefere = ChoixField(
        label="Moyen de contact préféré",
        help_text="Nous vous le proposerons à chaque nouvelle demande. Les accusés de réception "
        "et les messages de sécurité partent toujours par courriel.",
        choices=[
            (Canal.COURRIEL, "Courriel"),
            (Canal.TELEPHONE, "Téléphone"),
            (Canal.SMS, "SMS"),
        ],
        initial=Canal.COURRIEL,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez une réponse.",
            "invalid_choice": "Choisissez une réponse de la liste.",
        },
    )

    def clean_courriel(self) -> str:
        return sans_coquille(self.cleaned_data["courriel"])

    def clean_telephone_mobile(self) -> str:
        number: str = self.cleaned_data["telephone_mobile"]
        # ARCEP, national numbering plan: 06 and 07 are mobile.
        if number.startswith("+33") and number[3] not in "67":
            raise ValidationError(
                "Ce n’est pas un numéro de mobile : écrivez-le dans « Téléphone fixe »."
            )
        return number

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if self.errors:
            return values
        canal = values["canal_prefere"]
        mobile, fixe = values["telephone_mobile"], values["telephone_fixe"]
        if canal == Canal.SMS and not mobile:
            self.add_error("telephone_mobile", "Indiquez le numéro où recevoir nos SMS.")
        if canal == Canal.TELEPHONE and not (mobile or fixe):
            self.add_error("telephone_mobile", "Indiquez au moins un numéro où vous appeler.")
        return values
