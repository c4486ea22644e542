"""Make the keys of the families of a service, and write them where they can be sent."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.management.avancement import Avancement
from accounts.management.commands.importer_familles import service_de
from accounts.models import Compte, DossierFamille, Service
from accounts.services import remise
from accounts.services.emission import CleEmise, emettre_en_nombre
from portal.pdf.documents import LETTRES_MAX

FORMATS = (".csv", ".pdf")
LOT = 500


class Command(BaseCommand):
    help = (
        "Émet une clé pour chaque famille d’un service qui n’est pas encore rattachée ; "
        "chaque nouvelle clé remplace la précédente."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--service", required=True, metavar="CODE", help="code du service")
        parser.add_argument("--famille", metavar="RÉFÉRENCE", help="une seule famille")
        parser.add_argument(
            "--sortie", required=True, type=Path, help="fichier à créer : .csv ou .pdf (lettres)"
        )
        parser.add_argument("--emises-par", metavar="IDENTIFIANT", help="agent qui les émet")

    def handle(self, *args: Any, **options: Any) -> None:
        sortie: Path = options["sortie"]
        if sortie.suffix.lower() not in FORMATS:
            raise CommandError("--sortie : le nom du fichier finit par .csv ou .pdf.")
        service = service_de(options["service"])
        auteur = self._auteur(options["emises_par"])
        ids = _dossiers(service, options["famille"])
        bar = Avancement("Clés", sys.stderr)
        # Committed once the file is on the disk: a key that nobody can read would be lost.
        with transaction.atomic():
            emises: list[CleEmise] = []
            for start in range(0, len(ids), LOT):
                emises += emettre_en_nombre(dossiers=ids[start : start + LOT], auteur=auteur)
                bar.montrer((start + LOT) / len(ids), len(emises), "clés")
            bar.finir()
            if not emises:
                raise CommandError("Aucune clé émise : toutes ces familles sont déjà rattachées.")
            written = [_ecrire(path, contenu) for path, contenu in _fichiers(sortie, emises)]
        self._conclure(len(emises), len(ids), written)

    def _conclure(self, emises: int, familles: int, written: list[Path]) -> None:
        self.stdout.write(f"Clés émises : {emises}, dans {', '.join(map(str, written))}.")
        if familles > emises:
            self.stdout.write(f"Familles déjà rattachées, laissées sans clé : {familles - emises}.")

    def _auteur(self, identifiant: str | None) -> Compte | None:
        if not identifiant:
            return None
        agent = Compte.objects.filter(identifiant=identifiant, is_staff=True).first()
        if agent is None:
            raise CommandError(f"Agent inconnu : {identifiant}.")
        return agent


def _dossiers(service: Service, reference: str | None) -> list[int]:
    dossiers = DossierFamille.objects.filter(service=service)
    if reference:
        dossiers = dossiers.filter(reference=reference)
    ids = list(dossiers.order_by("nom", "pk").values_list("pk", flat=True))
    if not ids:
        what = f"Famille inconnue : {reference}" if reference else "Ce service n’a aucune famille"
        raise CommandError(f"{what}.")
    return ids


def _fichiers(sortie: Path, emises: Sequence[CleEmise]) -> Iterator[tuple[Path, bytes]]:
    """Yield what to write where: one table, or letters by the 500 (`lettres-1.pdf`…)."""
    if sortie.suffix.lower() == ".csv":
        yield sortie, remise.en_csv(emises)
        return
    lots = [emises[n : n + LETTRES_MAX] for n in range(0, len(emises), LETTRES_MAX)]
    for rank, lot in enumerate(lots, start=1):
        path = sortie if len(lots) == 1 else sortie.with_stem(f"{sortie.stem}-{rank}")
        yield path, remise.en_lettres(lot)


def _ecrire(sortie: Path, contenu: bytes) -> Path:
    """Write a file that only its owner reads; one that is there already is left as it is."""
    try:
        descriptor = os.open(sortie, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandError(f"{sortie} existe déjà : donnez un autre nom.") from None
    except OSError as error:
        raise CommandError(f"{sortie} : {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(contenu)
    return sortie
