"""Close the accounts that are due, and remove those that never served."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services import fermeture


class Command(BaseCommand):
    help = "Ferme les comptes dont le délai est passé, efface ceux qui n’ont jamais servi."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--simuler", action="store_true", help="compte ce qui serait fait, sans rien effacer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        bilan = fermeture.compter() if options["simuler"] else fermeture.purger()
        if options["simuler"]:
            self.stdout.write("Simulation : rien n’est effacé.")
        self.stdout.write(f"Comptes fermés à la demande de leur titulaire : {bilan.fermes}")
        self.stdout.write(f"Comptes refusés, fermés : {bilan.refuses}")
        self.stdout.write(f"Comptes jamais activés, effacés : {bilan.jamais_actives}")
        if bilan.echecs:
            raise CommandError(
                f"Comptes laissés comme ils étaient, à cause d’une erreur : {bilan.echecs}. "
                "Le journal technique dit laquelle ; ils seront repris au prochain passage."
            )
