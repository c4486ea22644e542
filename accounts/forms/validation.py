"""What a clerk types about accounts and shared children."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Compte
from portal.kernel.text import clean
from portal.ui.champs import DateFrancaiseField, TexteField

MOTIF_LONGUEUR = 2000


class RefusForm(forms.Form):
    """Why an account is refused, in words that the resident reads."""

    motif = forms.CharField(
        label="Raison du refus, envoyée à l’habitant",
        max_length=MOTIF_LONGUEUR,
        error_messages={
            "required": "Indiquez la raison du refus : l’habitant la recevra par courriel."
        },
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
    )

    def clean_motif(self) -> str:
        return clean(self.cleaned_data["motif"])


class RemiseForm(forms.Form):
    """A word to the resident whose account is checked again, if there is something to say."""

    message = forms.CharField(
        label="Message à l’habitant (facultatif)",
        max_length=MOTIF_LONGUEUR,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )

    def clean_message(self) -> str:
        return clean(self.cleaned_data["message"])


class FusionForm(forms.Form):
    """Which of two accounts stays; asked twice when their identities differ."""

    garder = forms.ChoiceField(
        label="Compte à garder",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez le compte à garder.",
            "invalid_choice": "Choisissez le compte à garder.",
        },
    )
    confirme = forms.BooleanField(
        label="J’ai vérifié que les deux comptes sont ceux de la même personne",
        error_messages={
            "required": "Cochez la case quand vous avez vérifié que c’est la même personne."
        },
    )

    meme_personne = forms.BooleanField(
        label="Je confirme qu’il s’agit de la même personne, malgré ces différences",
        error_messages={
            "required": "Ces comptes n’ont pas la même identité. Cochez la case si vous confirmez "
            "que c’est bien la même personne."
        },
    )

    def __init__(self, data: Any, *, comptes: tuple[Compte, Compte], ecarts: list[str]) -> None:
        super().__init__(data)
        if not ecarts:
            del self.fields["meme_personne"]
        self.fields["garder"].choices = [  # type: ignore[attr-defined]
            (compte.pk, f"{compte.identifiant} ({compte.get_etat_display()})") for compte in comptes
        ]


class LienForm(forms.Form):
    """Which of two entries of one child stays."""

    garder = forms.ChoiceField(
        label="Identité à garder pour les deux foyers",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez l’identité à garder.",
            "invalid_choice": "Choisissez l’identité à garder.",
        },
    )
    confirme = forms.BooleanField(
        label="J’ai vérifié que c’est le même enfant",
        error_messages={"required": "Cochez la case quand vous avez vérifié que c’est le même."},
    )

    def __init__(self, data: Any, *, choix: Sequence[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["garder"].choices = choix  # type: ignore[attr-defined]


class EnfantForm(forms.Form):
    """What a clerk corrects of a child of two homes, whom its parents can no longer change."""

    prenoms = TexteField(label="Prénoms", longueur_max=120)
    nom_naissance = TexteField(label="Nom de naissance", longueur_max=80)
    nom_usage = TexteField(label="Nom d’usage", longueur_max=80, required=False)
    ecole = TexteField(label="École", longueur_max=120, required=False)
    classe = TexteField(label="Classe", longueur_max=40, required=False)

    field_order = ["prenoms", "nom_naissance", "nom_usage", "date_naissance", "ecole", "classe"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        oldest = today.replace(year=today.year - 30, day=1)
        self.fields["date_naissance"] = DateFrancaiseField(
            label="Date de naissance", minimum=oldest, maximum=today
        )
        self.order_fields(self.field_order)
