"""What apps above tell the accounts app."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import Compte

_permissions: dict[str, set[str]] = defaultdict(set)

# (path in the archive, content): what one app holds about an account, for « Télécharger mes
# données ».
Exporter = Callable[["Compte"], Iterable[tuple[str, bytes]]]
# Removes what one app holds about an account that closes; called in the closing transaction.
Eraser = Callable[["Compte"], None]
# Hands over, to the account that stays, what one app holds about the one that goes (both locked).
Merger = Callable[["Compte", "Compte"], None]
# (label_lower of a model, ids as text): rows whose readings by agents the account may see.
Sujets = Callable[["Compte"], Iterable[tuple[str, Iterable[str]]]]

_exporters: list[Exporter] = []
_erasers: list[Eraser] = []
_mergers: list[Merger] = []
_sujets: list[Sujets] = []


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
    export: Exporter | None = None,
    erase: Eraser | None = None,
    merge: Merger | None = None,
    sujets: Sujets | None = None,
) -> None:
    """Declare how one app exports, erases, hands over, and shows the readings of, what it holds."""
    if export is not None:
        _exporters.append(export)
    if erase is not None:
        _erasers.append(erase)
    if merge is not None:
        _mergers.append(merge)
    if sujets is not None:
        _sujets.append(sujets)


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


def sujets(compte: Compte) -> Iterator[tuple[str, list[str]]]:
    """Yield (kind of object, ids) of everything about an account that agents may read."""
    for function in _sujets:
        for label, ids in function(compte):
            yield label, list(ids)
