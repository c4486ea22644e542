"""The national address base (Base adresse nationale), or a copy of it: completes what is typed.

Off unless the town sets ADRESSES_URL: no call is made without it. Never called inside a
transaction; an answer that is late, wrong or absent is no answer, the resident types on.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings
from django.db import connection

from portal.kernel.text import clean_line, fold
from portal.ui.adresse import FRANCE

logger = logging.getLogger(__name__)

SECONDES = 2.0
OCTETS = 100_000
PROPOSEES = 5
# What is too short to mean a street; the base refuses less than 3 characters (its API's manual).
CARACTERES_MIN, CARACTERES_MAX = 4, 200
_VILLE = re.compile(r"\b(\d{5})\s+(\D+)$")


@dataclass(frozen=True)
class Proposition:
    """One address of the base, cut as the form has it."""

    libelle: str
    voie: str
    code_postal: str
    commune: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def is_configured() -> bool:
    """Tell whether the town has an address base to ask."""
    return bool(settings.ADRESSES_URL)


def completer(saisie: str) -> list[Proposition]:
    """Return addresses that begin like what is typed; none when the base is off or silent."""
    texte = clean_line(saisie)[:CARACTERES_MAX]
    if len(texte) < CARACTERES_MIN:
        return []
    found = _demander(q=texte, limit=PROPOSEES, autocomplete=1)
    return list(_propositions(found or []))


def discordance(adresse: dict[str, str]) -> str:
    """Return a sentence when postcode and town do not go together as far as one can know, else "".

    A warning, never a refusal: a base has holes, and several towns share a postcode.
    """
    code, commune = adresse.get("code_postal", ""), adresse.get("commune", "")
    if not code or not commune or adresse.get("pays") != FRANCE:
        return ""
    sentence = (
        f"Le code postal {code} ne semble pas être celui de « {commune} ». Vérifiez-les. Si votre "
        "adresse est bien celle-ci, continuez."
    )
    if is_configured():
        found = _demander(q=commune[:CARACTERES_MAX], postcode=code, type="municipality", limit=1)
        return sentence if found == [] else ""
    return sentence if _contredit_la_ville(code, commune) else ""


def _contredit_la_ville(code: str, commune: str) -> bool:
    """Compare with the one town whose postcode is known here: our own."""
    match = _VILLE.search(settings.TOWN["adresse"])
    if match is None:
        return False
    return (code == match[1]) != (_nom(commune) == _nom(match[2]))


def _nom(commune: str) -> str:
    """Return a town's name as it compares: « St », hyphens and « Cedex 9 » do not count."""
    words = re.findall(r"[a-z]+", fold(commune))
    usual = {"st": "saint", "ste": "sainte"}
    return " ".join(usual.get(word, word) for word in words if word != "cedex")


def _demander(**parameters: object) -> list[dict[str, Any]] | None:
    """Return what the base found, None when it is off or does not answer as it should."""
    if not is_configured():
        return None
    if connection.in_atomic_block:
        raise RuntimeError("the address base is never asked inside a transaction")
    url = f"{settings.ADRESSES_URL}/search/?{urlencode(parameters)}"
    request = Request(url, headers={"User-Agent": "Parvis"})  # noqa: S310 (http(s): env.py checks)
    try:
        with urlopen(request, timeout=SECONDES) as answer:  # noqa: S310
            found = json.loads(answer.read(OCTETS))["features"]
            return [feature["properties"] for feature in found]
    except (OSError, ValueError, LookupError, TypeError) as error:
        # The typed address stands in the request: not in the log.
        logger.warning("address base: %s", type(error).__name__)
        return None


def _propositions(found: list[dict[str, Any]]) -> Iterator[Proposition]:
    for each in found:
        values = [each.get(name) for name in ("label", "name", "postcode", "city")]
        if all(isinstance(value, str) and value for value in values):
            yield Proposition(*(clean_line(str(value)) for value in values))
