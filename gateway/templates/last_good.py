"""The last sound version of each of the admin's template files, kept over restarts.

Beside them stands what was written in the console and is sound: its versions do not change.

One file in the data folder. Whoever loads the templates and finds them sound writes it; it is
replaced whole, so that several processes may do so, and one of them is right. What stands in it is
known to be sound, and need not be compiled to know it again.
"""

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gateway.templates.folder import Root, Source

FILE = "last-good-templates.json"

_LONGEST = 64 * 1024 * 1024

_log = logging.getLogger("casepost.templates")


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was sound by certain checks: the admin's texts, and a digest of all shipped ones."""

    checks: str = ""
    shipped: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)


class LastGood:
    """The texts as they were when they were last sound, by their paths in the admin's folder."""

    def __init__(self, data: Path | None = None) -> None:
        """Read nothing yet; without a data folder there is nothing, and nothing is kept."""
        self._path = data / FILE if data else None
        self._found: _Kept | None = None

    def text(self, source: Source) -> str | None:
        """Give the last sound text of a file of the admin's, None if there is none."""
        return self._kept().texts.get(source.inside) if source.root is Root.ADMIN else None

    def texts(self) -> frozenset[str]:
        """Give the paths of all files of which a text is kept."""
        return frozenset(self._kept().texts)

    def unchanged(self, sources: Iterable[Source], checks: str) -> frozenset[Source]:
        """Give those files that were sound by the same checks, and are as they were then."""
        sources, kept = tuple(sources), self._kept()
        if kept.checks != checks:
            return frozenset()
        shipped = kept.shipped == _digest(sources)
        return frozenset(
            source
            for source in sources
            if not source.trouble
            and (
                shipped
                if source.root is Root.SHIPPED
                else kept.texts.get(source.inside) == source.written.source
            )
        )

    def keep(self, sound: Iterable[Source], unsound: Iterable[Source], checks: str) -> None:
        """Keep what is sound now, and of what is not what was; all else is forgotten."""
        if self._path is None:
            return
        sound, unsound, before = tuple(sound), tuple(unsound), self._kept()
        texts = {
            source.inside: before.texts[source.inside]
            for source in unsound
            if source.root is Root.ADMIN and source.inside in before.texts
        }
        ours = [source for source in sound if source.root is not Root.SHIPPED]
        texts |= {source.inside: source.written.source for source in ours}
        shipped = "" if any(s.root is Root.SHIPPED for s in unsound) else _digest(sound)
        self._found = _Kept(checks, shipped, texts)
        if self._found != before:
            self._write(self._path, self._found)

    def _kept(self) -> _Kept:
        if self._found is None:
            self._found = _read(self._path) if self._path else _Kept()
        return self._found

    def _write(self, path: Path, kept: _Kept) -> None:
        new = path.with_name(f"{FILE}.{os.getpid()}")
        try:
            new.write_text(json.dumps(asdict(kept), ensure_ascii=False), "utf-8")
            new.replace(path)
        except OSError as error:
            _log.error("the sound templates are not kept for later: %s", error)


def _read(path: Path) -> _Kept:
    """Read what is kept; a file that is none of ours is as good as none."""
    try:
        if path.stat().st_size > _LONGEST:
            return _Kept()
        match json.loads(path.read_text("utf-8")):
            case {"checks": str(checks), "shipped": str(shipped), "texts": dict(texts)}:
                sound = {p: text for p, text in texts.items() if isinstance(text, str)}
                return _Kept(checks, shipped, sound)
    except FileNotFoundError:
        return _Kept()
    except (OSError, ValueError, RecursionError) as error:
        _log.error("no template can be taken from %s: %s", path, error)
    return _Kept()


def _digest(sources: Iterable[Source]) -> str:
    found = hashlib.sha256()
    for source in sources:
        if source.root is Root.SHIPPED:
            found.update(f"{source.inside}\0{source.written.source}\0".encode("utf-8", "replace"))
    return found.hexdigest()
