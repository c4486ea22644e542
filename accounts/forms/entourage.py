"""Shape of what is typed about the members of a home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils import timezone

from accounts.models import Personne, RoleMembre
from portal.ui.champs import (
    ChoixField,
    ChoixMultiplesField,
    CourrielField,
    DateFrancaiseField,
    NomField,
    TelephoneField,
    TexteField,
)

# Long enough for whoever lives; a slip of a century is caught.
PLUS_VIEUX = timedelta(days=130 * 365)
# An expected birth is less than ten months away.
GROSSESSE = timedelta(days=305)
# A child comes late, or its parents tell of it once back home.
RETARD = timedelta(weeks=3)
NE, A_NAITRE = "ne", "a_naitre"
PREVUE = "naissance_prevue"
REQUIS = "Ce champ est obligatoire."


@dataclass(frozen=True)
class Si:
    """The answer under which a field is asked (templates/components/forms.html)."""

    champ: str
    valeurs: tuple[str, ...]
    texte: str


class JourField(DateFrancaiseField):
    """A birth date, or the date when one is expected; limits are set on the day itself."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(minimum=None, maximum=None, **kwargs)


def _nom(label: str, longueur: int, **kwargs: Any) -> NomField:
    required = {"required": REQUIS}
    field = NomField(label=label, longueur_max=longueur, error_messages=required, **kwargs)
    field.widget.attrs |= {"autocapitalize": "words", "spellcheck": "false"}
    return field


def _texte(label: str, longueur: int, **kwargs: Any) -> TexteField:
    return TexteField(label=label, longueur_max=longueur, required=False, **kwargs)


class MembreForm(forms.Form):
    """What every kind of member has; `envoi` names the form, so that it adds one member."""

    personne: tuple[str, ...] = ()  # the fields that are those of Personne
    role: str = ""

    envoi = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("envoi", uuid4())
        for field in self.fields.values():
            # About somebody else: the browser must not offer one's own name and phone.
            if getattr(field.widget, "input_type", "") in {"text", "tel", "email"}:
                field.widget.attrs["autocomplete"] = "off"
        today = timezone.localdate()
        limits = {
            "date_naissance": (today - PLUS_VIEUX, today),
            "naissance_prevue": (today - RETARD, today + GROSSESSE),
        }
        for name, (minimum, maximum) in limits.items():
            if name in self.fields:
                jour: Any = self.fields[name]
                jour.minimum, jour.maximum = minimum, maximum

    @property
    def champs(self) -> dict[str, Any]:
        """The answers by field of Personne."""
        return {name: self.cleaned_data[name] for name in self.personne if name in self.fields}

    @property
    def lien_saisi(self) -> str:
        """The link with the home, where the form asks for it."""
        return str(self.cleaned_data.get("lien", ""))

    @property
    def envoi_ou_nouveau(self) -> UUID:
        """What names this form; a form without one (not ours) is new each time."""
        return self.cleaned_data["envoi"] or uuid4()

    @property
    def confirmes(self) -> list[str]:
        """The points ticked as right."""
        return self.data.getlist("confirmer") if hasattr(self.data, "getlist") else []

    def demander(self, points: Mapping[str, str]) -> None:
        """Ask to confirm what looks wrong."""
        choix = [(code, CONFIRMATIONS[code]) for code in points]
        self.fields["confirmer"] = ChoixMultiplesField(
            label="À confirmer", choices=choix, widget=forms.CheckboxSelectMultiple
        )
        for texte in points.values():
            self.add_error("confirmer", texte)


CONFIRMATIONS = {
    "parent": "Oui, cette date de naissance est juste",
    "doublon": "Oui, c’est une autre personne : l’enregistrer aussi",
}


class AdulteForm(MembreForm):
    """Another adult of the home."""

    personne = (
        "civilite",
        "nom_naissance",
        "nom_usage",
        "prenoms",
        "date_naissance",
        "telephone_mobile",
        "courriel",
    )
    role = RoleMembre.ADULTE

    lien = _texte("Lien avec vous", 60, help_text="Conjointe, grand-père, ami hébergé…")
    civilite = ChoixField(
        label="Civilité",
        required=False,
        choices=[*Personne.Civilite.choices, ("", "Ne pas préciser")],
        widget=forms.RadioSelect,
    )
    nom_naissance = _nom("Nom de naissance", 80)
    nom_usage = _nom("Nom d’usage", 80, required=False, help_text="S’il est différent.")
    prenoms = _nom("Prénoms", 120)
    date_naissance = JourField(
        label="Date de naissance", required=False, help_text="Exemple : 24/11/1984"
    )
    telephone_mobile = TelephoneField(label="Téléphone", required=False)
    courriel = CourrielField(label="Courriel", required=False)


class EnfantForm(MembreForm):
    """A child, born or to be born; the fields of the other case are left out once it is known."""

    personne = (
        "prenoms",
        "nom_naissance",
        "date_naissance",
        "lieu_naissance",
        "naissance_prevue",
        "ecole",
        "classe",
    )
    NES = ("date_naissance", "lieu_naissance", "ecole", "classe")

    situation = ChoixField(
        label="Cet enfant est",
        choices=[(NE, "né"), (A_NAITRE, "à naître")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une réponse."},
    )
    nom_naissance = _nom("Nom de famille", 80)
    prenoms = _nom("Prénoms", 120, required=False)
    naissance_prevue = JourField(
        label="Naissance prévue le",
        required=False,
        help_text="La date donnée par votre médecin ou votre sage-femme.",
    )
    date_naissance = JourField(
        label="Date de naissance", required=False, help_text="Exemple : 24/11/2019"
    )
    lieu_naissance = _texte("Commune de naissance", 120)
    ecole = _texte("École", 120, help_text="Crèche, école ou collège, si vous voulez.")
    classe = _texte("Classe", 40, help_text="Exemple : CE1")

    def __init__(self, *args: Any, situation: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connue = situation
        # Each heads a group of the page, which says it once.
        self.si_ne = None if situation else Si("situation", (NE,), "")
        self.si_a_naitre = None if situation else Si("situation", (A_NAITRE,), "")
        if situation:
            del self.fields["situation"]
            for name in ("naissance_prevue",) if situation == NE else self.NES:
                del self.fields[name]
            self.fields["prenoms"].required = situation == NE
            for name in ("date_naissance", "naissance_prevue"):
                if name in self.fields:
                    self.fields[name].required = True
        else:
            self._demander_selon()

    def _demander_selon(self) -> None:
        """Tell each field under which answer it is asked, and must be filled in."""
        for name, condition in [*((n, self.si_ne) for n in self.NES), (PREVUE, self.si_a_naitre)]:
            self.fields[name].condition = condition  # type: ignore[attr-defined]
        for name, requis in (
            ("prenoms", "Obligatoire si l’enfant est né."),
            ("date_naissance", "Obligatoire si l’enfant est né."),
            (PREVUE, "Obligatoire si l’enfant est à naître."),
        ):
            field = self.fields[name]
            field.help_text = f"{requis} {field.help_text}".strip()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.connue or "situation" not in data:
            return data
        is_ne = data["situation"] == NE
        self.role = RoleMembre.ENFANT if is_ne else RoleMembre.A_NAITRE
        for name in ("naissance_prevue",) if is_ne else self.NES:
            # Typed, then ruled out by the answer above: neither kept nor complained about.
            self.errors.pop(name, None)
            data[name] = None if name in ("naissance_prevue", "date_naissance") else ""
        for name in ("prenoms", "date_naissance") if is_ne else ("naissance_prevue",):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, REQUIS)
        return data


class ContactForm(MembreForm):
    """Somebody to call, who may pick up children."""

    personne = ("nom_naissance", "prenoms", "telephone_mobile", "telephone_fixe", "courriel")
    role = RoleMembre.CONTACT

    nom_naissance = _nom("Nom", 80)
    prenoms = _nom("Prénom", 120)
    lien = _texte(
        "Lien avec l’enfant ou avec vous",
        60,
        help_text="Grand-mère, voisin, assistante maternelle…",
    )
    telephone_mobile = TelephoneField(label="Téléphone", error_messages={"required": REQUIS})
    telephone_fixe = TelephoneField(label="Autre téléphone", required=False)
    courriel = CourrielField(label="Courriel", required=False)
    enfants = ChoixMultiplesField(
        label="Peut venir chercher",
        required=False,
        choices=(),
        widget=forms.CheckboxSelectMultiple,
        help_text="À l’école, à la cantine, après une activité.",
    )

    def __init__(self, *args: Any, enfants: Iterable[tuple[int | None, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        choix = [(str(pk), nom) for pk, nom in enfants]
        if choix:
            field: Any = self.fields["enfants"]
            field.choices = choix
        else:
            del self.fields["enfants"]

    @property
    def sorties(self) -> list[int]:
        """The children that this contact may pick up."""
        return [int(pk) for pk in self.cleaned_data.get("enfants", [])]


class InvitationForm(forms.Form):
    """To whom the invitation is sent."""

    courriel = CourrielField(
        label="Courriel de la personne à inviter",
        help_text="Elle devra se connecter avec un compte qui a cette adresse, ou en créer un.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["courriel"].widget.attrs["autocomplete"] = "off"


class AccepterForm(forms.Form):
    """Which children of the present home come along."""

    enfants = ChoixMultiplesField(
        label="Enfants qui viennent avec vous",
        required=False,
        choices=(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Ne cochez pas un enfant que l’autre foyer a déjà déclaré.",
    )

    def __init__(self, *args: Any, enfants: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["enfants"]
        field.choices = [(str(pk), nom) for pk, nom in enfants]

    @property
    def emmenes(self) -> list[int]:
        """The numbers of the children who come along."""
        return [int(pk) for pk in self.cleaned_data["enfants"]]


def initial_de(personne: Personne, lien: str = "") -> dict[str, Any]:
    """Return what a form shows of a person already known."""
    names = (*AdulteForm.personne, *EnfantForm.personne, *ContactForm.personne)
    values: dict[str, Any] = {name: getattr(personne, name) for name in names}
    return values | {"lien": lien}
