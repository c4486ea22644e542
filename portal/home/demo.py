"""The demonstration town: real démarches, people with something everywhere and people with nothing
yet.

Built with the services that residents and clerks use, so that what is shown is what the product
does.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts.demonstration import CLE_DEMO, importer_familles_demo, peupler
from accounts.models import AgentProfil, Compte, Etat, Role, Service
from demarches.demonstration import charger_catalogue, deposer_exemples

MOT_DE_PASSE = "parvis-demonstration"


@dataclass(frozen=True)
class Agent:
    """Somebody of the town hall; `libelle` opens the login line."""

    libelle: str
    service: str
    role: Role = Role.AGENT
    gere_les_comptes: bool = False


# Labels of the login lines: a resident with something everywhere, one with nothing yet…
HABITANTS = {
    "camille.martin": "Résident",
    "noe.petit": "Résident (compte neuf)",
    "alex.martin": "Résident (co-représentant du foyer de Camille)",
    "dominique.roux": "Résident (autre parent de Léa)",
    "ines.benali": "Résident (en attente de validation)",
}
AGENTS = {
    "agent.etatcivil": Agent(
        "Agent (état civil, comptes)", "etat-civil", Role.RESPONSABLE, gere_les_comptes=True
    ),
    "agent.voirie": Agent("Agent (voirie et cadre de vie)", "voirie-cadre-de-vie"),
    "agent.enfance": Agent("Agent (enfance)", "enfance", Role.RESPONSABLE),
}


@transaction.atomic
def installer() -> bool:
    """Build the town if it is not there; return whether it was built. All of it, or nothing."""
    # Its passwords are public: never where mails leave, which is where people live.
    if not settings.DEMO_MAILBOX or Compte.objects.filter(identifiant__in=AGENTS).exists():
        return False
    charger_catalogue()
    agents = {nom: _agent(nom, agent) for nom, agent in AGENTS.items()}
    comptes = peupler(MOT_DE_PASSE, agent=agents["agent.etatcivil"])
    importer_familles_demo()
    deposer_exemples(
        compte=comptes["camille.martin"],
        agents={agent.service: agents[nom] for nom, agent in AGENTS.items()},
    )
    return True


def logins() -> list[str]:
    """Return the lines that tell how to log in, for who starts the demonstration."""
    return [
        *(f"{label} : {nom} / {MOT_DE_PASSE}" for nom, label in HABITANTS.items()),
        f"Clé de famille du service Enfance (compte neuf) : {CLE_DEMO}",
        *(f"{agent.libelle} : {nom} / {MOT_DE_PASSE}" for nom, agent in AGENTS.items()),
    ]


def _agent(identifiant: str, agent: Agent) -> Compte:
    compte = Compte.objects.create_user(
        identifiant, f"{identifiant}@mairie.example", MOT_DE_PASSE, etat=Etat.VALIDE, is_staff=True
    )
    profil = AgentProfil.objects.create(
        compte=compte, role=agent.role, gere_les_comptes=agent.gere_les_comptes
    )
    profil.services.add(Service.objects.get(code=agent.service))
    return compte
