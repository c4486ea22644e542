"""The demonstration town: real démarches, people with something everywhere and people with nothing
yet.

Built with the services that residents and clerks use, so that what is shown is what the product
does.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from accounts.demonstration import peupler
from accounts.models import AgentProfil, Compte, Etat, Role, Service
from demarches.demonstration import charger_catalogue, deposer_exemples

MOT_DE_PASSE = "parvis-demonstration"


# Labels of the login lines: a resident with something everywhere, one with nothing yet.
HABITANTS = [
    ("Résident", "camille.martin"),
    ("Résident (compte neuf)", "noe.petit"),
    ("Résident (co-représentant du foyer de Camille)", "alex.martin"),
    ("Résident (autre parent de Léa)", "dominique.roux"),
    ("Résident (en attente de validation)", "ines.benali"),
]
# identifiant -> (label of the login line, code of the service, role, checks accounts)
AGENTS = {
    "agent.etatcivil": ("Agent (état civil, comptes)", "etat-civil", Role.RESPONSABLE, True),
    "agent.voirie": ("Agent (voirie et cadre de vie)", "voirie-cadre-de-vie", Role.AGENT, False),
}


@transaction.atomic
def installer() -> bool:
    """Build the town if it is not there; return whether it was built. All of it, or nothing."""
    # Its passwords are public: never where mails leave, which is where people live.
    if not settings.DEMO_MAILBOX or Compte.objects.filter(identifiant__in=AGENTS).exists():
        return False
    charger_catalogue()
    agents = {nom: _agent(nom, *rest) for nom, (_label, *rest) in AGENTS.items()}
    comptes = peupler(MOT_DE_PASSE, agent=agents["agent.etatcivil"])
    deposer_exemples(
        compte=comptes["camille.martin"],
        agents={code: agents[nom] for nom, (_label, code, *_rest) in AGENTS.items()},
    )
    return True


def logins() -> list[str]:
    """Return the lines that tell how to log in, for who starts the demonstration."""
    return [
        *(f"{label} : {nom} / {MOT_DE_PASSE}" for label, nom in HABITANTS),
        *(f"{label} : {nom} / {MOT_DE_PASSE}" for nom, (label, *_rest) in AGENTS.items()),
    ]


def _agent(identifiant: str, service: str, role: str, gere_les_comptes: bool) -> Compte:
    compte = Compte.objects.create_user(
        identifiant, f"{identifiant}@mairie.example", MOT_DE_PASSE, etat=Etat.VALIDE, is_staff=True
    )
    profil = AgentProfil.objects.create(
        compte=compte, role=role, gere_les_comptes=gere_les_comptes
    )
    profil.services.add(Service.objects.get(code=service))
    return compte
