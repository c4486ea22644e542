"""What an account has as a second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Compte


@dataclass(frozen=True)
class Facteur:
    """The application of an agent's phone, and how many recovery codes are left."""

    ajout_at: datetime
    codes_restants: int


def a_un_facteur(compte: Compte) -> bool:
    """Tell whether an account has a second factor."""
    return bool(TOTPDevice.objects.filter(user_id=compte.pk, confirmed=True).exists())


def facteur(compte: Compte) -> Facteur | None:
    """Return the second factor of an account, or None."""
    appareil = TOTPDevice.objects.filter(user_id=compte.pk, confirmed=True).first()
    if appareil is None:
        return None
    return Facteur(appareil.created_at, codes_restants(compte))


def codes_restants(compte: Compte) -> int:
    """Return how many recovery codes an account has not used yet."""
    return int(StaticToken.objects.filter(device__user_id=compte.pk).count())
