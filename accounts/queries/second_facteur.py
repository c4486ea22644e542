"""What an account has as a second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
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


def est_verifie(compte: Compte) -> bool:
    """Tell whether the session of `request.user` has shown its second factor (OTPMiddleware)."""
    return getattr(compte, "otp_device", None) is not None


def page_manquante(compte: Compte) -> str | None:
    """Return the name of the page an agent must go through before any other, or None."""
    if est_verifie(compte):
        return None
    if a_un_facteur(compte):
        return "accounts:second-facteur-verifier"
    return "accounts:second-facteur-ajouter" if settings.SECOND_FACTEUR_REQUIS else None
