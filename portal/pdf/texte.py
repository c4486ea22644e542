"""Citizens' text made fit for a PDF/UA file, which may not hold a character without a glyph.

`glyphes.txt` lists the ranges (hexadecimal, both ends included) that the fonts inside typst can
draw: Latin in full, Greek, Cyrillic, Hebrew, Arabic, Armenian, Georgian, Devanagari, symbols.
Whatever is outside it (emoji, Chinese…) becomes a visible sign. A test compiles the whole table,
so that a new version of typst that draws less is noticed.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

SUBSTITUT = "\N{REPLACEMENT CHARACTER}"
_TABLE = Path(__file__).with_name("glyphes.txt")

_FINS_DE_LIGNE = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# What follows a joiner in a composed emoji (a family, a profession): one sign for the whole.
_SUITES_D_EMOJI = re.compile(r"\u200d[^\w\s]")
# Controls, joiners, direction marks (they make a text read otherwise than it is), variants, tags.
_INVISIBLES = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)
# Enough for French and its neighbours, in one font; used when a text still cannot be drawn.
_LATIN = "\u0020-\u007e\u00a0-\u017f\u2010-\u2026\u202f\u20ac"


def nettoyer(texte: str, *, latin: bool = False) -> str:
    """Return the text without invisible characters, what cannot be drawn replaced by SUBSTITUT."""
    texte = unicodedata.normalize("NFC", texte)
    texte = _FINS_DE_LIGNE.sub("\n", texte).replace("\t", " ")
    texte = _INVISIBLES.sub("", _SUITES_D_EMOJI.sub("", texte))
    return _hors_table(latin).sub(SUBSTITUT, texte)


def nettoyer_tout(valeur: Any, *, latin: bool = False) -> Any:
    """Return the same mappings and lists with every text cleaned, keys left as they are."""
    if isinstance(valeur, str):
        return nettoyer(valeur, latin=latin)
    if isinstance(valeur, dict):
        return {cle: nettoyer_tout(element, latin=latin) for cle, element in valeur.items()}
    if isinstance(valeur, (list, tuple)):
        return [nettoyer_tout(element, latin=latin) for element in valeur]
    return valeur


@cache
def plages() -> tuple[tuple[int, int], ...]:
    """Return the ranges of characters that can be drawn."""
    lignes = _TABLE.read_text(encoding="ascii").split()
    return tuple((int(debut, 16), int(fin, 16)) for debut, fin in (x.split("-") for x in lignes))


@cache
def _hors_table(latin: bool) -> re.Pattern[str]:
    classe = _LATIN if latin else "".join(f"\\U{a:08x}-\\U{b:08x}" for a, b in plages())
    return re.compile(f"[^\n{classe}]")
