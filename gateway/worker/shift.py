"""A worker's loop: claim a batch, take it its way, and know what to do when that fails."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from gateway import intake, maillog
from gateway.errors import Transient
from gateway.house import House
from gateway.maillog import Verb
from gateway.store import spool
from gateway.store.claimant import this_process

_log = logging.getLogger("casepost.worker")

_AFTER_OUTAGE = timedelta(seconds=2)
_AFTER_FAILURE = timedelta(seconds=1)
# Two attempts past the one that files a mail unread; then not even that can be done.
_ENOUGH = 5


class Shift:
    """The claims and failures of one worker process."""

    def __init__(self, house: House, now: Callable[[], datetime]) -> None:
        """Work for a house; `now` gives the time in UTC."""
        self._house = house
        self._now = now
        self._claimant = this_process(house.node)

    def one_batch(self) -> bool:
        """Claim and take in one batch; False if nothing waited or the store did not answer."""
        try:
            claims = self._claim()
        except Transient as error:
            _log.warning("no mail can be claimed: %s", error)
            return False
        if not claims:
            return False
        try:
            with self._house.database.reading() as connection:
                batch = spool.load(connection, claims, self._house.data)
            intake.take_in(self._house, batch, self._now)
        except Transient as error:
            _log.warning("mails wait for a better moment: %s", error)
            self._give_back(claims)
            return False
        except Exception as error:  # the edge that knows what a mail's failure means
            self._take_blame(claims, error)
        return True

    def _claim(self) -> tuple[tuple[int, int], ...]:
        settings = self._house.settings.worker
        lease = timedelta(seconds=settings.lease)
        with self._house.database.writing(durable=False) as connection:
            return spool.claim(connection, self._claimant, self._now(), lease, settings.batch)

    def _give_back(self, claims: Sequence[tuple[int, int]]) -> None:
        try:
            with self._house.database.writing(durable=False) as connection:
                spool.give_back(connection, claims, self._now() + _AFTER_OUTAGE)
        except Transient as error:
            _log.warning("mails stay claimed until their lease ends: %s", error)

    def _take_blame(self, claims: Sequence[tuple[int, int]], error: Exception) -> None:
        """Find the mail at fault by taking the batch apart; charge one that was alone."""
        _log.error("taking in %d mails failed", len(claims), exc_info=error)
        try:
            with self._house.database.writing() as connection:
                if len(claims) > 1:
                    spool.take_apart(connection, claims)
                    return
                attempts = spool.charge(connection, claims[0], self._now() + _AFTER_FAILURE)
                if attempts >= _ENOUGH:
                    spool.fail(connection, claims[0], f"nothing can be done: {error}", self._now())
                    maillog.event(Verb.FAILED, mail=claims[0][0], error=type(error).__name__)
        except Transient as outage:
            _log.warning("mails stay claimed until their lease ends: %s", outage)
