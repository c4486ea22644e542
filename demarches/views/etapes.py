"""The stepper of a draft: where one stands, what comes before and after."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from demarches.models import Demande
from demarches.schema import conditions, demandeur
from demarches.schema.definition import Section
from demarches.services.depot import MA_DEMANDE


@dataclass(frozen=True)
class Etape:
    """One step as the stepper draws it; `etat` is fait, courant or a_venir."""

    libelle: str
    url: str | None
    etat: str


class Parcours:
    """The screens of a draft, seen from one of them (`courant`: step or section)."""

    def __init__(self, demande: Demande, courant: str) -> None:
        self.demande = demande
        saisie = demande.saisie.get(MA_DEMANDE, {})
        self.sections: list[Section] = conditions.sections(demande.definition, saisie)
        self._keys = [s.cle for s in self.sections]
        self.ecrans = ["la-demarche", demandeur.ETAPE, *self._keys, "recapitulatif"]
        # A screen that another tab has just ruled out: one goes on from « Mes informations ».
        known = courant if courant in self.ecrans else demandeur.ETAPE
        self.rang = self.ecrans.index(known)

    @property
    def precedente(self) -> str:
        return self._url(self.ecrans[max(self.rang - 1, 0)])

    @property
    def suivante(self) -> str:
        return self._url(self.ecrans[min(self.rang + 1, len(self.ecrans) - 1)])

    @property
    def recapitulatif(self) -> str:
        return self._url("recapitulatif")

    @property
    def partie(self) -> tuple[int, int] | None:
        """Which part of « Ma demande » this is, of how many, if there are several."""
        rank = self.rang - 1
        if not 1 <= rank <= len(self._keys) or len(self._keys) == 1:
            return None
        return rank, len(self._keys)

    @property
    def etapes(self) -> list[Etape]:
        first_section, recap = 2, len(self.ecrans) - 1
        current = {0: 0, 1: 1, recap: 3}.get(self.rang, 2)
        names = ["La démarche", "Mes informations", "Ma demande", "Le récapitulatif"]
        screens = [0, 1, first_section, recap]
        return [
            Etape(
                libelle=name,
                url=self._url(self.ecrans[screen]) if rank < current else None,
                etat="fait" if rank < current else "courant" if rank == current else "a_venir",
            )
            for rank, (name, screen) in enumerate(zip(names, screens, strict=True))
        ]

    def _url(self, ecran: str) -> str:
        kwargs = {"uuid": self.demande.uuid}
        if ecran in self._keys:
            return reverse("demarches:section", kwargs={**kwargs, "cle": ecran})
        return reverse(f"demarches:{ecran}", kwargs=kwargs)
