"""What every resident's page receives besides its own context."""

from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest

from portal.ui.registries import menu


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the account, the menu for it, and pending messages."""
    compte = _compte(request)
    liens = {
        zone: menu.liens(zone, compte=compte, path=request.path)
        for zone in ("public", "espace", "compte")
    }
    return {
        "compte": compte,
        "menu": liens["public"],
        "menu_espace": liens["espace"],
        "menu_compte": liens["compte"],
        "messages": _messages(request),
    }


def _compte(request: HttpRequest) -> Any:
    # An anonymous page reads no session; an error page may come before the user is known.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def _messages(request: HttpRequest) -> Any:
    # Reading them marks them read, and the answer would then delete a cookie that is not there.
    pending = get_messages(request)
    return pending if len(pending) else ()
