from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class SessionCompte(AbstractBaseSession):
    """A browser's session, with whose it is: so that an account can list and close its own.

    What the list shows (device, network, dates) stands in the session's data, see
    `services.sessions`.
    """

    compte_id = models.BigIntegerField(null=True, db_index=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "session"

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore
