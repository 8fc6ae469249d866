"""Where log lines go: standard error, with a time in UTC, as text or as JSON.

A line that is about a mail says which: either itself, or by what is in hand while it is written.
What others wrote, in an error for example, never begins a line of its own.
"""

import json
import logging
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from gateway import in_hand
from gateway.in_hand import FIELDS

_INDENT = "    "


def to_stderr(level: int = logging.INFO, *, as_json: bool = False) -> None:
    """Send the log of this process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else TextLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # No line shows them, and to find them out for each takes as long as to write it.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    for noisy in ("apscheduler", "alembic", "mail.log", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class TextLines(logging.Formatter):
    """A line an event; what was in hand stands behind it, and before each line of a traceback."""

    def __init__(self) -> None:
        """Write times in UTC."""
        super().__init__()
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """Write a record, as many lines as its traceback needs and one more."""
        seconds = self.formatTime(record, "%Y-%m-%dT%H:%M:%S")
        head = f"{seconds}.{int(record.msecs):03d}Z {record.levelname} {record.name}: "
        own: Mapping[str, object] = getattr(record, FIELDS, {})
        about = " ".join(
            f"{key}={_several(value)}" for key, value in in_hand.now().items() if key not in own
        )
        lines = [head + " ".join(filter(None, (_on_one_line(record.getMessage()), about)))]
        mark = f"{_INDENT}{about} | " if about else f"{_INDENT}| "
        lines += [f"{mark}{one}" for one in _traceback(self, record)]
        return "\n".join(lines)


class JsonLines(logging.Formatter):
    """An object a line: what every record has, what is in hand, and an event's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        own: Mapping[str, object] = getattr(record, FIELDS, {})
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **in_hand.now(),
            **own,
        }
        if trace := _traceback(self, record):
            said["traceback"] = trace
        return json.dumps(said, default=str)


def _several(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _on_one_line(text: str) -> str:
    """Give a text without what would begin another line, or move a terminal's cursor."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    """Give the lines of an error's traceback: code and messages, no values."""
    if not record.exc_info:
        return []
    return [_on_one_line(one) for one in formatter.formatException(record.exc_info).splitlines()]
