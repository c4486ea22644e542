"""Static files with hashed names, and one style sheet instead of twenty.

static/css/parvis.css imports one file per component: standard CSS, read as such in development.
Collecting writes the imported files into it, each in its layer, so that a first view on a slow
phone costs one request. Nothing is generated in the checkout.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEET = "css/parvis.css"
_IMPORT = re.compile(r'^@import url\("([^"]+)"\) layer\((\w+)\);$', re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)

Paths = dict[str, tuple[Storage, str]]


class StaticStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which also writes the imports of parvis.css into it."""

    def post_process(
        self, paths: Paths, dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, Any]]:
        """Give the flattened sheet to be hashed and compressed in place of the written one."""
        if SHEET in paths and not dry_run:
            memory = InMemoryStorage()
            memory.save(SHEET, ContentFile(flatten(paths).encode()))
            paths[SHEET] = (memory, SHEET)
        yield from super().post_process(paths, dry_run, **options)


def flatten(paths: Paths) -> str:
    """Return parvis.css with each import replaced by the file, in its layer."""

    def imported(match: re.Match[str]) -> str:
        content = _read(paths, str(PurePosixPath(SHEET).parent / match[1]))
        return f"@layer {match[2]} {{\n{content}}}"

    return _IMPORT.sub(imported, _read(paths, SHEET))


def _read(paths: Paths, name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return _COMMENT.sub("", file.read().decode())
