"""What residents answer in these tests, screen by screen."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tests.e2e.pages import Reponse, case, choix, liste, texte

Ecrans = dict[str, list[Reponse]]

MES_INFORMATIONS = [
    texte("Nom", "N’Guyen-Lefèvre"),
    texte("Prénoms", "Élodie"),
    texte("Courriel", "elodie@exemple.fr"),
    texte("Téléphone", "+32 470 12 34 56"),
    texte("Numéro et nom de la rue", "Rue de la Loi 16"),
    texte("Code postal", "1000"),
    texte("Commune", "Bruxelles"),
    liste("Pays", "Belgique"),
]

NAISSANCE: Ecrans = {
    "Mes informations": MES_INFORMATIONS,
    "Le document": [
        choix("De quel document avez-vous besoin ?", "Copie intégrale"),
        texte("Combien d’exemplaires voulez-vous ?", "2"),
        choix("Pourquoi avez-vous besoin de ce document ?", "Carte d’identité ou passeport"),
    ],
    "La personne dont vous demandez l’acte": [
        texte("Nom de naissance", "Lefèvre"),
        texte("Prénoms", "Élodie Marie"),
        texte("Date de naissance", "14/03/1987"),
        texte("Commune de naissance", "Clairval-sur-Loire"),
    ],
    "Ses parents": [
        texte("Nom et prénom du premier parent", "Lefèvre Paul"),
        texte("Nom et prénom du second parent", "Garnier Hélène"),
    ],
    "Votre lien avec cette personne": [
        choix("Vous êtes :", "Son représentant légal"),
        texte("Précisez votre lien ou votre profession", "Tutrice"),
        case("Je certifie que ces informations sont exactes."),
    ],
}


def stationnement() -> Ecrans:
    """The day the card starts cannot be written once for all."""
    debut = timezone.localdate() + timedelta(days=7)
    return {
        "Mes informations": [
            texte("Numéro et nom de la rue", "3 place du Marché"),
            texte("Code postal", "49999"),
            texte("Commune", "Clairval-sur-Loire"),
        ],
        "Votre demande": [
            choix("Que demandez-vous ?", "Une première carte"),
            choix("L’adresse de « Mes informations » est-elle", "Oui"),
            texte("À partir de quand voulez-vous la carte ?", f"{debut:%d/%m/%Y}"),
            choix("Combien de véhicules voulez-vous inscrire ?", "Un véhicule"),
        ],
        "Le véhicule": [
            texte("Numéro d’immatriculation", "AB-123-CD"),
            texte("Marque et modèle", "Renault Zoé"),
            choix(
                "À quel nom est le certificat d’immatriculation ?",
                "Au nom du titulaire de la carte",
            ),
        ],
        "Votre déclaration": [
            case(
                "Je déclare sur l’honneur que le titulaire de la carte habite à cette adresse à"
                " titre principal, qu’il utilise ces véhicules et que mes réponses sont exactes."
            ),
        ],
    }
