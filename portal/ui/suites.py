"""Where one was going: carried by `next` through the pages that come between."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode


def suite(request: HttpRequest) -> str:
    """Return the page that was asked for when it is one of ours, else an empty text."""
    asked = str(request.POST.get("next") or request.GET.get("next") or "")
    ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if ours else ""


def vers(nom: str, apres: str) -> str:
    """Return the address of a page on the way to `apres`."""
    return reverse(nom) + (f"?{urlencode({'next': apres})}" if apres else "")


def asked(request: HttpRequest) -> str:
    """Return the page to come back to: a form that was sent is not sent again by itself."""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else ""
