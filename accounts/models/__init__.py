"""Identity, shared by every app above: who logs in, who is a person, who serves."""

from accounts.models.agent import AgentProfil, Role
from accounts.models.compte import ACTIVES, Canal, Compte, Etat
from accounts.models.personne import Personne
from accounts.models.service import Service

__all__ = ["ACTIVES", "AgentProfil", "Canal", "Compte", "Etat", "Personne", "Role", "Service"]
