"""Files that a crash left behind: begun and never finished, or named and never spoken of.

Nothing here is in a hurry, so each sweep looks at a bounded number of files, and takes none that
somebody could still be writing. Several nodes may sweep one place at once.
"""

import contextlib
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from gateway.errors import Transient
from gateway.store import removals, restored
from gateway.store.database import Database
from gateway.store.large_mails import LargeMails, Place, Stored, read_name

_log = logging.getLogger("casepost.store")

_UNFINISHED_AFTER = timedelta(hours=1)
# How many times longer than the slowest sender may take.
_PATIENCE = 4
_UNSPOKEN_AFTER = timedelta(days=1)
# Longer than anybody can be frozen on the way to a removal.
_REMEMBERED = timedelta(days=90)
_AT_ONCE = 500


class Leftovers:
    """Removes what is left over, a portion with each sweep.

    `data_total` is how long a sender may take for one mail; `parts` is a folder whose unfinished
    files are hidden and end in `.part`.
    """

    def __init__(
        self, database: Database, large: LargeMails, data_total: timedelta, parts: Path
    ) -> None:
        """Prepare; nothing is looked at yet."""
        self._database = database
        self._incoming = large.incoming
        self._parts = parts
        self._unfinished_after = max(_UNFINISHED_AFTER, _PATIENCE * data_total)
        self._rounds = [_Round(database, place) for place in large.places]

    def sweep(self, now: datetime) -> int:
        """Remove what is left over; the number of files. Raises OSError and Transient."""
        began_before = now - self._unfinished_after
        removed = _remove_old(self._incoming, "*", began_before)
        removed += _remove_old(self._parts, ".*.part", began_before)
        removed += sum(one.go_on(now) for one in self._rounds)
        if removed:
            _log.info("%d files that a crash had left behind are removed", removed)
        return removed


class _Round:
    """Goes through one place of large mails, a page at a time, and anew after the last."""

    def __init__(self, database: Database, place: Place) -> None:
        self._database = database
        self._place = place
        self._after = ""

    def go_on(self, now: datetime) -> int:
        """Look at the next page; how many were removed. A place that is away is looked at later."""
        try:
            page = self._place.page(self._after, _AT_ONCE)
            removed = self._remove_unspoken(page.stored, now)
        except Transient as error:
            _log.warning("what is left over of large mails is removed later: %s", error)
            return 0
        self._after = page.stored[-1].name if page.more else ""
        if not page.more:
            with self._database.writing(durable=False) as connection:
                removals.forget(connection, now - _REMEMBERED)
        return removed

    def _remove_unspoken(self, page: Sequence[Stored], now: datetime) -> int:
        """Remove old mails that no row speaks of, once their names are given up.

        After a restore those that came since the copy stay: they are mail of whoever was there
        then, and may still be.
        """
        with self._database.reading() as connection:
            copied_at = restored.copied_at(connection)
        before = min(now - _UNSPOKEN_AFTER, copied_at or now)
        names = [read_name(one.name) for one in page if one.written_at < before]
        old = {name for name in names if name is not None}
        if not old:
            return 0
        with self._database.reading() as connection:
            unspoken = removals.without_row(connection, old)
        if not unspoken:
            return 0
        with self._database.writing() as connection:
            # The same mail may be coming again just now, and take the name: look once more.
            given_up = removals.give_up(connection, unspoken, now)
        return self._place.remove(sorted(str(one) for one in given_up), before)


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
