"""The town, as pages show it."""

from dataclasses import dataclass
from typing import Self

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Ville:
    """Name and public coordinates of the town hall; what is empty is not shown."""

    nom: str
    courriel: str = ""
    telephone: str = ""
    adresse: str = ""
    source_url: str = ""

    @classmethod
    def from_settings(cls) -> Self:
        """Read the setting TOWN, a dictionary with the fields of this class."""
        return cls(**settings.TOWN)
