"""Tables and rows of the reference project; to be run inside `reference_project`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from tests.benchmarks.reference.memory import LIBELLES, SERVICES, TITRES
from tests.benchmarks.reference.models import (
    Dossier,
    Facture,
    Historique,
    Message,
    RendezVous,
    Service,
    Usager,
)

PER_USER = 25  # page d shows the last twenty


def install(usagers: int) -> list[Usager]:
    """Make the tables and their rows unless they are there; return the users."""
    if Usager._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            for model in apps.get_app_config("reference").get_models():
                editor.create_model(model)
        _fill(usagers)
    return list(Usager.objects.order_by("pk"))


def _fill(usagers: int) -> None:
    _write(Service, (Service(nom=nom) for nom in SERVICES))
    _write(
        Usager,
        (
            Usager(username=f"usager{n}", first_name="Élodie", last_name="N’Guyen", password="!")
            for n in range(usagers)
        ),
    )
    users = list(Usager.objects.order_by("pk"))
    services = list(Service.objects.order_by("pk"))
    _write(Dossier, (_dossier(u, n, services) for n in range(PER_USER) for u in users))
    _write(Historique, _historique(Dossier.objects.order_by("pk")))
    _write(Facture, (_facture(user, n) for user in users for n in range(12)))
    now = timezone.now()
    _write(
        RendezVous,
        (
            RendezVous(usager=user, objet="Passeport", debut=now + timedelta(days=n - 3, hours=n))
            for user in users
            for n in range(8)
        ),
    )
    _write(
        Message,
        (Message(usager=user, objet="Réponse", lu=n > 1) for user in users for n in range(10)),
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _dossier(user: Usager, n: int, services: list[Service]) -> Dossier:
    received = timezone.now() - timedelta(days=9 * (PER_USER - n) + 3, minutes=17 * n)
    return Dossier(
        usager=user,
        service=services[n % 4],
        titre=TITRES[n % 4],
        etat=Dossier.Etat.values[n % 4],
        cree_le=received,
        modifie_le=received + timedelta(days=2),
    )


def _historique(dossiers: Iterable[Dossier]) -> Iterable[Historique]:
    for dossier in dossiers:
        for n, libelle in enumerate(LIBELLES):
            yield Historique(
                dossier=dossier, libelle=libelle, le=dossier.cree_le + timedelta(days=n)
            )


def _facture(user: Usager, n: int) -> Facture:
    return Facture(
        usager=user,
        libelle=f"Cantine, mois {n + 1}",
        montant=Decimal("41.30") + n,
        echeance=timezone.localdate() + timedelta(days=5 * n),
        payee=n % 2 == 1,
    )


def _write(model: type[models.Model], rows: Iterable[Any]) -> None:
    rows = iter(rows)
    while batch := list(islice(rows, 2000)):
        model._default_manager.bulk_create(batch)
