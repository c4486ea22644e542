"""One call from data to a PDF file, in the process, without network and without temporary files."""

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.pdf.texte import SUBSTITUT, nettoyer_tout

if TYPE_CHECKING:
    import typst

logger = logging.getLogger(__name__)

TEMPLATES = Path(__file__).with_name("templates")
# Seconds for one file made by another process; five hundred pages take two.
APART_MAX = 60


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """Return the PDF/UA-1 file of `templates/<template>`, filled with data that JSON can hold.

    No text can make it fail: what the fonts cannot draw is replaced by a visible sign, and the
    template is told so (`caracteres_remplaces`). Raises LookupError for an unknown template.
    """
    import typst

    source = TEMPLATES / template
    if source not in TEMPLATES.glob("*.typ"):
        raise LookupError(f"no PDF template {template!r}")
    try:
        return _compile(source, nettoyer_tout(dict(data)))
    except typst.TypstError as error:
        # Drawable one by one but not together (a mark that its letter's font lacks).
        if "could not be displayed" not in error.message:
            raise
        logger.warning("%s: undrawable text, Latin letters kept only", template)
        return _compile(source, nettoyer_tout(dict(data), latin=True))


def render_apart(template: str, data: Mapping[str, Any]) -> bytes:
    """Return what `render` does, made by another process: the memory that many pages take (0.3 MB
    each, kept by typst for its next ones) ends with it.
    """
    command = [sys.executable, "-m", "portal.pdf", template]
    done = subprocess.run(  # noqa: S603 (our own program; the data goes through a pipe)
        command,
        input=json.dumps(dict(data)).encode(),
        capture_output=True,
        check=True,
        cwd=TEMPLATES.parents[2],
        timeout=APART_MAX,
    )
    return done.stdout


def _compile(source: Path, donnees: dict[str, Any]) -> bytes:
    import typst

    texte = json.dumps(donnees, ensure_ascii=False)
    donnees["caracteres_remplaces"] = SUBSTITUT in texte
    return typst.compile(
        source,
        root=TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,  # the same file on every machine
        sys_inputs={"donnees": json.dumps(donnees)},
        pdf_standards=["ua-1"],
    )


@cache
def _fonts() -> "typst.Fonts":
    import typst

    # Reading the embedded fonts is most of a first call; the object may be shared between threads.
    return typst.Fonts(include_system_fonts=False)
