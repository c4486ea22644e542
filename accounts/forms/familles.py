"""The file of families, sent by an agent: looked at first, then imported."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from accounts.models import Service

# Some 60,000 lines; a larger file goes through `manage.py importer_familles`.
TAILLE_MAX = 8 * 1024 * 1024
SEL = "familles.fichier"
DUREE_VERIFICATION = timedelta(hours=1)


class FichierFamillesForm(forms.Form):
    """A file of families for one service.

    The file is not kept between the two sendings: the page keeps a signed fingerprint of what was
    shown, and only the same file, sent again, is imported.
    """

    service = forms.ModelChoiceField(queryset=Service.objects.none(), label="Service")
    fichier = forms.FileField(
        label="Fichier CSV",
        error_messages={
            "required": "Choisissez le fichier.",
            "empty": "Ce fichier est vide.",
        },
    )
    verifie = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, services: QuerySet[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["service"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (narrows the type)
        field.queryset = services
        field.empty_label = None

    def clean_fichier(self) -> UploadedFile:
        fichier: UploadedFile = self.cleaned_data["fichier"]
        if (fichier.size or 0) > TAILLE_MAX:
            raise ValidationError(
                f"Ce fichier est trop gros pour cette page ({TAILLE_MAX // 1024 // 1024} Mo au "
                "plus). Demandez à votre service informatique de l’importer."
            )
        return fichier

    def jeton(self) -> str:
        """Return what the page keeps of a file that was shown."""
        return signing.dumps(self._empreinte(), salt=SEL)

    @property
    def is_verifie(self) -> bool:
        """Tell whether this is the file that was shown, for this service, not long ago."""
        try:
            shown = signing.loads(
                self.cleaned_data["verifie"], salt=SEL, max_age=DUREE_VERIFICATION
            )
        except signing.BadSignature:
            return False
        return bool(shown == self._empreinte())

    def _empreinte(self) -> list[Any]:
        digest = hashlib.sha256()
        fichier = self.cleaned_data["fichier"]
        for chunk in fichier.chunks():
            digest.update(chunk)
        fichier.seek(0)
        return [self.cleaned_data["service"].pk, digest.hexdigest()]
