"""What a worker's end says about the mails that it held, and how others get them."""

import logging
import signal
from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.errors import Transient
from gateway.failpoint import reached
from gateway.store import claims
from gateway.store.database import Database

_log = logging.getLogger("casepost.worker")

QUIET_SECONDS = 600.0
"""So long after a death by itself a worker is guarded."""

# A mail that ends a worker would hold up all that came after it, three times over.
_AFTER_DEATH = timedelta(seconds=2)
# A death by one of these comes from outside and proves nothing about the mail in hand.
_FROM_OUTSIDE = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP, 0})


def note(
    database: Database, node: str, claimant: str, status: int, now: Callable[[], datetime]
) -> bool:
    """Free what a dead worker held, and say whether it died by itself.

    `status` is its exit code, or less than 0 for the signal that ended it. If the store does not
    answer, its lease will end.
    """
    by_itself = status not in _FROM_OUTSIDE
    _log.warning("a worker ended with status %d%s", status, " by itself" * by_itself)
    try:
        with database.writing() as connection:
            died = (claimant,) if by_itself else ()
            freed = claims.free_dead(connection, node, died, now() + _AFTER_DEATH)
            reached("supervisor.freed")
    except Transient as error:
        _log.warning("mails stay claimed until their lease ends: %s", error)
    else:
        if freed:
            _log.warning("%d mails of a dead worker will be taken one by one", freed)
    return by_itself
