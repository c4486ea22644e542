"""Make a database and the static files ready, in one process: what a start needs, and nothing
twice.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from portal.home import demo


class Command(BaseCommand):
    help = "Prépare la base et les fichiers statiques ; avec --demo, la ville de démonstration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="installe la ville de démo")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if options["demo"] and settings.DEMO_MAILBOX:
            demo.installer()
            for line in demo.logins():
                self.stdout.write(line)
