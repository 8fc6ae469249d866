"""A worker's loop: claim a batch, take it its way, and know what to do when that fails."""

import errno
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from gateway import in_hand, intake, maillog
from gateway.errors import Transient
from gateway.failpoint import reached
from gateway.house import House
from gateway.maillog import Verb
from gateway.reading import Authenticate, CheckSpam
from gateway.store import claims
from gateway.store.claimant import this_process
from gateway.store.waiting import Wanted

_log = logging.getLogger("casepost.worker")

_AFTER_OUTAGE = timedelta(seconds=2)
_AFTER_FAILURE = timedelta(seconds=1)
# A file that can't be read is an operator's work, and no reason to look every second.
_AFTER_MISSING = timedelta(minutes=1)
# No room, no file to be opened, an error of the disk: no mail's fault, and it may pass.
_OF_THE_MACHINE = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ENOMEM}
)
# Two attempts past the one that files a mail unread; then not even that can be done.
_ENOUGH = 5
# Each mail of a batch may be told to all of a desk's agents, and to write that takes longer than
# to read the mail. So many are done in a fifth of the time that a batch has by default.
_MOST_TOLD = 1000

Held = Sequence[tuple[int, int]]


class Shift:
    """The claims and failures of one worker process."""

    def __init__(
        self,
        house: House,
        now: Callable[[], datetime],
        authenticate: Authenticate,
        check_spam: CheckSpam,
    ) -> None:
        """Work for a house; `now` gives the time in UTC."""
        self._check_spam = check_spam
        self._house = house
        self._authenticate = authenticate
        self._now = now
        self._claimant = this_process(house.node)
        most_agents = max((len(desk.agent) for desk in house.desks), default=0)
        own = house.settings.worker.batch
        self._batch = min(own, max(1, _MOST_TOLD // max(1, most_agents)))

    def one_batch(self, wanted: Wanted = Wanted.ALL) -> bool:
        """Claim and take in one batch; False if nothing waited or the store did not answer."""
        try:
            held = self._claim(wanted)
        except Transient as error:
            _log.warning("no mail can be claimed: %s", error)
            return False
        if not held:
            return False
        reached("worker.claimed")
        with in_hand.mail(*(spool_id for spool_id, _ in held)):
            return self._take_in(held)

    def _take_in(self, held: Held) -> bool:
        try:
            batch = self._load(held)
            reached("worker.loaded")
            intake.take_in(self._house, batch, self._now, self._authenticate, self._check_spam)
            reached("worker.filed")
        except Transient as error:
            _log.warning("mails wait for a better moment: %s", error)
            self._give_back(held, _AFTER_OUTAGE)
            return False
        except MemoryError:
            raise  # It is the process's: whoever sees it die says what that means for its mails.
        except Exception as error:  # the edge that knows what a mail's failure means
            if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
                _log.warning("mails wait until the machine has what it lacks: %s", error)
                self._give_back(held, _AFTER_OUTAGE)
                return False
            self._take_blame(held, error)
        return True

    def _claim(self, wanted: Wanted) -> Held:
        lease = timedelta(seconds=self._house.settings.worker.lease)
        with self._house.database.writing(durable=False) as connection:
            now = self._now()
            return claims.claim(connection, self._claimant, now, lease, self._batch, wanted)

    def _load(self, held: Held) -> tuple[claims.Claimed, ...]:
        """Read the mails; what can't be read just now goes back, and holds up no other."""
        with self._house.database.reading() as connection:
            batch = claims.load(connection, held, self._house.large)
        loaded = {claimed.spool_id for claimed in batch}
        self._give_back([claim for claim in held if claim[0] not in loaded], _AFTER_MISSING)
        return batch

    def _give_back(self, held: Held, later: timedelta) -> None:
        if not held:
            return
        try:
            with self._house.database.writing(durable=False) as connection:
                claims.give_back(connection, held, self._now() + later)
        except Transient as error:
            _log.warning("mails stay claimed until their lease ends: %s", error)

    def _take_blame(self, held: Held, error: Exception) -> None:
        """Find the mail at fault by taking the batch apart; charge one that was alone."""
        _log.error("taking in %d mails failed", len(held), exc_info=error)
        try:
            with self._house.database.writing() as connection:
                if len(held) > 1:
                    claims.take_apart(connection, held)
                    return
                attempts = claims.charge(connection, held[0], self._now() + _AFTER_FAILURE)
                if attempts >= _ENOUGH:
                    claims.fail(connection, held[0], f"nothing can be done: {error}", self._now())
                    maillog.event(Verb.FAILED, mail=held[0][0], error=type(error).__name__)
        except Transient as outage:
            _log.warning("mails stay claimed until their lease ends: %s", outage)
