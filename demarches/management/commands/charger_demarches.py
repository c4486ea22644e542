"""Load démarches written as files: all of them, or none if one has a mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demarches.schema.parse import DefinitionInvalide
from demarches.services.publication import Lot, charger

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"


class Command(BaseCommand):
    help = "Charge des démarches depuis des fichiers YAML (tout, ou rien si l’un a une erreur)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dossier", nargs="?", type=Path, default=CATALOGUE)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = charger(lire(options["dossier"]))
        except DefinitionInvalide as error:
            lines = "\n".join(f"  {faute}" for faute in error.fautes)
            raise CommandError(f"Rien n’est chargé :\n{lines}") from None
        for code, what in sorted(outcome.items()):
            self.stdout.write(f"{code} : {what}")


def lire(dossier: Path) -> Lot:
    """Read a folder: `_themes.yaml`, `_services.yaml`, then one démarche a file."""
    if not dossier.is_dir():
        raise CommandError(f"{dossier} n’est pas un dossier.")
    files = {path.name: _yaml(path) for path in sorted(dossier.glob("*.yaml"))}
    themes = files.pop("_themes.yaml", None) or []
    services = files.pop("_services.yaml", None) or []
    if not files:
        raise CommandError(f"Aucun fichier .yaml dans {dossier}.")
    return Lot(themes=themes, services=services, demarches=files)


def _yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise CommandError(f"{path.name} : le fichier n’est pas en UTF-8.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", ligne {mark.line + 1}, colonne {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", "fichier illisible")
        raise CommandError(f"{path.name}{place} : {problem}") from None
