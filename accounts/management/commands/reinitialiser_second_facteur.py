"""Remove the second factor of an agent who lost their phone and their recovery codes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Compte
from accounts.services import second_facteur


class Command(BaseCommand):
    help = (
        "Retire le second facteur d’un agent qui a perdu son téléphone et ses codes de secours. "
        "Assurez-vous d’abord que c’est bien lui qui le demande."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("identifiant")

    def handle(self, *args: Any, **options: Any) -> None:
        nom = options["identifiant"].lower()
        compte = Compte.objects.filter(identifiant=nom, is_staff=True).first()
        if compte is None:
            raise CommandError(f"Aucun agent ne s’appelle « {nom} ».")
        if not second_facteur.retirer(compte_id=compte.pk, auteur=None):
            raise CommandError(f"« {nom} » n’a pas de second facteur.")
        self.stdout.write(
            f"Second facteur de « {nom} » retiré, sessions fermées : il en ajoutera un à sa "
            "prochaine connexion."
        )
