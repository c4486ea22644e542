"""The life of a challenge: made, shown, tried once, swept. The rows are django-simple-captcha's."""

from __future__ import annotations

import re
from enum import Enum

from captcha.models import CaptchaStore
from django.utils import timezone

from portal.captcha.challenge import challenge, normalise

_CLE = re.compile("[0-9a-f]{40}")


class Verdict(Enum):
    JUSTE = "juste"
    FAUX = "faux"
    EXPIRE = "expiré"


class CodeInconnu(Exception):
    """No challenge has this key: never given, tried already, or swept."""


class CodeExpire(Exception):
    """The challenge was left waiting too long."""


def nouveau() -> str:
    """Make a challenge and return its public key (one INSERT; nothing ties it to a session)."""
    return CaptchaStore.generate_key(challenge)


def texte(cle: str) -> str:
    """Return what the challenge shows and says; raise CodeInconnu or CodeExpire."""
    row = _find(cle)
    if row is None:
        raise CodeInconnu
    if row.expiration <= timezone.now():
        raise CodeExpire
    return row.challenge


def essayer(cle: str, reponse: str) -> Verdict:
    """Try an answer; whatever the verdict, the challenge is spent.

    Not to be called inside a transaction that may roll back: the spent challenge would come back.
    """
    row = _find(cle)
    if row is None:
        return Verdict.EXPIRE
    # Of two answers sent at once, only the one whose DELETE found the row has had its try.
    deleted, _by_model = CaptchaStore.objects.filter(pk=row.pk).delete()
    if not deleted or row.expiration <= timezone.now():
        return Verdict.EXPIRE
    return Verdict.JUSTE if row.response == normalise(reponse) else Verdict.FAUX


def nettoyer() -> int:
    """Delete the expired challenges; return how many. Called by beat."""
    expired = CaptchaStore.objects.filter(expiration__lte=timezone.now())
    deleted, _by_model = expired.delete()
    return deleted


def _find(cle: str) -> CaptchaStore | None:
    # What a stranger sends may hold anything, even characters that PostgreSQL refuses.
    if not _CLE.fullmatch(cle):
        return None
    return CaptchaStore.objects.filter(hashkey=cle).first()
