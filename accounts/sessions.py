"""Sessions in the database, in a table that knows whose each one is (SESSION_ENGINE)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.models import SessionCompte


class SessionStore(DatabaseStore):
    """Django's store; the account's id stands beside the data, for « Mes sessions »."""

    @classmethod
    def get_model_class(cls) -> type[SessionCompte]:
        return SessionCompte

    def create_model_instance(self, data: dict[str, Any]) -> SessionCompte:
        session = super().create_model_instance(data)
        assert isinstance(session, SessionCompte)  # noqa: S101 (get_model_class says so)
        session.compte_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return session
