"""A zip file made on the way out: nothing is held but the file being packed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils import timezone


class _Sortie:
    """What ZipFile writes to: without `seek`, so that it never goes back to what has left."""

    def __init__(self) -> None:
        self._morceaux: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._morceaux.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def prendre(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._morceaux)
        self._morceaux.clear()
        return taken


def fichier_json(chemin: str, contenu: Any) -> tuple[str, bytes]:
    """Return a file of an archive that people and machines can read: ISO dates, in local time."""
    texte = json.dumps(contenu, ensure_ascii=False, indent=2, default=_date_iso)
    return chemin, f"{texte}\n".encode()


def zip_en_flux(fichiers: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """Yield a zip of (path, content) piece by piece, each file packed as it comes."""
    sortie = _Sortie()
    instant = timezone.localtime().timetuple()[:6]
    with ZipFile(sortie, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for chemin, contenu in fichiers:
            fichier = ZipInfo(chemin, instant)
            fichier.compress_type = ZIP_DEFLATED
            fichier.external_attr = 0o600 << 16
            archive.writestr(fichier, contenu)
            yield sortie.prendre()
    yield sortie.prendre()


def _date_iso(valeur: Any) -> str:
    if isinstance(valeur, datetime):
        return timezone.localtime(valeur).isoformat(timespec="seconds")
    if isinstance(valeur, date):
        return valeur.isoformat()
    raise TypeError(f"{type(valeur).__name__} has no form in an archive")
