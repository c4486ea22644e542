"""« Mes sessions ouvertes »: where one is logged in, and closing it from afar."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.queries.sessions import cle_de, ouvertes
from accounts.services import sessions as service
from accounts.views.acces import titulaire


@never_cache
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """The browsers where the account is logged in."""
    liste = ouvertes(titulaire(request), courante=request.session.session_key or "")
    return render(request, "accounts/sessions.html", {"sessions": liste})


@require_http_methods(["GET", "HEAD", "POST"])
def fermer(request: HttpRequest, cle: str) -> HttpResponse:
    """Close one session; a GET closes nothing and leads to the list."""
    if request.method != "POST":
        return redirect("accounts:sessions")
    if cle == cle_de(request.session.session_key or ""):  # logging out is what closes this one
        return redirect("accounts:sessions")
    # One that is closed already (a double click) and one of nobody here get the same answer.
    service.fermer(compte=titulaire(request), cle=cle)
    messages.success(request, "La session est fermée.")
    return redirect("accounts:sessions")


@require_http_methods(["GET", "HEAD", "POST"])
def fermer_autres(request: HttpRequest) -> HttpResponse:
    """Close every session but this one; a GET closes nothing and leads to the list."""
    if request.method == "POST":
        service.fermer_autres(compte=titulaire(request), courante=request.session.session_key or "")
        messages.success(request, "Toutes vos autres sessions sont fermées.")
    return redirect("accounts:sessions")
