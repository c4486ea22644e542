"""Close the account of an agent who leaves."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services import agents
from portal.kernel.errors import Refusal


class Command(BaseCommand):
    help = "Ferme le compte d’un agent qui s’en va : il ne peut plus se connecter."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("identifiant")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            compte = agents.fermer(identifiant=options["identifiant"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Compte fermé : {compte.identifiant}. Ses connexions sont coupées.")
