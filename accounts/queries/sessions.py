"""The open sessions of an account, as its owner reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from accounts.models import Compte, SessionCompte
from portal.kernel.crypto import fingerprint


@dataclass(frozen=True)
class SessionOuverte:
    """A browser where the account is logged in. `cle` stands for the key of the session, which
    itself would open the account.
    """

    cle: str
    appareil: str
    reseau: str
    ouverte_at: datetime | None
    vue_at: datetime | None
    est_courante: bool


def cle_de(session_key: str) -> str:
    """Return what stands for a session in a page and an address."""
    return fingerprint("session", session_key)


def ouvertes(compte: Compte, *, courante: str) -> list[SessionOuverte]:
    """Return the open sessions of an account, this one first, then the last used."""
    living = SessionCompte.objects.filter(compte_id=compte.pk, expire_date__gt=timezone.now())
    sessions = [_lire(each, courante) for each in living]
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(sessions, key=lambda s: (s.est_courante, s.vue_at or oldest), reverse=True)


def _lire(session: SessionCompte, courante: str) -> SessionOuverte:
    donnees = session.get_decoded()
    return SessionOuverte(
        cle=cle_de(session.session_key),
        appareil=donnees.get("appareil") or "Navigateur inconnu",
        reseau=donnees.get("reseau") or "",
        ouverte_at=_moment(donnees.get("ouverte_a")),
        vue_at=_moment(donnees.get("vue_a")),
        est_courante=session.session_key == courante,
    )


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
