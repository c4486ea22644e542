"""Markdown written by the town's staff, shown safely."""

from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

# Raw HTML is shown as text; pictures would be requests to other sites.
_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@lru_cache(maxsize=1024)
def render(texte: str, niveau: int = 2) -> Markup:
    """Return `texte` as HTML; its highest headings become h2 (`niveau`): the page owns the h1."""
    tokens = _PARSER.parse(texte)
    _shift_headings(tokens, niveau)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return Markup(html)  # noqa: S704 (the parser escapes, and has raw HTML off)


def _shift_headings(tokens: list[Token], niveau: int) -> None:
    titres = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    if not titres:
        return
    decalage = niveau - min(int(token.tag[1]) for token in titres)
    for token in titres:
        token.tag = f"h{min(6, int(token.tag[1]) + decalage)}"
