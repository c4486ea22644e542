"""Small valid objects, with traits; a bare factory makes the smallest that the database accepts."""

from __future__ import annotations

from datetime import timedelta

import factory
from django.utils import timezone

from accounts.models import AgentProfil, Compte, Etat, Personne, Role, Service
from demarches.models import Campagne, Demande, Demarche, Theme, VersionDemarche
from demarches.states import Action
from demarches.states import Etat as EtatDemande
from portal.kernel.crypto import random_number
from tests.definitions import document, saisie

PASSWORD = "un mot de passe de test"


class ServiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Service

    code = factory.Sequence(lambda n: f"service-{n}")
    nom = factory.Sequence(lambda n: f"Service {n}")


class PersonneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Personne

    nom_naissance = "Martin"
    prenoms = "Camille"


class CompteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Compte
        skip_postgeneration_save = True

    identifiant = factory.Sequence(lambda n: f"compte{n}")
    courriel = factory.Sequence(lambda n: f"compte{n}@exemple.fr")
    etat = Etat.VALIDE
    personne = factory.SubFactory(PersonneFactory)
    password = "!"  # cannot log in by password: hashing one for each test would be slow

    class Params:
        agent = factory.Trait(personne=None, is_staff=True)

    @factory.post_generation
    def services(self, create, extracted, role=Role.AGENT, **kwargs):
        """`services=[…]` makes the account an agent of these services."""
        if self.is_staff and create:
            profil = AgentProfil.objects.create(compte=self, role=role)
            profil.services.set(extracted or [])


class ThemeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Theme

    code = factory.Sequence(lambda n: f"theme-{n}")
    titre = factory.Sequence(lambda n: f"Thème {n}")


class DemarcheFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Demarche

    code = factory.Sequence(lambda n: f"demarche-{n}")
    theme = factory.SubFactory(ThemeFactory)
    service = factory.SubFactory(ServiceFactory)
    titre = factory.Sequence(lambda n: f"Démarche {n}")
    resume = "Un résumé."
    description = "Une description."


class VersionDemarcheFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VersionDemarche

    demarche = factory.SubFactory(DemarcheFactory)
    numero = 1
    definition = factory.LazyAttribute(
        lambda o: document(code=o.demarche.code, titre=o.demarche.titre, acces=o.demarche.acces)
    )


class CampagneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Campagne

    demarche = factory.SubFactory(DemarcheFactory)
    libelle = "Rentrée"
    debut_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    fin_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))
    places = 10


class DemandeFactory(factory.django.DjangoModelFactory):
    """A draft of no account, nothing typed; `prete` has every answer, `deposee` and the rest are
    filed.
    """

    class Meta:
        model = Demande
        skip_postgeneration_save = True

    version = factory.SubFactory(VersionDemarcheFactory)
    expire_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=24))

    class Params:
        prete = factory.Trait(
            saisie=factory.LazyFunction(saisie),
            anti_robot_at=factory.LazyFunction(timezone.now),
        )
        deposee = factory.Trait(
            etat=EtatDemande.DEPOSEE,
            expire_at=None,
            numero=factory.LazyFunction(random_number),
            depot_at=factory.LazyFunction(timezone.now),
            courriel="elodie@exemple.fr",
            nom_demandeur="Élodie N’Guyen",
            demandeur={"nom": "N’Guyen", "prenoms": "Élodie", "courriel": "elodie@exemple.fr"},
            reponses={"objet": "Un lampadaire"},
        )
        prise_en_charge = factory.Trait(deposee=True, etat=EtatDemande.PRISE_EN_CHARGE)
        en_instruction = factory.Trait(deposee=True, etat=EtatDemande.EN_INSTRUCTION)
        acceptee = factory.Trait(
            deposee=True,
            etat=EtatDemande.ACCEPTEE,
            decision_at=factory.LazyFunction(timezone.now),
        )

    @factory.post_generation
    def historique(self, create, extracted, **kwargs):
        """A filed request has the event of its filing."""
        if create and self.etat != EtatDemande.BROUILLON:
            self.evenements.create(action=Action.DEPOSER)
