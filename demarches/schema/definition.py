"""The dataclasses of a checked definition. Nothing here can be wrong: `parse` has seen to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Condition:
    """Shown only if the answer to an earlier field is one of `parmi` (raw values, as the browser
    sends).
    """

    champ: str
    parmi: tuple[str, ...]


@dataclass(frozen=True)
class Champ:
    """One question. `options` are those of its kind (`kinds.KINDS`), checked and with their
    defaults.
    """

    cle: str
    type: str
    libelle: str = ""
    aide: str = ""
    requis: bool = True
    si: Condition | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    # Set in code for « Mes informations »: phones fill these in by themselves.
    autocomplete: str = ""
    # Also set there: a heading above the field.
    intertitre: str = ""


@dataclass(frozen=True)
class Section:
    """A screen of « Ma demande »: one question area."""

    cle: str
    titre: str
    champs: tuple[Champ, ...]
    aide: str = ""
    si: Condition | None = None


@dataclass(frozen=True)
class Demandeur:
    """What « Mes informations » asks besides name and e-mail: requis, facultatif or absent.

    `concerne` (personne, personnes or vide) asks account holders for whom they file, among the
    people of their home (`parmi`: tous, adultes or enfants).
    """

    telephone: str = "facultatif"
    adresse: str = "facultative"
    concerne: str = ""
    parmi: str = "tous"


@dataclass(frozen=True)
class Definition:
    """A whole démarche as published: catalogue entry and form."""

    code: str
    titre: str
    theme: str
    service: str
    resume: str
    description: str
    aide: str
    acces: str
    decision: bool
    duree_minutes: int
    delai_jours_ouvres: int | None
    synonymes: tuple[str, ...]
    sources: tuple[str, ...]
    demandeur: Demandeur
    sections: tuple[Section, ...]

    def champs(self) -> Iterator[Champ]:
        """Yield every field of « Ma demande », in order."""
        for section in self.sections:
            yield from section.champs

    def champ(self, cle: str) -> Champ:
        """Return the field of that key; raises KeyError."""
        for champ in self.champs():
            if champ.cle == cle:
                return champ
        raise KeyError(cle)
