"""Icons and the town's emblem, inlined: no request, the colour of the text around them.

Icons come from Lucide (static/icons/LICENSE). They are decoration: the text beside them speaks.
"""

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

STATIC = Path(__file__).resolve().parents[2] / "static"
ICONS = STATIC / "icons"

_CONTENU = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_ESPACES = re.compile(r"\s*\n\s*")


@cache
def names() -> frozenset[str]:
    """Return the names that `icone` knows, to check data that chooses an icon."""
    return frozenset(path.stem for path in ICONS.glob("*.svg"))


@cache
def icone(name: str) -> Markup:
    """Return the icon as inline SVG, hidden from screen readers."""
    if name not in names():
        raise ValueError(f"unknown icon: {name!r} (see static/icons/)")
    return Markup(
        '<svg class="icone" width="24" height="24" viewBox="0 0 24 24"'
        f' aria-hidden="true" focusable="false">{_contenu(ICONS / f"{name}.svg")}</svg>'
    )


@cache
def embleme() -> Markup:
    """Return the town's emblem (static/img/embleme.svg, to be replaced by the town's own)."""
    return Markup(
        '<svg class="embleme" width="48" height="48" viewBox="0 0 48 48"'
        f' aria-hidden="true" focusable="false">{_contenu(STATIC / "img" / "embleme.svg")}</svg>'
    )


def _contenu(path: Path) -> str:
    match = _CONTENU.search(path.read_text(encoding="utf-8"))
    if match is None:
        raise ValueError(f"not an SVG: {path.name}")
    return _ESPACES.sub("", match[1])
