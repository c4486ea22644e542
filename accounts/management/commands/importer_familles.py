"""Import the families that a service knows, from the file it made."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.management.avancement import Avancement
from accounts.management.fichiers import illisible
from accounts.models import Service
from accounts.services.familles import Bilan, FichierRefuse, importer, resume

SANS_CLES = (
    "Attention : le service « {} » n’émet pas de clés, les habitants ne pourront pas y rattacher "
    "leur famille. Cochez « émet des clés » (administration, « Services »)."
)


class Command(BaseCommand):
    help = "Importe les familles d’un service (tout le fichier, ou rien s’il a une erreur)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fichier", type=Path, help="fichier CSV, une ligne par personne")
        parser.add_argument("--service", required=True, metavar="CODE", help="code du service")
        parser.add_argument(
            "--simuler", action="store_true", help="vérifie le fichier sans rien importer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        service = service_de(options["service"])
        path: Path = options["fichier"]
        bar = Avancement("Lecture", sys.stderr)
        try:
            with path.open("rb") as fichier:
                size = max(path.stat().st_size, 1)

                def avancement(bilan: Bilan) -> None:
                    bar.montrer(fichier.tell() / size, bilan.familles, "familles")

                bilan = importer(
                    service=service,
                    fichier=fichier,
                    auteur=None,
                    simuler=options["simuler"],
                    avancement=avancement,
                )
        except OSError as error:
            raise CommandError(illisible(path, error)) from None
        except FichierRefuse as refusal:
            lines = [str(faute) for faute in refusal.fautes.premieres]
            if refusal.fautes.autres:
                lines.append(f"… et {refusal.fautes.autres} autres erreurs.")
            raise CommandError("\n  ".join([str(refusal), *lines])) from None
        finally:
            bar.finir()
        verb = "Vérifié, rien n’est importé" if options["simuler"] else "Importé"
        self.stdout.write(f"{verb} : {resume(bilan)}.")
        if bilan.sans_adresse:
            self.stdout.write(f"Sans adresse, donc sans lettre à poster : {bilan.sans_adresse}.")
        if not service.emet_des_cles:
            self.stderr.write(SANS_CLES.format(service.nom))


def service_de(code: str) -> Service:
    """Return the service of a code; raises CommandError with the codes that exist."""
    service = Service.objects.filter(code=code).first()
    if service is None:
        known = ", ".join(Service.objects.order_by("code").values_list("code", flat=True))
        raise CommandError(f"Service inconnu : {code}. Services : {known or 'aucun'}.")
    return service
