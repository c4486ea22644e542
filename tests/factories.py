"""Small valid objects, with traits; a bare factory makes the smallest that the database accepts."""

from __future__ import annotations

from datetime import timedelta

import factory
from django.utils import timezone

from accounts.models import (
    AgentProfil,
    CleService,
    Compte,
    DossierFamille,
    Etat,
    Foyer,
    Membre,
    Personne,
    Role,
    RoleMembre,
    Service,
)
from demarches.models import Campagne, Demande, Demarche, Theme, VersionDemarche
from demarches.states import Action
from demarches.states import Etat as EtatDemande
from portal.kernel.crypto import fingerprint, random_number
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
    ferme_at = factory.LazyAttribute(lambda o: timezone.now() if o.etat == Etat.FERME else None)
    conditions_acceptees = "1"  # the version that the migrations bring
    password = "!"  # cannot log in by password: hashing one for each test would be slow

    class Params:
        agent = factory.Trait(personne=None, is_staff=True)
        en_attente = factory.Trait(
            etat=Etat.EN_ATTENTE, activation_at=factory.LazyFunction(timezone.now)
        )

    @factory.post_generation
    def services(self, create, extracted, role=Role.AGENT, gere_les_comptes=False, **kwargs):
        """`services=[…]` makes the account an agent of these services."""
        if self.is_staff and create:
            profil = AgentProfil.objects.create(
                compte=self, role=role, gere_les_comptes=gere_les_comptes
            )
            profil.services.set(extracted or [])

    @factory.post_generation
    def foyer(self, create, extracted, **kwargs):
        """`foyer=True` gives the account a home of its own; `foyer=<Foyer>` makes it a
        co-representative of that one.
        """
        if not create or not extracted:
            return
        role = RoleMembre.RESPONSABLE if extracted is True else RoleMembre.CO_REPRESENTANT
        foyer = FoyerFactory() if extracted is True else extracted
        MembreFactory(personne=self.personne, foyer=foyer, role=role)


class FoyerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Foyer

    voie = "12 rue des Tilleuls"
    code_postal = "49999"
    commune = "Clairval-sur-Loire"


class MembreFactory(factory.django.DjangoModelFactory):
    """A child of a new home; the roles are given by `role`."""

    class Meta:
        model = Membre

    personne = factory.SubFactory(PersonneFactory)
    foyer = factory.SubFactory(FoyerFactory)
    role = RoleMembre.ENFANT


class DossierFamilleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DossierFamille

    service = factory.SubFactory(ServiceFactory, emet_des_cles=True, telephone="+33261910030")
    reference = factory.Sequence(lambda n: f"F{n:05}")
    nom = "Martin"
    donnees = factory.LazyFunction(
        lambda: {
            "adresse": {},
            "membres": [
                {
                    "role": "enfant",
                    "nom": "Martin",
                    "prenoms": "Léa",
                    "date_naissance": "2017-05-02",
                }
            ],
        }
    )


class CleServiceFactory(factory.django.DjangoModelFactory):
    """A living key; `cle` is what the family reads on its letter."""

    class Meta:
        model = CleService
        exclude = ["cle"]

    cle = factory.LazyFunction(random_number)
    dossier = factory.SubFactory(DossierFamilleFactory)
    empreinte = factory.LazyAttribute(lambda o: fingerprint("cle_service", o.cle))
    expire_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=90))


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
