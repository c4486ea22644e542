"""Image, sound and renewal of a challenge: public, without session, never cached."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from portal.captcha import store
from portal.captcha.challenge import generator
from portal.captcha.fields import Code
from portal.captcha.image import draw
from portal.captcha.sound import say

_RANGE = re.compile(r"bytes=(\d{0,9})-(\d{0,9})")


@login_not_required
@require_safe
@never_cache
def image(request: HttpRequest, cle: str) -> HttpResponse:
    return _serve(cle, "image/png", lambda texte: draw(texte, generator("image", cle)))


@login_not_required
@require_safe
@never_cache
def son(request: HttpRequest, cle: str) -> HttpResponse:
    response = _serve(cle, "audio/wav", lambda texte: say(texte, generator("son", cle)))
    return _cut(response, request.headers.get("Range", ""))


# Exempt: all that another site could make a browser do here is a row that anyone may make anyway,
# and the code is so renewed without any cookie.
@csrf_exempt
@login_not_required
@require_POST
@never_cache
def nouveau(request: HttpRequest) -> JsonResponse:
    code = Code(store.nouveau())
    return JsonResponse({"cle": code.cle, "image": code.image_url, "son": code.son_url})


def _serve(cle: str, content_type: str, make: Callable[[str], bytes]) -> HttpResponse:
    # Plain words: the site's error pages would read the session to draw their menu.
    try:
        texte = store.texte(cle)
    except store.CodeInconnu:
        words, status = "Ce code n’existe pas ou a déjà servi.", 404
    except store.CodeExpire:
        words, status = "Ce code a expiré.", 410
    else:
        return HttpResponse(make(texte), content_type=content_type)
    words += " Revenez au formulaire et demandez un nouveau code."
    return HttpResponse(words, content_type="text/plain; charset=utf-8", status=status)


def _cut(response: HttpResponse, asked: str) -> HttpResponse:
    """Answer a Range header (Safari plays no sound without); one that makes no sense is ignored."""
    if response.status_code != 200:
        return response
    response["Accept-Ranges"] = "bytes"
    size = len(response.content)
    bounds = _bounds(asked, size)
    if bounds is not None and bounds[0] < size:
        first, last = bounds
        response.status_code, response.content = 206, response.content[first : last + 1]
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    elif bounds is not None:
        response.status_code, response.content = 416, b""
        response["Content-Range"] = f"bytes */{size}"
    response["Content-Length"] = str(len(response.content))
    return response


def _bounds(asked: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte asked for, or None when all are to be sent."""
    match = _RANGE.fullmatch(asked)
    if match is None or asked == "bytes=-":
        return None
    first, last = match.groups()
    if not first:  # « bytes=-500 »: the last 500
        return max(0, size - int(last)), size - 1
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last), size - 1) if last else size - 1
