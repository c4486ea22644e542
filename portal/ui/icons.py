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
    return _svg("icone", 24, ICONS / f"{name}.svg")


@cache
def embleme() -> Markup:
    """Return the town's emblem (static/img/embleme.svg, to be replaced by the town's own)."""
    return _svg("embleme", 48, STATIC / "img" / "embleme.svg")


def _svg(classe: str, cote: int, path: Path) -> Markup:
    match = _CONTENU.search(path.read_text(encoding="utf-8"))
    if match is None:
        raise ValueError(f"not an SVG: {path.name}")
    svg = (
        f'<svg class="{classe}" width="{cote}" height="{cote}" viewBox="0 0 {cote} {cote}"'
        f' aria-hidden="true" focusable="false">{_ESPACES.sub("", match[1])}</svg>'
    )
    return Markup(svg)  # noqa: S704 (our own files)
