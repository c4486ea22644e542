"""The messages that exist, and how one becomes a subject, a text and a page.

An app registers its codes from `subscribers.py`. Each code has one template,
`templates/mails/<code>.txt`, of three blocks: `objet` (subject), `corps` (paragraphs parted by an
empty line) and `bouton` (label of the link). Text and HTML are drawn from that one source, so they
cannot differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import engines

_codes: dict[str, frozenset[str]] = {}


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def register(code: str, *context: str) -> None:
    """Declare a message and the names its template needs (besides `ville`)."""
    _codes[code] = frozenset(context)


def codes() -> frozenset[str]:
    """Return every registered code."""
    return frozenset(_codes)


def render(code: str, context: dict[str, str]) -> Rendered:
    """Draw a message; raises KeyError for an unknown code, ValueError for a missing or unknown
    name.
    """
    if frozenset(context) != _codes[code]:
        difference = sorted(frozenset(context) ^ _codes[code])
        raise ValueError(f"{code}: context differs from what is registered: {difference}")
    environment = engines["jinja2"].env  # type: ignore[attr-defined]
    template = environment.get_template(f"mails/{code}.txt")
    names = template.new_context({**context, "ville": settings.TOWN})
    block = {
        name: "".join(template.blocks[name](names)).strip() for name in ("objet", "corps", "bouton")
    }
    parts: dict[str, Any] = {
        # One line, whatever the data: a line feed in a subject is a header injection.
        "objet": " ".join(block["objet"].split()),
        "paragraphes": [
            part.strip() for part in re.split(r"\n\s*\n", block["corps"]) if part.strip()
        ],
        "bouton": block["bouton"],
        "lien": context.get("lien", ""),
        "ville": settings.TOWN,
    }
    return Rendered(
        subject=parts["objet"][:250],
        text=environment.get_template("mails/_gabarit.txt").render(parts),
        html=environment.get_template("mails/_gabarit.html").render(parts),
    )
