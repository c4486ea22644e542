"""A request to print, and what a PDF file says about itself."""

import io
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pikepdf
import pypdfium2

from portal.pdf.documents import DemandePdf, SectionPdf

DEMANDE = {
    "commune": "Ville de Clairval-sur-Loire",
    "service": "État civil",
    "titre": "Demander un acte de naissance",
    "numero": "7KQM-X2TB-9HPA",
    "deposee_le": "mardi 24 novembre 2026 à 14 h 30",
    "etat": "Prise en charge (étape 2 sur 4)",
    "rang": 2,
    "demandeur": [
        ("Nom", "Nguyễn-Lefèvre"),
        ("Courriel", "elodie.nguyen-lefevre@fournisseur.example"),
        ("Adresse postale", "12 bis rue de l’Abbé-Grégoire\nBâtiment C\n44000 Nantes"),
        ("Téléphone", ""),
    ],
    "sections": [
        SectionPdf("Le document", [("De quel document avez-vous besoin ?", "Copie intégrale")]),
        SectionPdf("Ses parents", [("Nom et prénom du premier parent", "Lefèvre Paul")]),
    ],
    "evenements": [("24/11/2026 à 14 h 30", "Demande déposée")],
    "genere_le": "25 novembre 2026 à 10 h 12",
}


def demande_pdf(**changes: Any) -> DemandePdf:
    """Return a usual request with some fields changed."""
    return DemandePdf(**(DEMANDE | changes))


def avec_reponse(texte: str, libelle: str = "Décrivez le problème") -> DemandePdf:
    """Return a request whose form holds one answer."""
    return demande_pdf(sections=[SectionPdf("Le problème", [(libelle, texte)])])


def ouvrir(contenu: bytes) -> pikepdf.Pdf:
    """Return the file opened for its structure."""
    return pikepdf.open(io.BytesIO(contenu))


def pages(contenu: bytes) -> list[str]:
    """Return the text of each page, as a reader copies it."""
    with closing(pypdfium2.PdfDocument(contenu)) as document:
        textes = []
        for page in document:
            with closing(page), closing(page.get_textpage()) as texte:
                textes.append(texte.get_text_range().replace("\r\n", "\n"))
        return textes


def texte_complet(contenu: bytes) -> str:
    """Return the whole text with every run of spaces and line ends made one space."""
    return " ".join(" ".join(pages(contenu)).split())


def balises(noeud: Any) -> Iterator[str]:
    """Yield the structure types of a tagged file, in reading order."""
    if isinstance(noeud, pikepdf.Array):
        for element in noeud:
            yield from balises(element)
    elif isinstance(noeud, pikepdf.Dictionary):
        if "/S" in noeud:
            yield str(noeud.S)
        if "/K" in noeud:
            yield from balises(noeud.K)
