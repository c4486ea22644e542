"""The « Services » screen: one field per service that issues keys (B8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from accounts.errors import CleInvalide
from accounts.models import Compte, Service
from accounts.services import cles
from portal.kernel.crypto import normalise_number
from portal.kernel.text import clean_line
from portal.ui.formats import duree


class CleField(forms.CharField):
    """A key as the letter shows it; case, spaces and hyphens are forgiven."""

    largeur = "moyen"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        # Not a password: it is copied from paper, and one wants to read it again.
        self.widget.attrs |= {
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }

    def clean(self, value: Any) -> str:
        typed = clean_line(str(value or ""))
        if not typed:
            return ""
        number = normalise_number(typed)
        if number is None:
            raise ValidationError(
                "Une clé compte 12 lettres et chiffres, en trois groupes de quatre. "
                "Recopiez-la telle qu’elle est sur votre lettre."
            )
        return number


class ClesForm(forms.Form):
    """Keys of the services that issue some; none is required.

    `services` leaves out those attached already. After `is_valid()`, `examiner(compte)` looks at
    the keys (throttled); None means that a field, or the form, now says why not.
    """

    def __init__(self, data: Any = None, *, services: Sequence[Service], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.services = list(services)
        self.is_freinee = False  # too many tries: the page answers 429
        for service in self.services:
            self.fields[_nom(service)] = CleField(label=f"Clé du service {service.nom}")

    def lignes(self) -> Iterator[tuple[Service, BoundField]]:
        """Yield each service with its field, for the table of the page."""
        for service in self.services:
            yield service, self[_nom(service)]

    def examiner(self, compte: Compte | None) -> list[cles.Apercu] | None:
        """Return what the typed keys open (an empty list when none was typed), or None when one
        may not be looked at or is not valid. `compte` is None at sign-up.
        """
        apercus = []
        for service in self.services:
            typed = self.cleaned_data.get(_nom(service))
            if not typed:
                continue
            wait = cles.compter_essai(compte)
            if wait is not None:
                self.is_freinee = True
                message = f"Trop d’essais. Attendez {duree(wait)} avant de réessayer."
                self.add_error(None, message)
                return None
            try:
                apercus.append(cles.examiner(typed, service))
            except CleInvalide as refusal:
                self.add_error(_nom(service), str(refusal))
            else:
                cles.oublier_essai(compte)
        return None if self.errors else apercus


def _nom(service: Service) -> str:
    return f"cle_{service.pk}"
