"""« Votre recherche »: French full text first, then what looks alike, for typing mistakes (A2)."""

from __future__ import annotations

from django.db import connection

from demarches.queries.catalogue import Entree, entrees

LONGEST = 100
# Below this a word is no longer the same word with a slip; found by trying the catalogue's own
# words.
ALIKE = 0.45

_EXACT = """
SELECT id FROM demarches_demarche, plainto_tsquery('public.fr', %(texte)s) AS mots
WHERE recherche @@ mots
ORDER BY ts_rank(recherche, mots) DESC, titre
"""

_PROCHE = """
SELECT id FROM (
    SELECT id, titre, word_similarity(
        lower(kernel_unaccent(%(texte)s)), lower(kernel_unaccent(titre || ' ' || synonymes))
    ) AS rang
    FROM demarches_demarche
) proches
WHERE rang >= %(proche)s
ORDER BY rang DESC, titre
"""


def chercher(texte: str) -> list[Entree]:
    """Return the démarches of the catalogue that a few words mean, best first (at most two
    queries).
    """
    texte = texte[:LONGEST]
    known = entrees()
    with connection.cursor() as cursor:
        for sql in (_EXACT, _PROCHE):
            cursor.execute(sql, {"texte": texte, "proche": ALIKE})
            found = [known[pk] for (pk,) in cursor.fetchall() if pk in known]
            if found:
                return found
    return []
