"""Error pages: what happened, what to do, and as much as possible of what was typed."""

import logging
from urllib.parse import urlsplit

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.template.loader import get_template

logger = logging.getLogger(__name__)

# Never shown back, whatever the form: secrets, and what is of no use once copied.
SECRETS = ("mot_de_passe", "password", "reponse", "captcha", "csrf")
MAX_CHAMPS = 100
MAX_LONGUEUR = 5_000

# When even the page's template cannot be drawn.
SECOURS = (
    '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Erreur</title></head>'
    "<body><h1>Le service rencontre un problème</h1><p>Nous ne pouvons pas afficher cette page"
    ' pour le moment. Réessayez dans quelques minutes.</p><p><a href="/">Revenir à l’accueil</a>'
    "</p></body></html>"
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request cannot be understood."""
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: logged in, but not allowed."""
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not for this account (the page does not tell which)."""
    return render(request, "errors/404.html", status=404)


def gone(request: HttpRequest, message: str, lien: tuple[str, str] | None = None) -> HttpResponse:
    """410: it existed and is over; `lien` is (words, address) of what to do instead."""
    return render(request, "errors/410.html", {"message": message, "lien": lien}, status=410)


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """429: too many attempts; `seconds` until the next one is heard."""
    response = render(request, "errors/429.html", {"secondes": seconds}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: drawn without request, hence without database, session or context processor."""
    try:
        content = get_template("errors/500.html").render()
    except Exception:
        logger.exception("the error page itself cannot be drawn")
        content = SECOURS
    return HttpResponse(content, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form expired, or cookies are refused; what was typed is shown to be copied."""
    context = {"saisie": _saisie(request), "retour": request.get_full_path()}
    return render(request, "errors/csrf.html", context, status=403)


def _saisie(request: HttpRequest) -> list[tuple[str, str]]:
    """Return (field, text) of what was typed, without secrets."""
    if not _from_this_site(request):
        return []
    try:
        champs = list(request.POST.lists())[:MAX_CHAMPS]
    except (RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, UnreadablePostError):
        return []
    return [
        (_intitule(nom), "\n".join(valeurs)[:MAX_LONGUEUR])
        for nom, valeurs in champs
        if not any(mot in nom.lower() for mot in SECRETS) and any(v.strip() for v in valeurs)
    ]


def _from_this_site(request: HttpRequest) -> bool:
    # Another site must not be able to put its words on a page of the town.
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


def _intitule(nom: str) -> str:
    return nom.rsplit("-", 1)[-1].replace("_", " ").strip().capitalize()
