"""Addresses proposed while one is typed; there only where the town has an address base."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.services import adresses
from portal.kernel import address, throttle

PAR_ADRESSE = throttle.Rule(
    "adresses.adresse",
    free=600,
    delay=timedelta(seconds=2),
    ceiling=timedelta(minutes=2),
    memory=timedelta(hours=1),
)


@login_not_required
@never_cache
@require_safe
def completer(request: HttpRequest) -> JsonResponse:
    """Return addresses that begin like `q`; an empty list says nothing was found, or no answer."""
    if not adresses.is_configured():
        raise Http404
    wait = throttle.attempt(PAR_ADRESSE, address.throttle_key(address.current()))
    if wait is not None:
        return JsonResponse({"adresses": []}, status=429)
    found = adresses.completer(request.GET.get("q", ""))
    return JsonResponse({"adresses": [each.as_dict() for each in found]})
