"""What people type, made clean without changing what it says."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls and the marks that reverse the writing direction of what follows: never typed
# on purpose, and able to break a mail header, a PDF or the reading of a line. Tab and line feed
# stay.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(value: str) -> str:
    """Return the text in NFC, line ends as LF, without control characters, stripped."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    # Composed last: what a removed character kept apart may compose.
    return unicodedata.normalize("NFC", _CONTROLS.sub("", value)).strip()


def clean_line(value: str) -> str:
    """Return `clean(value)` on one line, runs of spaces folded."""
    return " ".join(clean(value).split())


def canonical_name(value: str) -> str:
    """Return a typed identifiant or e-mail in the one form it is looked up, counted and answered
    by. Never compare by another rule beside: what one rule holds equal and the other does not
    (« İ », « ſ ») gives somebody's attempts a second counter.
    """
    return value.strip().lower()


def fold(value: str) -> str:
    """Return the text without accents and case, to compare what people type."""
    decomposed = unicodedata.normalize("NFKD", value.replace("œ", "oe").replace("Œ", "oe"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
