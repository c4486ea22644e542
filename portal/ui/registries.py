"""The menu: apps add their pages from AppConfig.ready, through their subscribers.py.

from portal.ui.registries import connecte, menu
menu.add(libelle="Mes demandes", url_name="demarches:mes_demandes", ordre=20,
         zone="espace", visible=connecte)
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.urls import reverse

# public: the bar of every page. espace: the pages of a logged-in resident.
# compte: at the top right, log in and out. pied: the footer.
Zone = Literal["public", "espace", "compte", "pied"]
Methode = Literal["get", "post"]
# The account or None; accounts is above this package, hence no precise type.
Visible = Callable[[Any], bool]


def toujours(compte: Any) -> bool:
    """Show to everyone."""
    return True


def connecte(compte: Any) -> bool:
    """Show to logged-in people only."""
    return compte is not None


def anonyme(compte: Any) -> bool:
    """Show to visitors who are not logged in."""
    return compte is None


def habitant(compte: Any) -> bool:
    """Show to logged-in residents: an agent has no person, hence no space of this kind."""
    return compte is not None and compte.personne_id is not None


@dataclass(frozen=True, slots=True)
class Entree:
    """One entry as an app declares it; `post` entries are drawn as a button (logging out)."""

    libelle: str
    url_name: str
    ordre: int
    zone: Zone
    visible: Visible
    icone: str | None
    methode: Methode


@dataclass(frozen=True, slots=True)
class Lien:
    """One entry as a page draws it."""

    libelle: str
    url: str
    actif: bool
    icone: str | None
    methode: Methode


class Menu:
    """Entries of all zones, in order."""

    def __init__(self) -> None:
        self._entrees: list[Entree] = []

    def add(
        self,
        *,
        libelle: str,
        url_name: str,
        ordre: int,
        zone: Zone = "public",
        visible: Visible = toujours,
        icone: str | None = None,
        methode: Methode = "get",
    ) -> None:
        """Declare an entry; declaring the same page of the same zone again replaces it."""
        entree = Entree(libelle, url_name, ordre, zone, visible, icone, methode)
        autres = [e for e in self._entrees if (e.zone, e.url_name) != (zone, url_name)]
        self._entrees = sorted([*autres, entree], key=lambda e: e.ordre)

    def liens(self, zone: Zone, *, compte: Any, path: str) -> list[Lien]:
        """Return what `compte` sees of a zone; the entry of the current page is active."""
        return [
            Lien(entree.libelle, url, _is_current(url, path), entree.icone, entree.methode)
            for entree, url in self._visibles(zone, compte)
        ]

    def pied(self) -> list[Lien]:
        """Return the links of the footer, the same for everyone."""
        return self.liens("pied", compte=None, path="")

    def _visibles(self, zone: Zone, compte: Any) -> Iterator[tuple[Entree, str]]:
        for entree in self._entrees:
            if entree.zone == zone and entree.visible(compte):
                yield entree, reverse(entree.url_name)


def _is_current(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


menu = Menu()
