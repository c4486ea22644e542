"""From where a request comes, known to services without handing them the request."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_current: ContextVar[str] = ContextVar("client_address", default="")


class ClientAddressMiddleware:
    """Keep the client's address for the time of the request (audit and throttles read it)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _current.set(client_address(request))
        try:
            return self.get_response(request)
        finally:
            _current.reset(token)


def client_address(request: HttpRequest) -> str:
    """Return the address of the browser, as told by the outermost proxy that we trust.

    Each trusted proxy appends the address it saw to X-Forwarded-For, so counting from the right is
    the only part that a client cannot write.
    """
    remote: str = request.META.get("REMOTE_ADDR", "")
    if not settings.TRUSTED_PROXIES:
        return remote
    hops: list[str] = [
        hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop
    ]
    if len(hops) < settings.TRUSTED_PROXIES:
        return remote
    return hops[-settings.TRUSTED_PROXIES]


def current() -> str:
    """Return the address of the request being served, or "" outside of one."""
    return _current.get()


def shorten(address: str) -> str:
    """Return the network of an address (/24 or /48), which is what journals keep (CNIL:
    minimisation).
    """
    return _network(address, v4=24, v6=48)


def throttle_key(address: str) -> str:
    """Return what one subscriber holds: an IPv4 address, or an IPv6 /64."""
    return _network(address, v4=32, v6=64)


def _network(address: str, *, v4: int, v6: int) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:  # a unix socket, or no request at all
        return ""
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    prefix = v6 if isinstance(parsed, IPv6Address) else v4
    return str(ip_network((parsed, prefix), strict=False))
