"""Structured logs without personal data: one JSON object a line."""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime

# Signed links and other long secrets that stand in a path.
_SECRET = re.compile(r"[A-Za-z0-9_:.-]{45,}")


class JsonFormatter(logging.Formatter):
    """Write time, level, logger, message and, for an exception, its kind and place.

    The text of an exception is left out on purpose: a database error quotes the row it refused.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _SECRET.sub("…", _message(record)),
        }
        status = getattr(record, "status_code", None)
        if status is not None:
            line["status"] = status
        if record.exc_info and record.exc_info[0]:
            kind, _error, trace = record.exc_info
            line["exception"] = kind.__name__
            line["trace"] = [
                f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)
            ]
        return json.dumps(line, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """Return the sentence of a record; a failed task's without the text of its exception."""
    facts = record.args
    if isinstance(facts, dict) and "exc" in facts and "id" in facts:  # celery.app.trace
        return f"task {facts.get('name')} [{facts['id']}] failed"
    return record.getMessage()
