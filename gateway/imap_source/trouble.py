"""Mails that a server cannot give us: they must not hold up the others.

Some servers answer NO to the whole FETCH when one mail of it is damaged, some end the connection.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.imap_source.wire import Listed
from gateway.store.imap import UidSpace

_log = logging.getLogger("casepost.imap")

_FAILURES_BEFORE_REST = 3
_REST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    not_before: datetime


class Trouble:
    """Remembers, over connections, which mails were in a FETCH that failed."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start without any."""
        self._now = now
        self._failures: dict[tuple[UidSpace, int], _Failures] = {}

    def batches(
        self, space: UidSpace, mails: Sequence[Listed], count: int, size: int
    ) -> Iterator[list[Listed]]:
        """Give mails in batches of at most `count`, and at most `size` bytes or one mail.

        Those in trouble come last and one by one, also if they got there meanwhile; one that
        failed several times is left out for an hour.
        """
        healthy = [mail for mail in mails if (space, mail.uid) not in self._failures]
        yield from _grouped(healthy, count, size)
        suspects = [
            (failures.count, mail.uid, mail)
            for mail in mails
            if (failures := self._failures.get((space, mail.uid)))
            and not self._now() < failures.not_before <= self._now() + _REST
        ]
        for _, _, mail in sorted(suspects, key=lambda suspect: suspect[:2]):
            yield [mail]

    def failed(self, space: UidSpace, mails: Sequence[Listed]) -> None:
        """Remember that fetching these together failed."""
        for mail in mails:
            before = self._failures.get((space, mail.uid))
            count = before.count + 1 if before else 1
            rest = count > _FAILURES_BEFORE_REST
            if rest:
                _log.error(
                    "imap:%s: mail %d of %s cannot be fetched and stays there; again in an hour",
                    space.account,
                    mail.uid,
                    space.folder,
                )
            self._failures[space, mail.uid] = _Failures(
                count, self._now() + _REST if rest else self._now()
            )

    def over(self, space: UidSpace, mails: Iterable[Listed]) -> None:
        """Forget about mails that were fetched after all."""
        for mail in mails:
            self._failures.pop((space, mail.uid), None)


def _grouped(mails: Sequence[Listed], count: int, size: int) -> Iterator[list[Listed]]:
    batch: list[Listed] = []
    held = 0
    for mail in mails:
        if batch and (len(batch) >= count or held + mail.size > size):
            yield batch
            batch, held = [], 0
        batch.append(mail)
        held += mail.size
    if batch:
        yield batch
