"""The summary of a request: complete, in order, readable at any length."""

import time
from contextlib import closing

import pypdfium2

from portal.pdf.documents import SectionPdf, demande
from tests.portal.pdf.helpers import (
    avec_reponse,
    balises,
    demande_pdf,
    ouvrir,
    pages,
    texte_complet,
)

NOTE = "remplace un caractère que ce document ne peut pas montrer"


def test_everything_is_there_in_reading_order():
    texte = texte_complet(demande(demande_pdf()))

    expected = [
        "Ville de Clairval-sur-Loire",
        "État civil",
        "Récapitulatif de votre demande",
        "Demander un acte de naissance",
        "Numéro de ticket",
        "7KQM-X2TB-9HPA",
        "mardi 24 novembre 2026 à 14 h 30",
        "Prise en charge (étape 2 sur 4)",
        "Le demandeur",
        "Nguyễn-Lefèvre",
        "12 bis rue de l’Abbé-Grégoire Bâtiment C 44000 Nantes",
        "La demande",
        "Le document",
        "De quel document avez-vous besoin",
        "Copie intégrale",
        "Ses parents",
        "Historique",
        "24/11/2026 à 14 h 30 Demande déposée",
        "document créé le 25 novembre 2026 à 10 h 12",
        "Page 1/1",
    ]
    places = [texte.find(morceau) for morceau in expected]
    assert -1 not in places, expected[places.index(-1)]
    assert places == sorted(places)
    assert NOTE not in texte


def test_structure_is_headings_and_label_value_lists():
    with ouvrir(demande(demande_pdf())) as pdf:
        tags = list(balises(pdf.Root.StructTreeRoot.K))

    assert tags.count("/Title") == 1
    assert tags.count("/H1") == 3  # Le demandeur, La demande, Historique
    assert tags.count("/H2") == 2
    assert tags.count("/LI") == tags.count("/Lbl") == tags.count("/LBody") == 7
    assert "/Figure" not in tags  # the four squares are decoration: their text is beside them


def test_copied_email_is_the_address():
    assert "elodie.nguyen-lefevre@fournisseur.example" in pages(demande(demande_pdf()))[0]


def test_empty_value_says_so():
    assert "Téléphone Non renseigné" in texte_complet(demande(demande_pdf()))
    assert "Décrivez le problème Non renseigné" in texte_complet(demande(avec_reponse(" \n ")))


def test_empty_parts_leave_no_heading():
    vide = demande_pdf(
        demandeur=[], sections=[SectionPdf("Rien", [])], evenements=[], rang=None, titre=""
    )
    texte = texte_complet(demande(vide))

    for heading in ("Le demandeur", "La demande", "Rien", "Historique"):
        assert heading not in texte
    assert "Prise en charge (étape 2 sur 4)" in texte


def test_replaced_characters_are_explained():
    texte = texte_complet(demande(avec_reponse("Merci 😀")))

    assert "Merci \N{REPLACEMENT CHARACTER}" in texte
    assert NOTE in texte


def test_two_hundred_rows_and_page_numbers():
    rows = [(f"Question {rang} ?", f"Réponse {rang}.") for rang in range(200)]
    textes = pages(demande(demande_pdf(sections=[SectionPdf("Longue", rows)])))

    for rang, (libelle, valeur) in enumerate(rows):
        assert any(f"{libelle} {valeur}" in texte for texte in textes), rang
    for numero, texte in enumerate(textes, start=1):
        assert f"Page {numero}/{len(textes)}" in texte


def test_ten_thousand_characters_are_all_there():
    phrase = "Une phrase assez longue, avec des mots. "
    texte = texte_complet(demande(avec_reponse(phrase * 250)))

    assert texte.count("phrase") == 250


def test_long_words_wrap_inside_their_column():
    for mot in ("W" * 10_000, "i" * 500, "a.b@c-" * 100):
        contenu = demande(avec_reponse(mot, libelle="U" * 80))
        assert _depasse(contenu) == []


def _depasse(contenu: bytes) -> list[float]:
    """Return the right ends of the letters that leave the text area (A4, margins of 20 mm)."""
    limite = (210 - 20) / 25.4 * 72 + 1
    with closing(pypdfium2.PdfDocument(contenu)) as document:
        page = document[0]
        with closing(page), closing(page.get_textpage()) as texte:
            droites = [texte.get_charbox(rang)[2] for rang in range(texte.count_chars())]
    return [droite for droite in droites if droite > limite]


def test_usual_request_is_quick():
    demande(demande_pdf())  # fonts are read once
    durees = []
    for rang in range(15):
        debut = time.perf_counter()
        demande(demande_pdf(numero=f"T-{rang}"))
        durees.append(time.perf_counter() - debut)

    # About 15 ms alone on a quiet core; the bound only catches a change of kind.
    assert sorted(durees)[len(durees) // 2] < 0.25
