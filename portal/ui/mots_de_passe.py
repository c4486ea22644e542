"""Passwords that are tried first in France, refused beside Django's list (mostly English)."""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from portal.kernel.text import fold

# Once folded, without the digits and marks that people add to reach a length. Keyboard rows, words
# and names from yearly lists of the most common French passwords.
COURANTS = frozenset(
    """
    azerty azertyuiop azertyuiopqsdfghjklm qsdfghjklm wxcvbn aqwzsxedcrfv qwertyuiop qwerty
    motdepasse monmotdepasse motdepass mdp password passe secret bonjour bonjourbonjour bonsoir
    soleil chocolat doudou loulou jetaime jetaimetropfort jetaimejetaime amour monamour moncoeur
    marseille paris france vivelafrance chouchou nicolas camille thomas admin administrateur
    mairie bienvenue iloveyou princesse papillon cheval coucou lapin
    """.split()
)
# What anybody would try on this very site, beside the town's name.
DU_SITE = ("parvis", "mairie", "commune", "citoyen", "portail", "espace", "compte", "ville")
# Fewer letters than this beside those words make nobody's phrase.
RESTE = 4
# Fewer different characters than this is one key held down, or two.
DIFFERENTS = 5


class MotDePasseCourantValidator(CommonPasswordValidator):
    """Refuse what everyone tries first (Django's list too, so that it is said once), and what has
    hardly any different character.
    """

    def validate(self, password: str, user: object = None) -> None:
        bare = re.sub(r"[^a-z]", "", fold(password))
        distinct = len(set(password))
        counted = password in "1234567890" * len(password)
        known = password.lower().strip() in self.passwords
        if known or bare in COURANTS or _du_lieu(bare) or distinct < DIFFERENTS or counted:
            raise ValidationError(
                "Ce mot de passe est trop courant : il serait vite deviné. Préférez une phrase "
                "que vous seul connaissez.",
                code="password_too_common",
            )

    def get_help_text(self) -> str:
        return "Votre mot de passe ne peut pas être un mot de passe courant."


def _du_lieu(bare: str) -> bool:
    """Tell whether the letters of a password are the town's and the site's words, and no more."""
    town = fold(settings.TOWN["nom"])
    words = {re.sub(r"[^a-z]", "", town), *re.findall(r"[a-z]{4,}", town), *DU_SITE} - {""}
    rest = bare
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != bare and len(rest) < RESTE
