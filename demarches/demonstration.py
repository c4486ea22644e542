"""Requests of the demonstration town, in every state, made by the services themselves."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import Compte
from demarches.models import Demande, Demarche
from demarches.schema import demandeur
from demarches.services import brouillon, depot, instruction, publication
from demarches.services.fichiers import CATALOGUE, lire
from portal.kernel.text import fold

Saisie = dict[str, list[str]]

QUI: Saisie = {
    "nom": ["N’Guyen-Lefèvre"],
    "prenoms": ["Élodie"],
    "courriel": ["elodie@courriel.example"],
    "telephone": ["06 39 98 00 12"],
    "adresse__voie": ["12 rue des Tilleuls"],
    "adresse__code_postal": ["49999"],
    "adresse__commune": ["Clairval-sur-Loire"],
    "adresse__pays": ["FR"],
}
NAISSANCE: Saisie = {
    "type_acte": ["copie_integrale"],
    "exemplaires": ["1"],
    "nom_naissance": ["Lefèvre"],
    "prenoms_personne": ["Élodie Marie"],
    "date_naissance": ["14/03/1987"],
    "commune_naissance": ["Clairval-sur-Loire"],
    "parent_1": ["Lefèvre Paul"],
    "parent_2": ["Garnier Hélène"],
    "qualite": ["interesse"],
    "exactitude": ["on"],
}
DECES: Saisie = {
    "nom_naissance": ["O’Brien"],
    "prenoms_defunt": ["Jean"],
    "date_deces": ["02/01/2020"],
    "lieu": ["commune"],
    "exemplaires": ["2"],
}
ENCOMBRANTS: Saisie = {
    "liste": ["canape", "matelas"],
    "details": ["Un canapé de deux places et un matelas."],
    "volume": ["moins_1"],
    "adresse_collecte__voie": ["3 place du Marché"],
    "adresse_collecte__code_postal": ["49999"],
    "adresse_collecte__commune": ["Clairval-sur-Loire"],
    "logement": ["maison"],
    "sortie": ["oui"],
    "engagement": ["on"],
}
VOIRIE: Saisie = {
    "danger": ["non"],
    "nature": ["eclairage"],
    "description": ["Le lampadaire devant l’école ne s’allume plus depuis lundi."],
    "rue": ["Rue de l’École"],
}


def _stationnement(plaque: str) -> Saisie:
    return {
        "type_demande": ["premiere"],
        "adresse_residence": ["oui"],
        "date_debut": [f"{timezone.localdate() + timedelta(days=7):%d/%m/%Y}"],
        "nombre_vehicules": ["un"],
        "plaque_1": [plaque],
        "modele_1": ["Renault Zoé"],
        "titulaire_1": ["moi"],
        "honneur": ["on"],
    }


def charger_catalogue() -> None:
    """Load the démarches that come with Parvis."""
    publication.charger(lire(CATALOGUE))


def deposer_exemples(*, compte: Compte, agents: dict[str, Compte]) -> None:
    """File requests of `compte` and of people without account, and bring them to every state.

    `agents` gives one agent for each code of service.
    """
    civil, voirie = agents["etat-civil"], agents["voirie-cadre-de-vie"]
    _deposer("acte-naissance", NAISSANCE, qui=_personne("Traoré", "Aminata"))
    _avancer(_deposer("acte-naissance", NAISSANCE), civil, "accepter", "Le document part demain.")
    _avancer(
        _deposer("acte-deces", DECES, qui=_personne("O’Brien", "Siobhán")),
        civil,
        "refuser",
        "Le décès n’est pas inscrit dans nos registres. Écrivez à la mairie du lieu du décès.",
    )
    _avancer(_deposer("acte-deces", DECES, qui=_personne("Le Goff", "Yann")), civil)
    _avancer(_deposer("encombrants", ENCOMBRANTS, qui=_personne("Da Silva", "João")), voirie)
    _deposer("encombrants", ENCOMBRANTS)
    _avancer(_deposer("signalement-voirie", VOIRIE), voirie, "accepter", "La lampe est changée.")
    _deposer("signalement-voirie", VOIRIE, qui=_personne("Benali", "Inès"))
    _avancer(
        _deposer("stationnement-resident", _stationnement("AB-123-CD"), compte),
        voirie,
        "accepter",
        "Votre carte est à retirer à l’accueil, du lundi au vendredi, de 9 h à 17 h.",
    )
    _deposer("encombrants", ENCOMBRANTS, compte)
    _brouillon("stationnement-resident", _stationnement("EF-456-GH"), compte)


def _personne(nom: str, prenoms: str) -> Saisie:
    courriel = f"{fold(prenoms)}@courriel.example"
    return QUI | {"nom": [nom], "prenoms": [prenoms], "courriel": [courriel]}


def _brouillon(
    code: str, saisie: Saisie, compte: Compte | None = None, qui: Saisie = QUI
) -> Demande:
    demarche = Demarche.objects.get(code=code)
    demande = brouillon.commencer(demarche_id=demarche.pk, compte=compte)
    qui = qui if compte is None else qui | _identite(compte)
    brouillon.enregistrer(demande_id=demande.pk, etape=demandeur.ETAPE, saisie=qui)
    brouillon.enregistrer(demande_id=demande.pk, etape=depot.MA_DEMANDE, saisie=saisie)
    return demande


def _identite(compte: Compte) -> Saisie:
    personne = compte.personne
    if personne is None:
        return {}
    return {
        "nom": [personne.nom],
        "prenoms": [personne.prenoms],
        "courriel": [compte.courriel],
        "telephone": [personne.telephone_mobile],
        "concernes": [str(personne.pk)],
    }


def _deposer(code: str, saisie: Saisie, compte: Compte | None = None, qui: Saisie = QUI) -> Demande:
    demande = _brouillon(code, saisie, compte, qui)
    if compte is None:
        brouillon.noter_anti_robot(demande_id=demande.pk)
    return depot.deposer(demande_id=demande.pk, compte=compte)


def _avancer(demande: Demande, agent: Compte, decision: str = "", texte: str = "") -> None:
    """Take a request in charge, start on it, and decide it if asked."""
    instruction.prendre_en_charge(demande_id=demande.pk, agent=agent)
    instruction.instruire(demande_id=demande.pk, agent=agent)
    decider = {"accepter": instruction.accepter, "refuser": instruction.refuser}.get(decision)
    if decider is not None:
        decider(demande_id=demande.pk, agent=agent, texte=texte)
