"""What apps above tell the accounts app."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from accounts.models import Compte

F = TypeVar("F")

_permissions: dict[str, set[str]] = defaultdict(set)


@dataclass(frozen=True)
class Categorie:
    """One kind of data that an app holds about an account, as « Mes données » tells it."""

    titre: str
    contenu: str
    raison: str
    duree: str
    nombre: int | None = None  # None where there is nothing to count


@dataclass(frozen=True)
class Sujet:
    """Rows whose readings by agents an account may see, and what they are to its holder."""

    genre: str  # label_lower of a model
    ids: list[str]
    libelle: str  # « votre demande N° {} »: {} is the row's label in the journal
    depuis: date | None = None  # what was read before that day is none of the holder's business


# (path in the archive, content): what one app holds about an account, for « Télécharger mes
# données ».
Exporter = Callable[["Compte"], Iterable[tuple[str, bytes]]]
# Removes what one app holds about an account that closes; called in the closing transaction.
Eraser = Callable[["Compte"], None]
# Hands over, to the account that stays, what one app holds about the one that goes (both locked).
Merger = Callable[["Compte", "Compte"], None]
Inventaire = Callable[["Compte"], Iterable[Categorie]]
Sujets = Callable[["Compte"], Iterable[Sujet]]


@dataclass(frozen=True)
class Ligne:
    """One line of a resident's file: what, a detail, and its page if the agent may open it."""

    libelle: str
    detail: str
    lien: str = ""


@dataclass(frozen=True)
class Rubrique:
    """What one app holds of a resident, as the agents who look after accounts see it."""

    titre: str
    lignes: list[Ligne]
    vide: str  # said when there is no line


# (the account, the agent who reads)
Rubriquier = Callable[["Compte", "Compte"], Rubrique]

_rubriques: list[Rubriquier] = []
_exporters: list[Exporter] = []
_erasers: list[Eraser] = []
_mergers: list[Merger] = []
_inventaires: list[Inventaire] = []
_sujets: list[Sujets] = []
# Labels of the models that an app's exporter and eraser look after (a test asks for each).
_modeles: set[str] = set()


def grant(role: str, *permissions: str) -> None:
    """Give a role (`accounts.models.Role`, or GESTION_COMPTES) permissions, named
    `app.codename`.
    """
    _permissions[role].update(permissions)


def permissions_of(role: str) -> frozenset[str]:
    """Return what a role may do."""
    return frozenset(_permissions[role])


def personal_data(
    *,
    modeles: Iterable[str] = (),
    export: Exporter | None = None,
    erase: Eraser | None = None,
    merge: Merger | None = None,
    inventaire: Inventaire | None = None,
    sujets: Sujets | None = None,
) -> None:
    """Declare how one app exports, erases, hands over, tells, and shows the readings of, what it
    holds; `modeles` are the labels of the models this covers.
    """
    _modeles.update(modeles)
    _add(_exporters, export)
    _add(_erasers, erase)
    _add(_mergers, merge)
    _add(_inventaires, inventaire)
    _add(_sujets, sujets)


def _add(registry: list[F], function: F | None) -> None:
    # Once: Django readies its apps again when INSTALLED_APPS is overridden.
    if function is not None and function not in registry:
        registry.append(function)


def modeles() -> frozenset[str]:
    """Return the labels of the models whose personal data an app looks after."""
    return frozenset(_modeles)


def export(compte: Compte) -> Iterator[tuple[str, bytes]]:
    """Yield every file of an account's archive, app by app."""
    for exporter in _exporters:
        yield from exporter(compte)


def erase(compte: Compte) -> None:
    """Let every app remove what it holds about an account, upper apps first."""
    for eraser in reversed(_erasers):
        eraser(compte)


def merge(garde: Compte, ferme: Compte) -> None:
    """Let every app hand over what the closed account holds, upper apps first."""
    for merger in reversed(_mergers):
        merger(garde, ferme)


def inventaire(compte: Compte) -> Iterator[Categorie]:
    """Yield every kind of data held about an account, app by app."""
    for function in _inventaires:
        yield from function(compte)


def sujets(compte: Compte) -> Iterator[Sujet]:
    """Yield everything about an account that agents may read."""
    for function in _sujets:
        yield from function(compte)


def rubrique(function: Rubriquier) -> None:
    """Add a part to the file of a resident that agents read (`accounts.admin.comptes`)."""
    _add(_rubriques, function)


def rubriques(compte: Compte, agent: Compte) -> list[Rubrique]:
    """Return what the apps above show of an account to an agent."""
    return [function(compte, agent) for function in _rubriques]
