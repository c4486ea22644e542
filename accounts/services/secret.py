"""The secret question: a list to choose from, and answers of which only a hash is kept.

A deviation from OWASP ASVS 6.4.2 (no hints, no secret questions) that towns ask for. Hence its
limits: a right answer only sends a mail to the account's own address, it opens nothing by itself.
"""

from __future__ import annotations

from django.contrib.auth.hashers import check_password, make_password

from portal.kernel.crypto import fingerprint
from portal.kernel.errors import Refusal
from portal.kernel.text import fold

# One may be added. One that is reworded or removed would tell that an account exists: only the
# accounts that chose it would still show it (Compte.question_secrete keeps the words).
QUESTIONS = [
    "Quel était le prénom de votre meilleur ami ou meilleure amie d’enfance ?",
    "Quel était le nom de votre premier animal de compagnie ?",
    "Dans quelle ville vos parents se sont-ils rencontrés ?",
    "Quel était le nom de votre première école ?",
    "Quel était le prénom de votre grand-mère maternelle ?",
    "Quel plat préfériez-vous quand vous étiez enfant ?",
    "Où avez-vous passé vos plus belles vacances d’enfant ?",
    "Quel était le nom de votre premier employeur ?",
]

# Letters and digits, once normalised. « Rex » must do; two letters are guessed in an afternoon.
LONGUEUR_MINIMALE = 3
LONGUEUR_MAXIMALE = 100


class ReponseTropCourte(Refusal):
    message = (
        f"Votre réponse est trop courte : elle doit compter au moins {LONGUEUR_MINIMALE} lettres "
        "ou chiffres."
    )


def normaliser(reponse: str) -> str:
    """Return what of an answer counts: letters and digits, without case, accents, spaces and
    punctuation, which nobody types twice the same way.
    """
    return "".join(character for character in fold(reponse) if character.isalnum())


def empreinte(reponse: str) -> str:
    """Return the hash of an answer, for `Compte.reponse_secrete`; raises ReponseTropCourte."""
    normalisee = normaliser(reponse)
    if len(normalisee) < LONGUEUR_MINIMALE:
        raise ReponseTropCourte
    return make_password(normalisee)


def verifier(reponse: str, empreinte: str) -> bool:
    """Tell whether an answer is the one of the hash; an empty hash costs the same, and is no."""
    normalisee = normaliser(reponse)
    if not empreinte:
        make_password(normalisee)
        return False
    return check_password(normalisee, empreinte)


def question_inventee(nom: str) -> str:
    """Return the question shown for a name that has none: always the same one for this name.

    Each question draws a number by HMAC and the highest wins, so that a longer list moves few
    names (rendezvous hashing).
    """
    return max(QUESTIONS, key=lambda question: fingerprint("question", f"{question}\n{nom}"))
