"""A service of the town hall, and where it is reached."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Service
from portal.ui.champs import CourrielField, TelephoneField
from portal.ui.formats import telephone


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A service that issues keys is asked for them: it has a phone and an e-mail."""

    courriel = CourrielField(label="Courriel", required=False)
    telephone = TelephoneField(label="Téléphone", required=False)

    class Meta:
        model = Service
        fields = ["nom", "code", "courriel", "telephone", "emet_des_cles"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["telephone"] = telephone(self.instance.telephone)

    def clean(self) -> dict[str, Any]:
        """Ask for both coordinates of a service that issues keys; a head of service does not see
        that box, which stays as it is.
        """
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("emet_des_cles", self.instance.emet_des_cles):
            return data
        for nom, quoi in (("telephone", "le téléphone"), ("courriel", "le courriel")):
            if nom not in self.errors and not data.get(nom):
                texte = (
                    f"Indiquez {quoi} : ce service émet des clés, que les habitants lui demandent."
                )
                self.add_error(nom, texte)
        return data
