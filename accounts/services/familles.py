"""Families of a service, imported from its file: all of them, or none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Compte, Service
from accounts.services.fichier_familles import FamilleLue, Fautes, lire
from portal.audit import log
from portal.kernel.errors import Refusal

# Families in one COPY: statements stay short, and memory does not grow with the file.
LOT = 500

_TABLE = """
DROP TABLE IF EXISTS pg_temp.familles_lues;
CREATE TEMPORARY TABLE familles_lues (ligne int, reference text, nom text, donnees jsonb)
ON COMMIT DROP
"""
_COPIE = "COPY pg_temp.familles_lues (ligne, reference, nom, donnees) FROM STDIN"
# A reference that comes back further down: its other lines are elsewhere in the file.
_REVENUES = """
SELECT ligne, reference, premiere FROM (
    SELECT ligne, reference, min(ligne) OVER (PARTITION BY reference) AS premiere
    FROM pg_temp.familles_lues
) AS lues WHERE ligne > premiere AND reference <> '' ORDER BY ligne
"""
_CONNUES = """
SELECT count(*) FROM pg_temp.familles_lues AS lue
JOIN accounts_dossierfamille AS connue USING (reference) WHERE connue.service_id = %s
"""
# Nothing is said of `foyer_id`: a family attached to a home stays so.
_ECRITURE = """
INSERT INTO accounts_dossierfamille (service_id, reference, nom, donnees, importe_at)
SELECT %s, reference, nom, donnees, %s FROM pg_temp.familles_lues ORDER BY reference
ON CONFLICT ON CONSTRAINT dossier_reference_unique DO UPDATE SET
    nom = excluded.nom, donnees = excluded.donnees, importe_at = excluded.importe_at
"""


class FichierRefuse(Refusal):
    """The file has mistakes: nothing was imported."""

    def __init__(self, fautes: Fautes) -> None:
        fautes.premieres.sort(key=lambda faute: faute.ligne)
        self.fautes = fautes
        super().__init__("Le fichier a des erreurs : rien n’est importé.")


@dataclass
class Bilan:
    """What a file holds: families (the service did not have, or had already) and people.

    `sans_adresse`: families to whom no letter can be sent; it is no mistake, they may come by.
    """

    familles: int = 0
    personnes: int = 0
    connues: int = 0
    sans_adresse: int = 0

    @property
    def nouvelles(self) -> int:
        return self.familles - self.connues


def resume(bilan: Bilan) -> str:
    """Return a file in a few words: « 2 familles (nouvelle : 1, mise à jour : 1), 4 personnes »."""
    nouvelles, connues = bilan.nouvelles, bilan.connues
    return (
        f"{_compte(bilan.familles, 'famille')} "
        f"(nouvelle{_s(nouvelles)} : {nouvelles}, mise{_s(connues)} à jour : {connues}), "
        f"{_compte(bilan.personnes, 'personne')}"
    )


def _compte(nombre: int, nom: str) -> str:
    return f"{nombre} {nom}{_s(nombre)}"


def _s(nombre: int) -> str:
    return "s" if nombre > 1 else ""


def importer(
    *,
    service: Service,
    fichier: BinaryIO,
    auteur: Compte | None,
    simuler: bool = False,
    avancement: Callable[[Bilan], None] | None = None,
) -> Bilan:
    """Write the families of a file (opened in binary) over those that the service has; raises
    FichierRefuse with every mistake, and then writes nothing. `simuler` only looks.

    Families that are not in the file stay. `avancement` is told at each lot.
    """
    bilan, fautes = Bilan(), Fautes()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TABLE)
        familles = lire(fichier, fautes)
        while lot := list(islice(familles, LOT)):
            with cursor.copy(_COPIE) as copie:
                for ligne in _lignes(lot):
                    copie.write_row(ligne)
            bilan.familles += len(lot)
            bilan.sans_adresse += sum(not famille.adresse for famille in lot)
            bilan.personnes += sum(len(famille.membres) for famille in lot)
            if avancement is not None:
                avancement(bilan)
        cursor.execute(_REVENUES)
        for ligne, reference, premiere in cursor:
            texte = f"« {reference[:40]} » est déjà plus haut, ligne {premiere} : mettez ensemble"
            fautes.ajouter(ligne, "reference", f"{texte} les lignes de cette famille.")
        if fautes.total:
            raise FichierRefuse(fautes)
        cursor.execute(_CONNUES, [service.pk])
        bilan.connues = cursor.fetchone()[0]
        if not simuler:
            cursor.execute(_ECRITURE, [service.pk, timezone.now()])
            counts = {"familles": bilan.familles, "nouvelles": bilan.nouvelles}
            log.record("familles.importees", target=service, actor=auteur, details=counts)
    return bilan


def _lignes(lot: list[FamilleLue]) -> Iterator[tuple[int, str, str, str]]:
    for famille in lot:
        donnees = json.dumps(famille.donnees, ensure_ascii=False)
        yield famille.ligne, famille.reference, famille.nom, donnees
