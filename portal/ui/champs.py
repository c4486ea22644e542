"""Django form fields that forgive how people type, and say in French what is wrong."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError

from portal.kernel.text import clean, clean_line, fold
from portal.ui.formats import FRANCE, NBSP, telephone

MOIS = (
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"
).split()
_NUMERIC = re.compile(r"(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d+)")
_E164 = re.compile(r"\+[0-9]+")
_POINT_COLLE = re.compile(r"\.\w")
_DANS_UN_NOM = frozenset(" -'’.·")
# What the keypad of a phone gives, which has no slash.
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_WORDS = re.compile(r"(?:[a-z]+ )?(\d{1,2})(?:er)? ([a-z]+)\.? (\d+)")


class TexteField(forms.CharField):
    """One line of text, or several; too long says by how much and keeps what was typed."""

    def __init__(self, *, longueur_max: int, multiligne: bool = False, **kwargs: Any) -> None:
        self.longueur_max = longueur_max
        self.multiligne = multiligne
        # No maxlength: a browser cuts a pasted text without a word.
        # A class, not an instance: Django would copy an instance in depth for each form.
        widget = forms.Textarea if multiligne else forms.TextInput
        super().__init__(widget=widget, strip=True, **kwargs)
        if multiligne:
            self.widget.attrs["rows"] = 6

    def to_python(self, value: Any) -> str:
        text = str(value) if value not in self.empty_values else ""
        return clean(text) if self.multiligne else clean_line(text)

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.longueur_max:
            raise ValidationError(
                f"Ce texte est trop long : {len(value)} caractères, "
                f"pour {self.longueur_max} au plus. Raccourcissez-le.",
                code="max_length",
            )


class NomField(TexteField):
    """A name as the civil register may hold it: any alphabet, - and ’, even one letter."""

    def to_python(self, value: Any) -> str:
        # The commas between first names, as identity papers print them, are no part of a name.
        return clean_line(super().to_python(value).replace(",", " "))

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not any(c.isalpha() for c in value):
            raise ValidationError("Écrivez au moins une lettre.")
        # Names open the town's mails: nobody shall write an address there for others to follow.
        if any(not _is_of_a_name(c) for c in value) or _POINT_COLLE.search(value):
            raise ValidationError(
                "N’écrivez que des lettres, des espaces, des tirets et des apostrophes."
            )


def _is_of_a_name(c: str) -> bool:
    return c in _DANS_UN_NOM or unicodedata.category(c)[0] in "LM"


class DateFrancaiseField(forms.Field):
    """A day, typed as 24/11/2026, 24-11-2026, 2026-11-24 or « 24 novembre 2026 »."""

    largeur = "moyen"

    def __init__(self, *, minimum: date | None, maximum: date | None, **kwargs: Any) -> None:
        self.minimum, self.maximum = minimum, maximum
        super().__init__(**kwargs)
        self.widget.attrs["inputmode"] = "numeric"

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, date):
            return value
        text = clean_line(str(value)) if value not in self.empty_values else ""
        if not text:
            return None
        day, month, year = self._parts(text)
        if len(year) != 4:
            raise ValidationError("Écrivez l’année avec quatre chiffres, par exemple 1984.")
        try:
            return date(int(year), month, int(day))
        except ValueError:
            raise ValidationError("Ce jour n’existe pas. Vérifiez le jour et le mois.") from None

    def _parts(self, text: str) -> tuple[str, int, str]:
        if match := _ISO.fullmatch(text):
            return match[3], int(match[2]), match[1]
        if match := _NUMERIC.fullmatch(text) or _DIGITS.fullmatch(text):
            return match[1], int(match[2]), match[3]
        match = _WORDS.fullmatch(fold(text))
        if match and match[2] in MOIS:
            return match[1], MOIS.index(match[2]) + 1, match[3]
        raise ValidationError("Écrivez la date comme ceci : 24/11/2026 (jour, mois, année).")

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        if self.maximum and value > self.maximum:
            raise ValidationError(
                f"Cette date est trop tardive : écrivez au plus tard le {_court(self.maximum)}."
            )
        if self.minimum and value < self.minimum:
            raise ValidationError(
                f"Cette date est trop ancienne : écrivez au plus tôt le {_court(self.minimum)}."
            )

    def prepare_value(self, value: Any) -> Any:
        return _court(value) if isinstance(value, date) else value


def _court(day: date) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


class NombreField(forms.Field):
    """A whole number between two limits, spaces forgiven."""

    largeur = "court"

    def __init__(self, *, minimum: int | None, maximum: int | None, **kwargs: Any) -> None:
        self.minimum, self.maximum = minimum, maximum
        super().__init__(**kwargs)
        self.widget.attrs["inputmode"] = "numeric"

    def to_python(self, value: Any) -> int | None:
        text = "".join(str(value).split()) if value not in self.empty_values else ""
        if not text:
            return None
        if not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise ValidationError("Écrivez un nombre entier, en chiffres, par exemple 2.")
        return int(text)

    def validate(self, value: int | None) -> None:
        super().validate(value)
        if value is None:
            return
        if self.minimum is not None and value < self.minimum:
            raise ValidationError(f"Le nombre doit être au moins {self.minimum}.")
        if self.maximum is not None and value > self.maximum:
            raise ValidationError(f"Le nombre doit être au plus {self.maximum}.")


class TelephoneField(forms.Field):
    """A phone number, French or foreign with its country code; cleaned to E.164 (ITU-T)."""

    largeur = "moyen"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "tel", "autocomplete": "tel"}
        self.widget.input_type = "tel"

    def to_python(self, value: Any) -> str:
        text = clean_line(str(value)) if value not in self.empty_values else ""
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, "FR")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not _is_whole(number):
            raise ValidationError(
                "Ce numéro n’est pas complet. Exemple : 06 12 34 56 78, "
                "ou +32 470 12 34 56 depuis l’étranger."
            )
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def prepare_value(self, value: Any) -> Any:
        # As one types it: a form is no place for what the database holds, « +33639980001 ».
        is_kept = isinstance(value, str) and _E164.fullmatch(value)
        return telephone(value).replace(NBSP, " ") if is_kept else value


def _is_whole(number: phonenumbers.PhoneNumber) -> bool:
    """Tell whether a number has all its digits: in France, nine after the code."""
    if number.country_code == FRANCE:
        digits = phonenumbers.national_significant_number(number)
        return len(digits) == 9 and not digits.startswith("0")
    return bool(phonenumbers.is_possible_number(number))


class _ChoixTels:
    """Choices of a checked definition are pairs already: not normalised again for each form."""

    @property
    def choices(self) -> Any:
        return self._choices

    @choices.setter
    def choices(self, value: Any) -> None:
        self._choices = self.widget.choices = value  # type: ignore[attr-defined]


class ChoixField(_ChoixTels, forms.ChoiceField):  # type: ignore[misc]
    """One of a list, such as the 250 countries of an address."""


class ChoixMultiplesField(_ChoixTels, forms.MultipleChoiceField):  # type: ignore[misc]
    """Some of a list."""


# Django's validator, blind to case, takes them for i, s and k; no mail server does.
TROMPEUSES = (
    "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}ı\N{LATIN SMALL LETTER LONG S}\N{KELVIN SIGN}"
)


class CourrielField(forms.EmailField):
    """An e-mail address; the usual slips are named."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=None,
            error_messages={
                "invalid": "Cette adresse n’est pas complète. Exemple : nom@exemple.fr.",
                "required": "Ce champ est obligatoire.",
            },
            **kwargs,
        )
        self.widget.attrs |= {
            "autocomplete": "email",
            "autocapitalize": "none",
            "spellcheck": "false",
        }

    def clean(self, value: Any) -> str:
        text = clean_line(str(value or ""))
        if len(text) > 254:
            raise ValidationError("Cette adresse est trop longue (254 caractères au plus).")
        if any(letter in text for letter in TROMPEUSES):
            raise ValidationError(self.error_messages["invalid"])
        # Before the @ only: a domain may have accents (RFC 5890), a mailbox of ours may not.
        if " " in text or not text.rpartition("@")[0].isascii():
            raise ValidationError("Une adresse n’a ni accent ni espace. Exemple : nom@exemple.fr.")
        return str(super().clean(text))
