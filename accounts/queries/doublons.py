"""Accounts that may be one person's twice, and entries that may be one child's twice (J3, C5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import ENFANTS, REPRESENTANTS, Etat
from portal.kernel.pli import SQL as PLI

IDENTITE, COURRIEL, ADRESSE = "identite", "courriel", "adresse"
LIBELLES = {
    IDENTITE: "même nom et même date de naissance",
    COURRIEL: "même courriel",
    ADRESSE: "même adresse",
}
# An account never activated is removed by itself, a closed one is done with.
COMPARES = (Etat.EN_ATTENTE, Etat.VALIDE, Etat.REFUSE)


@dataclass(frozen=True)
class Doublon:
    """Another account that looks like this one, and why (keys of LIBELLES)."""

    autre_id: int
    motifs: tuple[str, ...]

    @property
    def is_probable(self) -> bool:
        """Whether more than an address, which a family or a building shares, is the same."""
        return self.motifs != (ADRESSE,)


def _prenom(colonne: str) -> str:
    """The first of the given names: « Camille, Marie » and « Camille » are the same."""
    mots = f"regexp_replace(lower(kernel_unaccent({colonne})), '[^[:alnum:]]+', ' ', 'g')"
    return f"split_part({mots}, ' ', 1)"


# The other account, in every branch: of a resident, alive, and not the same.
_AUTRE = "c.etat = ANY(%(etats)s) AND NOT c.is_staff AND c.id <> s.id"

# Each branch enters by an index: personne_par_naissance, compte_courriel_unique,
# personne_par_courriel, foyer_par_adresse. People of one home are two people.
_COMPTES = f"""
WITH sujet AS MATERIALIZED (
    SELECT c.id, ARRAY[lower(c.courriel), nullif(lower(p.courriel), '')] AS courriels,
        p.date_naissance, {_prenom("p.prenoms")} AS prenom,
        ARRAY[{PLI.format("p.nom_naissance")}, nullif({PLI.format("p.nom_usage")}, '')] AS noms,
        f.id AS foyer_id, f.code_postal, {PLI.format("f.voie")} AS voie,
        {PLI.format("f.complement")} AS complement
    FROM accounts_compte c JOIN accounts_personne p ON p.id = c.personne_id
    LEFT JOIN accounts_membre m
        ON m.personne_id = p.id AND m.fin IS NULL AND m.role = ANY(%(representants)s)
    LEFT JOIN accounts_foyer f ON f.id = m.foyer_id
    WHERE c.id = ANY(%(ids)s)
), paires AS (
    SELECT s.id, c.id AS autre, '{IDENTITE}' AS motif
    FROM sujet s JOIN accounts_personne p ON p.date_naissance = s.date_naissance
    JOIN accounts_compte c ON c.personne_id = p.id
    WHERE {_AUTRE} AND {_prenom("p.prenoms")} = s.prenom
        AND ({PLI.format("p.nom_naissance")} = ANY(s.noms)
            OR {PLI.format("p.nom_usage")} = ANY(s.noms))
    UNION
    SELECT s.id, c.id, '{COURRIEL}'
    FROM sujet s JOIN accounts_compte c
        ON lower(c.courriel) = ANY(s.courriels) AND c.etat NOT IN ('a_activer', 'ferme')
    WHERE {_AUTRE}
    UNION
    SELECT s.id, c.id, '{COURRIEL}'
    FROM sujet s JOIN accounts_personne p ON lower(p.courriel) = ANY(s.courriels)
    JOIN accounts_compte c ON c.personne_id = p.id
    WHERE {_AUTRE}
    UNION
    SELECT s.id, c.id, '{ADRESSE}'
    FROM sujet s JOIN accounts_foyer f
        ON f.code_postal = s.code_postal AND {PLI.format("f.voie")} = s.voie
        AND f.id <> s.foyer_id AND s.voie <> ''
    JOIN accounts_membre m
        ON m.foyer_id = f.id AND m.fin IS NULL AND m.role = ANY(%(representants)s)
    JOIN accounts_compte c ON c.personne_id = m.personne_id
    WHERE {_AUTRE}
        AND ('' IN (s.complement, f.complement) OR {PLI.format("f.complement")} = s.complement)
)
SELECT id, autre, array_agg(motif) FROM paires GROUP BY id, autre
"""  # noqa: S608 (made of constants; values are parameters)

_ENFANTS = f"""
SELECT autre.id
FROM accounts_membre m JOIN accounts_personne p ON p.id = m.personne_id
JOIN accounts_personne q ON q.date_naissance = p.date_naissance AND q.id <> p.id
JOIN accounts_membre autre ON autre.personne_id = q.id AND autre.fin IS NULL
    AND autre.foyer_id <> m.foyer_id AND autre.role = ANY(%(enfants)s)
WHERE m.id = %(membre)s AND {_prenom("q.prenoms")} = {_prenom("p.prenoms")}
    AND ({PLI.format("q.nom_naissance")} = {PLI.format("p.nom_naissance")}
        OR {PLI.format("q.nom_usage")} = nullif({PLI.format("p.nom_naissance")}, '')
        OR {PLI.format("p.nom_usage")} = nullif({PLI.format("q.nom_naissance")}, ''))
ORDER BY autre.id
"""  # noqa: S608


def de_plusieurs(ids: Iterable[int]) -> dict[int, list[Doublon]]:
    """Return, for each account that has some, the others that look like it: probable ones first,
    then those who merely have its address; one statement whatever the number.
    """
    parameters: dict[str, Any] = {
        "ids": list(ids),
        "representants": sorted(REPRESENTANTS),
        "etats": list(COMPARES),
    }
    found: dict[int, list[Doublon]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_COMPTES, parameters)
        for pk, autre, motifs in cursor.fetchall():
            ordered = tuple(motif for motif in LIBELLES if motif in motifs)
            found[pk].append(Doublon(autre, ordered))
    return {
        pk: sorted(doublons, key=lambda d: (not d.is_probable, -len(d.motifs), d.autre_id))
        for pk, doublons in found.items()
    }


def de(compte_id: int) -> list[Doublon]:
    """Return the other accounts that look like this one, most alike first."""
    return de_plusieurs([compte_id]).get(compte_id, [])


def entrees_du_meme_enfant(membre_id: int) -> list[int]:
    """Return the ids of the active children of other homes with the name and the birth date of
    this one, not yet linked to it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ENFANTS, {"membre": membre_id, "enfants": sorted(ENFANTS)})
        return [pk for (pk,) in cursor.fetchall()]
