"""Send an agent a new link to choose a password: the first one expired, or the password is lost."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Compte
from accounts.services import agents
from portal.kernel.errors import Refusal


class Command(BaseCommand):
    help = "Envoie à un agent un nouveau lien pour choisir son mot de passe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("identifiant")

    def handle(self, *args: Any, **options: Any) -> None:
        nom = options["identifiant"].lower()
        compte = Compte.objects.filter(identifiant=nom, is_staff=True).first()
        if compte is None:
            raise CommandError(f"Aucun agent ne s’appelle « {nom} ».")
        try:
            lien = agents.envoyer_lien(compte=compte)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Lien envoyé à {compte.courriel} :")
        self.stdout.write(lien)
