"""Files that a crash left behind: begun and never finished, or named and never spoken of.

Nothing here is in a hurry, so each sweep looks at a bounded number of files, and takes none that
somebody could still be writing.
"""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from gateway.store import raw
from gateway.store.database import Database

_log = logging.getLogger("casepost.store")

_UNFINISHED_AFTER = timedelta(hours=1)
# How many times longer than the slowest sender may take.
_PATIENCE = 4
_UNSPOKEN_AFTER = timedelta(days=1)
_AT_ONCE = 500


class Leftovers:
    """Removes what is left over in a data folder, a portion with each sweep.

    `data_total` is how long a sender may take for one mail; `parts` is a folder whose unfinished
    files are hidden and end in `.part`.
    """

    def __init__(self, database: Database, data: Path, data_total: timedelta, parts: Path) -> None:
        """Prepare; nothing is looked at yet."""
        self._database = database
        self._data = data
        self._parts = parts
        self._unfinished_after = max(_UNFINISHED_AFTER, _PATIENCE * data_total)
        self._named: Iterator[Path] = raw.named_files(data)

    def sweep(self, now: datetime) -> int:
        """Remove what is left over; the number of files. Raises OSError and Transient."""
        began_before = now - self._unfinished_after
        removed = _remove_old(raw.incoming(self._data), "*", began_before)
        removed += _remove_old(self._parts, ".*.part", began_before)
        removed += self._remove_unspoken(now - _UNSPOKEN_AFTER)
        if removed:
            _log.info("%d files that a crash had left behind are removed", removed)
        return removed

    def _remove_unspoken(self, before: datetime) -> int:
        """Remove old files of large mails that no row speaks of."""
        old = {path.name: path for path in self._portion() if _is_older(path, before)}
        if not old:
            return 0
        with self._database.reading() as connection:
            unspoken = raw.without_row(connection, old.keys())
        if not unspoken:
            return 0
        with self._database.writing() as connection:
            # The same mail may be coming again just now, and take the file's name: look once more.
            raw.lock_files(connection, alone=True)
            found = raw.without_row(connection, unspoken)
            return sum(_remove(old[name], before) for name in sorted(found))

    def _portion(self) -> Sequence[Path]:
        """Give the next files of large mails, from the start again after the last."""
        portion = list(islice(self._named, _AT_ONCE))
        if len(portion) < _AT_ONCE:
            self._named = raw.named_files(self._data)
        return portion


def _remove_old(folder: Path, pattern: str, before: datetime) -> int:
    """Remove files that were last written before then, of as many as one sweep looks at."""
    return sum(_remove(path, before) for path in islice(folder.glob(pattern), _AT_ONCE))


def _remove(path: Path, before: datetime) -> bool:
    if not _is_older(path, before):
        return False
    path.unlink(missing_ok=True)
    return True


def _is_older(path: Path, before: datetime) -> bool:
    """Say whether a file is there and was last written before then; a folder never is."""
    with contextlib.suppress(FileNotFoundError):
        written = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
        return written < before and path.is_file()
    return False
