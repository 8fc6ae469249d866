"""The last sound version of each of the admin's template files, kept over restarts.

One file in the data folder. Whoever loads the templates and finds them sound writes it; it is
replaced whole, so that several processes may do so, and one of them is right.
"""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path

FILE = "last-good-templates.json"

_LONGEST = 64 * 1024 * 1024

_log = logging.getLogger("casepost.templates")


class LastGood:
    """The texts as they were when they were last sound, by their paths in the admin's folder."""

    def __init__(self, data: Path | None = None) -> None:
        """Read nothing yet; without a data folder there is nothing, and nothing is kept."""
        self._path = data / FILE if data else None
        self._texts: Mapping[str, str] | None = None

    def text(self, path: str) -> str | None:
        """Give the last sound text of a file, None if there is none."""
        if self._texts is None:
            self._texts = self._read()
        return self._texts.get(path)

    def keep(self, sound: Mapping[str, str], unsound: frozenset[str]) -> None:
        """Keep what is sound now, and of what is not what was; all else is forgotten."""
        if self._path is None:
            return
        before = self._read()
        texts = {path: text for path, text in before.items() if path in unsound} | dict(sound)
        self._texts = texts
        if texts == before:
            return
        new = self._path.with_name(f"{FILE}.{os.getpid()}")
        try:
            new.write_text(json.dumps(texts, ensure_ascii=False, sort_keys=True), "utf-8")
            new.replace(self._path)
        except OSError as error:
            _log.error("the sound templates are not kept for later: %s", error)

    def _read(self) -> Mapping[str, str]:
        if self._path is None:
            return {}
        try:
            if self._path.stat().st_size > _LONGEST:
                return {}
            found = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            _log.error("no template can be taken from %s: %s", self._path, error)
            return {}
        if not isinstance(found, dict):
            return {}
        return {path: text for path, text in found.items() if isinstance(text, str)}
