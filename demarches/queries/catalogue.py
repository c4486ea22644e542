"""The catalogue as pages need it, held in process memory under a version row."""

from __future__ import annotations

from dataclasses import dataclass

from demarches.models import Demarche, Theme
from portal.kernel.caching import VersionedCache


@dataclass(frozen=True)
class Entree:
    """A démarche as a list shows it."""

    pk: int
    code: str
    titre: str
    resume: str
    exige_compte: bool
    # The service that keeps it to its families, or "".
    familles_de: str = ""

    @property
    def cadenas(self) -> str:
        """What the padlock of the tile says, or ""."""
        if self.familles_de:
            return f"Familles du service {self.familles_de}"
        return "Compte requis" if self.exige_compte else ""


@dataclass(frozen=True)
class ThemeAuCatalogue:
    code: str
    titre: str
    description: str
    icone: str
    demarches: tuple[Entree, ...]

    def sans_compte(self) -> tuple[Entree, ...]:
        """Return the démarches that anyone may file."""
        return tuple(entree for entree in self.demarches if not entree.exige_compte)


def _load() -> tuple[ThemeAuCatalogue, ...]:
    demarches = Demarche.objects.filter(en_ligne=True, versions__courante=True)
    demarches = demarches.select_related("service").order_by("titre")
    by_theme: dict[int, list[Entree]] = {}
    for d in demarches:
        familles_de = d.service.nom if d.exige_famille else ""
        entree = Entree(d.pk, d.code, d.titre, d.resume, d.exige_compte, familles_de)
        by_theme.setdefault(d.theme_id, []).append(entree)
    return tuple(
        ThemeAuCatalogue(t.code, t.titre, t.description, t.icone, tuple(by_theme[t.pk]))
        for t in Theme.objects.all()
        if t.pk in by_theme
    )


_cache = VersionedCache("catalogue", _load)


def themes() -> tuple[ThemeAuCatalogue, ...]:
    """Return the themes that hold a démarche, in order; one query unless the catalogue changed."""
    return _cache.get()


def entrees() -> dict[int, Entree]:
    """Return every démarche of the catalogue by primary key."""
    return {entree.pk: entree for theme in themes() for entree in theme.demarches}
