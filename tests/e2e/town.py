"""A town to walk in: the six real démarches, one resident, an agent of each service."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.contrib.auth.hashers import make_password

from accounts.models import Compte, Service
from demarches import demonstration
from demarches.models import Demande, Demarche
from demarches.schema import demandeur
from demarches.services import brouillon, depot
from portal.notifications import delivery
from tests.factories import PASSWORD, CompteFactory

# What each démarche is answered when a test only needs the request to be there.
REPONSES = {
    "acte-naissance": demonstration.NAISSANCE,
    "encombrants": demonstration.ENCOMBRANTS,
    "signalement-voirie": demonstration.VOIRIE,
}


@cache
def _password() -> str:
    return make_password(PASSWORD)  # slow by design: hashed once for all tests


@dataclass(frozen=True)
class Town:
    """`habitante` has an account; the agents are of the civil registry and of the roads."""

    habitante: Compte
    agent_civil: Compte
    agent_voirie: Compte

    @classmethod
    def build(cls) -> Town:
        demonstration.charger_catalogue()
        return cls(
            habitante=CompteFactory(
                identifiant="camille.martin",
                password=_password(),
                personne__nom_naissance="Martin",
                personne__prenoms="Camille Anne",
                personne__courriel="camille@exemple.fr",
            ),
            agent_civil=cls._agent("agent.etatcivil", "etat-civil"),
            agent_voirie=cls._agent("agent.voirie", "voirie-cadre-de-vie"),
        )

    @staticmethod
    def _agent(identifiant: str, service: str) -> Compte:
        return CompteFactory(
            agent=True,
            identifiant=identifiant,
            password=_password(),
            services=[Service.objects.get(code=service)],
        )

    def draft(self, code: str, compte: Compte | None = None) -> Demande:
        """A draft with every answer given."""
        demarche = Demarche.objects.get(code=code)
        demande = brouillon.commencer(demarche_id=demarche.pk, compte=compte)
        brouillon.enregistrer(
            demande_id=demande.pk, etape=demandeur.ETAPE, saisie=demonstration.QUI
        )
        brouillon.enregistrer(demande_id=demande.pk, etape=depot.MA_DEMANDE, saisie=REPONSES[code])
        return demande

    def filed(self, code: str, compte: Compte | None = None) -> Demande:
        """A request that was sent."""
        demande = self.draft(code, compte)
        brouillon.noter_anti_robot(demande_id=demande.pk)
        return depot.deposer(demande_id=demande.pk, compte=compte)

    def send_mail(self) -> int:
        """Do what the worker does every two seconds; return how many mails left."""
        return delivery.drain()
