"""Make the account of an agent, who then chooses a password by a link."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Role
from accounts.services import agents
from portal.kernel.errors import Refusal
from portal.ui.formats import duree


class Command(BaseCommand):
    help = "Crée le compte d’un agent et lui envoie le lien pour choisir son mot de passe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("identifiant")
        parser.add_argument("courriel")
        parser.add_argument(
            "--service",
            nargs="+",
            action="extend",
            required=True,
            metavar="CODE",
            help="codes de ses services",
        )
        parser.add_argument("--role", choices=Role.values, default=Role.AGENT.value)
        parser.add_argument(
            "--gere-les-comptes",
            action="store_true",
            help="vérifie les comptes des habitants et ouvre leurs dossiers",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            compte, lien = agents.creer(
                identifiant=options["identifiant"],
                courriel=options["courriel"],
                services=options["service"],
                role=options["role"],
                gere_les_comptes=options["gere_les_comptes"],
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Agent créé : {compte.identifiant} ({compte.courriel}).")
        dure = duree(settings.DUREE_REINITIALISATION)
        self.stdout.write(f"Lien pour choisir son mot de passe, envoyé aussi (valable {dure}) :")
        self.stdout.write(lien)
