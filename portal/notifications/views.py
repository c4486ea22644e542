"""« Courriers de démonstration »: what a resident would have received."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.notifications.models import OutgoingMessage

SHOWN = 50


@login_not_required
@require_safe
def courriers(request: HttpRequest) -> HttpResponse:
    context = {"courriers": OutgoingMessage.objects.exclude(recipient="")[:SHOWN]}
    return render(request, "notifications/courriers.html", context)


@login_not_required
@require_safe
def courrier(request: HttpRequest, uuid: UUID) -> HttpResponse:
    message = get_object_or_404(OutgoingMessage, uuid=uuid)
    return render(request, "notifications/courrier.html", {"courrier": message})
