"""The data of page c: objects like those page d reads, made once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils import timezone

from tests.benchmarks.reference.models import Dossier, Facture, Historique, RendezVous, Service

TITRES = (
    "Demande d’acte de naissance",
    "Enlèvement des encombrants",
    "Carte de stationnement pour résident",
    "Inscription à la cantine de l’école",
)
SERVICES = ("État civil", "Voirie et cadre de vie", "Stationnement", "Affaires scolaires")
LIBELLES = ("Dossier reçu", "Dossier pris en charge par le service", "Réponse envoyée")


@cache
def in_memory() -> dict[str, Any]:
    """Return the context of page c."""
    now = timezone.now()
    dossiers = []
    for n in range(20):
        dossier = Dossier(
            pk=1000 + n,
            titre=TITRES[n % 4],
            service=Service(pk=n % 4 + 1, nom=SERVICES[n % 4]),
            etat=Dossier.Etat.values[n % 4],
            cree_le=now - timedelta(days=9 * n + 3, minutes=17 * n),
            modifie_le=now - timedelta(days=9 * n, minutes=7 * n),
        )
        dossier.dernier = Historique(libelle=LIBELLES[n % 3], le=dossier.modifie_le)
        dossiers.append(dossier)
    return {
        "dossiers": dossiers,
        "factures": [
            Facture(
                pk=n,
                libelle=f"Cantine, mois {n + 1}",
                montant=Decimal("41.30") + n,
                echeance=timezone.localdate() + timedelta(days=5 * n),
            )
            for n in range(5)
        ],
        "comptes": [{"etat": etat, "nombre": 5} for etat in Dossier.Etat.values],
        "rendez_vous": [
            RendezVous(pk=n, objet="Passeport", debut=now + timedelta(days=n, hours=n))
            for n in range(3)
        ],
        "non_lus": 2,
    }
