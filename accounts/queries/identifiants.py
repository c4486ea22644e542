"""Which identifiants are free, and which to propose instead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.db.models import Value
from django.db.models.functions import Lower

from accounts.models import Compte, Etat
from accounts.models.compte import IDENTIFIANT
from portal.kernel.text import fold

LONGUEUR_MAX = 30
PROPOSES = 3
MOT_MAX = 14


def est_libre(identifiant: str) -> bool:
    """Tell whether nobody has this identifiant (well formed, lower case)."""
    return not Compte.objects.filter(identifiant=identifiant).exists()


def corriger(saisi: str) -> str:
    """Return what was typed as an identifiant may be written, or "" when nothing of it can stay."""
    parts = (re.sub(r"[^a-z0-9._-]", "", part) for part in fold(saisi).split())
    joined = ".".join(part for part in parts if part)[:LONGUEUR_MAX].strip("._-")
    return joined if re.fullmatch(IDENTIFIANT, joined) else ""


def suggestions(saisi: str, prenoms: str = "", nom: str = "") -> list[str]:
    """Return a few free identifiants close to the typed one and to the name (one query)."""
    names = _candidats(corriger(saisi), _mot(prenoms), _mot(nom))
    candidates = list(dict.fromkeys(each for each in names if re.fullmatch(IDENTIFIANT, each)))
    taken = set(
        Compte.objects.filter(identifiant__in=candidates).values_list("identifiant", flat=True)
    )
    return [each for each in candidates if each not in taken][:PROPOSES]


def compte_du_courriel(courriel: str) -> Compte | None:
    """Return the account that holds an address: one whose activation link was followed."""
    # lower() as the unique index compte_courriel_unique has it.
    comptes = Compte.objects.annotate(minuscule=Lower("courriel"))
    living = comptes.exclude(etat__in=[Etat.A_ACTIVER, Etat.FERME])
    return living.filter(minuscule=Lower(Value(courriel))).select_related("personne").first()


def _candidats(saisi: str, prenom: str, nom: str) -> Iterator[str]:
    base = saisi or ".".join(filter(None, (prenom, nom)))
    if saisi:
        yield saisi
    if prenom and nom:
        yield f"{prenom}.{nom}"
    if base:
        yield _suivi_de(base, 2)
    if prenom and nom:
        yield from (f"{prenom[0]}.{nom}", f"{nom}.{prenom}")
    if base:
        yield from (_suivi_de(base, number) for number in range(3, 60))


def _suivi_de(base: str, number: int) -> str:
    suffix = str(number)
    return base[: LONGUEUR_MAX - len(suffix)] + suffix


def _mot(name: str) -> str:
    """Return the first word of a name, as an identifiant may be written: two make one at most."""
    words = re.findall(r"[a-z0-9-]+", re.sub("['’]", "", fold(name)))
    if not words:
        return ""
    word: str = words[0] if len(words[0]) <= MOT_MAX else words[0].split("-")[0]
    return word[:MOT_MAX].strip("-")
