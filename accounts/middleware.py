"""Login required everywhere but where a view says it is public."""

from __future__ import annotations

from collections.abc import Callable
from time import time
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase

# How late the end of a session may be moved on: a row is written this often at most.
RENEWED_EVERY = 300


class LoginRequired(LoginRequiredMiddleware):
    """Django's own, which asks who is there even on public pages: a session read for nothing.

    The duration of a session counts from the last page, not from the login.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        session = getattr(request, "session", None)
        # Only where the page has read the session anyway.
        if session is not None and session.accessed and SESSION_KEY in session:
            now = int(time())
            if now - session.get("vue_a", 0) > RENEWED_EVERY:
                session["vue_a"] = now
        return response
