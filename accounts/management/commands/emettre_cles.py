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
from accounts.management.commands.importer_familles import SANS_CLES, service_de
from accounts.management.fichiers import non_ecrit
from accounts.models import CleService, Compte, DossierFamille, Service
from accounts.queries import agents
from accounts.services import remise
from accounts.services.emission import CleEmise, emettre_en_nombre
from portal.kernel.errors import Refusal
from portal.pdf.documents import LETTRES_MAX

FORMATS = (".csv", ".pdf")
LOT = 500


class Command(BaseCommand):
    help = (
        "Émet une clé pour chaque famille d’un service qui n’est pas encore rattachée et n’a pas "
        "déjà une clé valable."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--service", required=True, metavar="CODE", help="code du service")
        parser.add_argument("--famille", metavar="RÉFÉRENCE", help="une seule famille")
        parser.add_argument(
            "--sortie", required=True, type=Path, help="fichier à créer : .csv ou .pdf (lettres)"
        )
        parser.add_argument(
            "--remplacer",
            action="store_true",
            help="émet aussi aux familles qui ont une clé valable : elle est annulée",
        )
        parser.add_argument("--emises-par", metavar="IDENTIFIANT", help="agent qui les émet")

    def handle(self, *args: Any, **options: Any) -> None:
        sortie: Path = options["sortie"]
        if sortie.suffix.lower() not in FORMATS:
            raise CommandError("--sortie : le nom du fichier finit par .csv ou .pdf.")
        service = service_de(options["service"])
        auteur = _auteur(options["emises_par"], service)
        if not service.emet_des_cles:
            self.stderr.write(SANS_CLES.format(service.nom))
        ids = _dossiers(service, options["famille"])
        bar = Avancement("Clés", sys.stderr)
        # Committed once the file is on the disk: a key that nobody can read would be lost.
        remplacer: bool = options["remplacer"]
        with transaction.atomic():
            libres = DossierFamille.objects.filter(pk__in=ids, foyer=None)
            valables = CleService.objects.valables().filter(dossier__in=libres).count()
            emises: list[CleEmise] = []
            for start in range(0, len(ids), LOT):
                emises += _emettre(ids[start : start + LOT], auteur, remplacer)
                bar.montrer((start + LOT) / len(ids), len(emises), "clés")
            bar.finir()
            if not emises:
                raise CommandError(_aucune(valables))
            written = [_ecrire(path, contenu) for path, contenu in _fichiers(sortie, emises)]
        self.stdout.write(f"Clés émises : {len(emises)}, dans {', '.join(map(str, written))}.")
        passees = 0 if remplacer else valables
        self._dire("Clés encore valables annulées", valables - passees)
        self._dire("Familles qui ont déjà une clé valable, passées (voir --remplacer)", passees)
        rattachees = len(ids) - len(emises) - passees
        self._dire("Familles déjà rattachées, laissées sans clé", rattachees)
        sans_adresse = sum(emise.sans_adresse for emise in emises)
        self._dire("Familles sans adresse, à qui remettre la clé en main propre", sans_adresse)

    def _dire(self, quoi: str, combien: int) -> None:
        if combien:
            self.stdout.write(f"{quoi} : {combien}.")


def _emettre(ids: Sequence[int], auteur: Compte | None, remplacer: bool) -> list[CleEmise]:
    try:
        return emettre_en_nombre(dossiers=ids, auteur=auteur, remplacer=remplacer)
    except Refusal as refusal:
        raise CommandError(str(refusal)) from None


def _aucune(valables: int) -> str:
    """Return why no key was made."""
    if valables:
        return (
            "Aucune clé émise : les familles à rattacher ont toutes une clé valable. "
            "Pour annuler ces clés et en émettre d’autres, ajoutez --remplacer."
        )
    return "Aucune clé émise : toutes ces familles sont déjà rattachées."


def _auteur(identifiant: str | None, service: Service) -> Compte | None:
    if not identifiant:
        return None
    agent = Compte.objects.filter(identifiant=identifiant, is_staff=True).first()
    if agent is None:
        raise CommandError(f"Agent inconnu : {identifiant}.")
    if not agent.is_superuser and service.pk not in agents.services_de(agent):
        raise CommandError(f"{identifiant} n’est pas un agent du service « {service.nom} ».")
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
    except OSError as error:
        raise CommandError(non_ecrit(sortie, error)) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(contenu)
    return sortie
