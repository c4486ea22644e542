"""What the privacy page says of this very installation: who else handles data, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from portal.ui.formats import duree


class SousTraitant(NamedTuple):
    """Somebody outside the town hall through whose hands data goes (RGPD, art. 28)."""

    role: str
    nom: str
    donnees: str


def sous_traitants() -> list[SousTraitant]:
    """Return those that the settings name."""
    return list(_sous_traitants())


def _sous_traitants() -> Iterator[SousTraitant]:
    if settings.HEBERGEUR:
        yield SousTraitant("Hébergement", settings.HEBERGEUR, "tout ce que le site enregistre")
    facteur = _facteur()
    if facteur:
        yield SousTraitant(
            "Envoi des courriels", facteur, "votre adresse de courriel et le texte des messages"
        )
    if settings.ADRESSES_URL:
        yield SousTraitant(
            "Recherche d’adresses",
            urlsplit(settings.ADRESSES_URL).hostname or settings.ADRESSES_URL,
            "l’adresse que vous tapez, sans votre nom",
        )


def _facteur() -> str:
    """Return who carries mails, or nothing where none leaves."""
    if settings.DEMO_MAILBOX:
        return ""
    package, _dot, rest = settings.EMAIL_BACKEND.partition("anymail.backends.")
    if not package and rest:
        return rest.split(".")[0].capitalize()
    return str(settings.EMAIL_HOST)


def durees() -> list[tuple[str, str]]:
    """Return (what, for how long) from the settings that do it."""
    return [
        ("Une demande commencée sans compte", duree(settings.DUREE_BROUILLON_SANS_COMPTE)),
        ("Une demande commencée avec un compte", duree(settings.DUREE_BROUILLON_AVEC_COMPTE)),
        ("Un compte qui n’a jamais été activé", duree(settings.DUREE_COMPTE_JAMAIS_ACTIVE)),
        (
            "Un compte dont vous demandez la fermeture",
            f"{duree(settings.DUREE_AVANT_FERMETURE)}, le temps de changer d’avis, puis effacé",
        ),
        (
            "Votre connexion",
            f"{duree(settings.DUREE_SESSION_RESIDENT)} après la dernière page ouverte",
        ),
        ("Le souvenir d’un appareil connu", duree(settings.DUREE_APPAREIL_CONNU)),
        ("Une invitation à rejoindre un foyer", duree(settings.DUREE_INVITATION)),
        ("Une clé remise par un service", duree(settings.DUREE_CLE)),
    ]
