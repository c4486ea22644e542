"""Load démarches written as files: all of them, or none if one has a mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from demarches.schema.parse import DefinitionInvalide
from demarches.services.fichiers import CATALOGUE, FichierIllisible, lire
from demarches.services.publication import charger


class Command(BaseCommand):
    help = "Charge des démarches depuis des fichiers YAML (tout, ou rien si l’un a une erreur)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dossier", nargs="?", type=Path, default=CATALOGUE)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = charger(lire(options["dossier"]))
        except FichierIllisible as error:
            raise CommandError(f"Rien n’est chargé : {error}") from None
        except DefinitionInvalide as error:
            lines = "\n".join(f"  {faute}" for faute in error.fautes)
            raise CommandError(f"Rien n’est chargé :\n{lines}") from None
        for code, what in sorted(outcome.items()):
            self.stdout.write(f"{code} : {what}")
