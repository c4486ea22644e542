"""The public home, and the pages that machines ask."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.forms.connexion import ConnexionForm
from demarches import facade
from demarches.forms import TicketForm
from portal.notifications.models import OutgoingMessage

# The outbox is drained every two seconds: a message later than this means that no worker runs.
LATE = timedelta(minutes=5)


@login_not_required
@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    """Login box, « Je n'ai pas d'espace », ticket box, tiles."""
    context = {"form": ConnexionForm(), "ticket": TicketForm(), "themes": facade.themes()}
    response = render(request, "home/accueil.html", context)
    if settings.SESSION_COOKIE_NAME in request.COOKIES:  # it may name who is logged in
        add_never_cache_headers(response)
    return response


@login_not_required
@never_cache
@require_safe
def sante(request: HttpRequest) -> HttpResponse:
    """Health: the web process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def pret(request: HttpRequest) -> HttpResponse:
    """Readiness: database there and migrated, outbox moving. 503 names what is not."""
    faults = _faults()
    return JsonResponse({"pret": not faults, "fautes": faults}, status=503 if faults else 200)


def _faults() -> list[str]:
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return ["migrations"]
        oldest = OutgoingMessage.oldest_due()
    except DatabaseError:
        return ["base de données"]
    return ["courriers"] if oldest and oldest < timezone.now() - LATE else []
