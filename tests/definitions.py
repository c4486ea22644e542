"""A small definition, and what a browser would send for it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

_DOCUMENT: dict[str, Any] = {
    "schema": 1,
    "code": "demarche",
    "titre": "Démarche",
    "theme": "theme",
    "service": "service",
    "resume": "Un résumé.",
    "description": "Une description.",
    "aide": "Une aide.",
    "acces": "libre",
    "demandeur": {"telephone": "facultatif", "adresse": "absente"},
    "sections": [
        {
            "cle": "probleme",
            "titre": "Le problème",
            "champs": [{"cle": "objet", "type": "texte", "libelle": "Objet"}],
        }
    ],
}


def document(**changes: Any) -> dict[str, Any]:
    """Return a valid document with some keys replaced."""
    return deepcopy(_DOCUMENT) | changes


def saisie() -> dict[str, dict[str, list[str]]]:
    """Return what a draft of `document()` holds when every screen was filled in."""
    return {
        "mes-informations": {
            "nom": ["N’Guyen"],
            "prenoms": ["Élodie"],
            "courriel": ["elodie@exemple.fr"],
            "telephone": [""],
        },
        "ma-demande": {"objet": ["Un lampadaire"]},
    }
