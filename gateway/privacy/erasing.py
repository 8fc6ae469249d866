"""Erasing a person: what is theirs goes, what happened stays.

It is done in many short transactions, so that the daemon goes on meanwhile. What finds the rest is
erased last, so that after an interruption the next try goes on where the last one ended; erasing
somebody of whom nothing is left changes nothing.
"""

import hashlib
import hmac
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from gateway.config.desk import Desk
from gateway.errors import Transient
from gateway.store import audit
from gateway.store.audit import Act
from gateway.store.database import Database
from gateway.store.large_mails import LargeMails, Named
from gateway.store.personal import cases, mails, mentions, posted, rows
from gateway.store.personal.cases import Erasure
from gateway.store.personal.found import Found, Wanted, find

_log = logging.getLogger("casepost.privacy")

# Of which one transaction is short.
_MAILS = 50
_SENT = 200
_WHY = "what was known of a person was erased"
_SOON = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept of a person.

    `rows` counts rows of tables by their names; `quoting` are tickets on which other customers
    wrote the person's address.
    """

    found: Found
    rows: Mapping[str, int]
    quoting: tuple[int, ...]
    is_user: bool

    def is_nothing(self) -> bool:
        """Say whether there is nothing to erase."""
        found = self.found
        theirs = (found.cases, found.joined, found.mails, found.sent, found.stopped)
        return not any(theirs) and not self.rows


@dataclass(frozen=True, slots=True)
class House:
    """Where it is erased from: the database, large mails, the folder of outgoing mails as files."""

    database: Database
    large: LargeMails
    outgoing: Path
    desks: Sequence[Desk]
    random: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks to erase whom, and when; `digest` says who it was to those who know the address."""

    wanted: Wanted
    actor: str
    at: datetime
    digest: str


def kept_of(database: Database, wanted: Wanted) -> Kept:
    """Say what is kept of a person; nothing is changed. Raises Transient."""
    found = find(database, wanted)
    with database.reading() as connection:
        return Kept(
            found,
            rows.counted(connection, wanted.theirs),
            mentions.quoting(connection, wanted),
            rows.is_user(connection, wanted.theirs),
        )


def digest_of(key: bytes, address: str) -> str:
    """Give what the audit trail says of an address: nobody can find it out without the key."""
    return hmac.digest(key, b"erased\0" + address.encode(), hashlib.sha256).hex()[:16]


def erase(house: House, asked: Asked, kept: Kept) -> int:
    """Erase what was found of a person; in how many rows they were named besides.

    Raises Transient; what was erased by then stays so.
    """
    found, wanted = kept.found, asked.wanted
    database = house.database
    for some in _portions(found.stopped, _SENT):
        with database.writing() as connection:
            posted.stop_posted(connection, some)
    for some in _portions(found.sent, _SENT):
        # Afterwards nobody would find them any more.
        for mail in some:
            (house.outgoing / f"{mail}.eml").unlink(missing_ok=True)
        with database.writing() as connection:
            posted.erase_posted(connection, some, wanted.theirs)
    for some in _portions(found.mails, _MAILS):
        with database.writing() as connection:
            mentions.erase_from_backtests(connection, some)
            given_up = mails.erase_mails(connection, some, asked.at)
        remove_large(house.large, given_up, asked.at)
    for some in _portions(found.ours, _MAILS):
        # Nobody waits while large ones are fetched: what a mail says does not change.
        with database.reading() as connection:
            named = mentions.naming(connection, some, wanted, house.large)
        with database.writing() as connection:
            given_up = mails.erase_raw(connection, named, asked.at)
        remove_large(house.large, given_up, asked.at)
    _erase_cases(house, asked, found)
    with database.writing() as connection:
        rows.remove_rows(connection, wanted.theirs)
        rows.change_rows(connection, wanted.theirs, house.random, asked.at)
        rows.erase_user(connection, wanted.theirs, house.random, asked.at)
        mentions.erase_visits(connection, wanted)
    replaced = mentions.replace_mentions(database, wanted)
    with database.writing() as connection:
        detail = f"{len(found.cases)} cases, {len(found.mails)} mails, {len(found.sent)} sent"
        audit.note(connection, Act(asked.at, asked.actor, "person.erase", asked.digest, detail))
    return replaced


def _erase_cases(house: House, asked: Asked, found: Found) -> None:
    desks = {desk.name: desk for desk in house.desks}
    erasure = Erasure(asked.wanted, asked.at, asked.actor, _WHY, desks.get)
    for work, tickets in ((cases.leave_case, found.joined), (cases.erase_case, found.cases)):
        for ticket in tickets:
            with house.database.writing() as connection:
                work(connection, ticket, erasure)


def remove_large(large: LargeMails, names: Collection[Named], now: datetime) -> None:
    """Remove large mails whose names were given up; what cannot be now, the daemon does in time."""
    if not names:
        return
    for place in large.places:
        try:
            place.remove(sorted(str(one) for one in names), now + _SOON)
        except (Transient, OSError) as error:
            _log.warning("large mails that were erased are removed within a day: %s", error)


def _portions(ids: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), most):
        yield ids[start : start + most]
