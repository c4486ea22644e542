"""The demonstration town: real démarches, people with something everywhere and people with nothing
yet.

Built with the services that residents and clerks use, so that what is shown is what the product
does.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts.models import AgentProfil, Compte, Etat, Personne, Role, Service
from demarches.demonstration import charger_catalogue, deposer_exemples

MOT_DE_PASSE = "parvis-demonstration"


@dataclass(frozen=True)
class Habitant:
    identifiant: str
    prenoms: str
    nom: str
    mobile: str


HABITANTS = [
    Habitant("camille.martin", "Camille Anne", "Martin", "+33639980001"),
    Habitant("noe.petit", "Noé", "Petit", ""),
]
# identifiant -> (label of the login line, code of the service, role)
AGENTS = {
    "agent.etatcivil": ("Agent (état civil)", "etat-civil", Role.RESPONSABLE),
    "agent.voirie": ("Agent (voirie et cadre de vie)", "voirie-cadre-de-vie", Role.AGENT),
}


@transaction.atomic
def installer() -> bool:
    """Build the town if it is not there; return whether it was built. All of it, or nothing."""
    # Its passwords are public: never where mails leave, which is where people live.
    if not settings.DEMO_MAILBOX or Compte.objects.filter(identifiant__in=AGENTS).exists():
        return False
    charger_catalogue()
    comptes = [_habitant(habitant) for habitant in HABITANTS]
    agents = {code: _agent(nom, code, role) for nom, (_label, code, role) in AGENTS.items()}
    deposer_exemples(compte=comptes[0], agents=agents)
    return True


def logins() -> list[str]:
    """Return the lines that tell how to log in, for who starts the demonstration."""
    return [
        *(f"Résident : {habitant.identifiant} / {MOT_DE_PASSE}" for habitant in HABITANTS),
        *(f"{label} : {nom} / {MOT_DE_PASSE}" for nom, (label, _code, _role) in AGENTS.items()),
    ]


def _habitant(habitant: Habitant) -> Compte:
    courriel = f"{habitant.identifiant}@courriel.example"
    personne = Personne.objects.create(
        prenoms=habitant.prenoms,
        nom_naissance=habitant.nom,
        courriel=courriel,
        telephone_mobile=habitant.mobile,
    )
    return Compte.objects.create_user(
        habitant.identifiant, courriel, MOT_DE_PASSE, etat=Etat.VALIDE, personne=personne
    )


def _agent(identifiant: str, service: str, role: str) -> Compte:
    compte = Compte.objects.create_user(
        identifiant, f"{identifiant}@mairie.example", MOT_DE_PASSE, etat=Etat.VALIDE, is_staff=True
    )
    profil = AgentProfil.objects.create(compte=compte, role=role)
    profil.services.add(Service.objects.get(code=service))
    return compte
