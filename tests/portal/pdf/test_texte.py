"""Citizens' text made fit for the fonts, losing as little as can be."""

import json
import unicodedata

import pytest
import typst  # noqa: TID253 (tests may pay for the import)

from portal.pdf import rendering
from portal.pdf.texte import SUBSTITUT, nettoyer, nettoyer_tout, plages


@pytest.mark.parametrize(
    "texte",
    [
        "Noël à Œuilly : 1 234,50 € – « L’été » … n° 12, 3 m³",
        "İğdır Şükrü Çağlar",
        "Nguyễn Thị Ánh Đặng Ước",
        "Łódź Dvořák Ðurić Țăran Þór Ŋgũgĩ",
        "Αθήνα Москва שלום محمد",
        "Une ligne\nune autre",
    ],
)
def test_what_residents_write_is_kept(texte):
    assert nettoyer(texte) == unicodedata.normalize("NFC", texte)


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("Merci 😀", f"Merci {SUBSTITUT}"),
        ("王小明", SUBSTITUT * 3),
        ("pouce 👍🏽", f"pouce {SUBSTITUT}"),
        ("famille 👨‍👩‍👧", f"famille {SUBSTITUT}"),
        ("cœur ❤️", "cœur ❤"),
        ("privé \ue000", f"privé {SUBSTITUT}"),
        ("moitié \ud83d", f"moitié {SUBSTITUT}"),
    ],
)
def test_what_cannot_be_drawn_is_replaced_visibly(texte, attendu):
    assert nettoyer(texte) == attendu


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("a\r\nb\rc\u2028d\x0be\x85f", "a\nb\nc\nd\ne\nf"),
        ("a\tb", "a b"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("a\u200bb\ufeffc\u00add\u2066e", "abcde"),
        ("E\u0301lodie", "Élodie"),
    ],
)
def test_controls_and_line_ends(texte, attendu):
    assert nettoyer(texte) == attendu


def test_latin_only_keeps_french():
    texte = "Élodie Œuvré, 12 € – « oui » n’est-ce pas…"

    assert nettoyer(texte, latin=True) == texte
    assert nettoyer("Αθήνα", latin=True) == SUBSTITUT * 5


def test_cleans_deeply_and_leaves_the_rest():
    donnees = {"a": "x\x00", "b": [("y\x00", 2)], "c": None, "d": True}

    assert nettoyer_tout(donnees) == {"a": "x", "b": [["y", 2]], "c": None, "d": True}


@pytest.mark.parametrize("graisse", ["regular", "semibold", "bold"])
def test_the_whole_table_can_be_drawn(graisse):
    """Fails when a new version of typst draws less: mend glyphes.txt then."""
    caracteres = [chr(point) for debut, fin in plages() for point in range(debut, fin + 1)]
    source = (
        '#set document(title: "Table", date: none)\n'
        f'#set text(lang: "fr", font: "Libertinus Serif", weight: "{graisse}")\n'
        "#for c in json(bytes(sys.inputs.c)) [#c ]\n"
    )

    assert SUBSTITUT in caracteres
    assert typst.compile(
        source.encode(),
        font_paths=rendering._fonts(),
        ignore_system_fonts=True,
        sys_inputs={"c": json.dumps(caracteres)},
        pdf_standards=["ua-1"],
    )
