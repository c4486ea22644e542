"""Identity, shared by every app above: accounts, people, services, homes."""

from accounts.models.agent import AgentProfil, Role
from accounts.models.compte import ACTIVES, Canal, Compte, Etat
from accounts.models.conditions import Conditions
from accounts.models.famille import CleService, DossierFamille
from accounts.models.foyer import (
    ENFANTS,
    REPRESENTANTS,
    AutorisationSortie,
    Changement,
    Foyer,
    Membre,
    RoleMembre,
)
from accounts.models.invitation import Invitation
from accounts.models.personne import Personne
from accounts.models.service import Service
from accounts.models.session import SessionCompte

__all__ = [
    "ACTIVES",
    "ENFANTS",
    "REPRESENTANTS",
    "AgentProfil",
    "AutorisationSortie",
    "Canal",
    "Changement",
    "CleService",
    "Compte",
    "Conditions",
    "DossierFamille",
    "Etat",
    "Foyer",
    "Invitation",
    "Membre",
    "Personne",
    "Role",
    "RoleMembre",
    "Service",
    "SessionCompte",
]
