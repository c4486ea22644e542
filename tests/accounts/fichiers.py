"""Files of families, as services send them."""

from __future__ import annotations

import io

COLONNES = (
    "reference;famille;role;civilite;nom;prenoms;date_naissance;naissance_prevue;voie;complement;"
    "code_postal;commune;pays;ecole;classe;courriel;telephone"
)
PARENT = {
    "reference": "F1",
    "famille": "Martin",
    "role": "responsable",
    "civilite": "Mme",
    "nom": "Martin",
    "prenoms": "Camille",
    "voie": "12 rue des Tilleuls",
    "code_postal": "49999",
    "commune": "Clairval-sur-Loire",
    "courriel": "camille@courriel.example",
    "telephone": "06 39 98 00 01",
}
ENFANT = {
    "reference": "F1",
    "famille": "Martin",
    "role": "enfant",
    "nom": "Martin",
    "prenoms": "Léa",
    "date_naissance": "02/05/2017",
    "ecole": "École Jean-Moulin",
    "classe": "CE2",
}


def texte(*lignes: dict[str, str], separateur: str = ";") -> str:
    """Return a file with one line for each person."""
    names = COLONNES.split(";")
    rows = [names, *([ligne.get(name, "") for name in names] for ligne in lignes)]
    return "".join(separateur.join(row) + "\r\n" for row in rows)


def fichier(*lignes: dict[str, str], encodage: str = "utf-8") -> io.BytesIO:
    """Return the same, open in binary."""
    return io.BytesIO(texte(*lignes).encode(encodage))


def famille(reference: str, nom: str = "Martin") -> list[dict[str, str]]:
    """Return the lines of one parent and one child."""
    own = {"reference": reference, "famille": nom, "nom": nom}
    return [PARENT | own, ENFANT | own]
