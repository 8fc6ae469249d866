"""The outbox: every outgoing mail has one owner at a time, and its state is never guessed."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.store import outbox
from gateway.store.claimant import Claimant, this_process
from gateway.store.database import Database
from gateway.store.outbox import ClaimedMail, OutboxState, Result
from lib.outgoing import START, content_of, database_at, queue, row, states

_LEASE = timedelta(minutes=5)
_RETRY = timedelta(minutes=10)
_HERE = this_process("node")
# Nobody was ever this process: the number is alive and its start time is another.
_DEAD = Claimant("node", _HERE.boot, os.getpid(), "1")
_ELSEWHERE = Claimant("other", "boot", 1, "1")


@pytest.fixture
def database(house_url: str, tmp_path: Path) -> Iterator[Database]:
    """A database with all tables and nothing in them."""
    with database_at(house_url, tmp_path) as opened:
        yield opened


def _claim(
    database: Database, at: datetime = START, *, limit: int = 10, who: Claimant = _HERE
) -> tuple[ClaimedMail, ...]:
    with database.writing() as connection:
        return outbox.claim(connection, who, at, _LEASE, limit)


def _mark(database: Database, mail: ClaimedMail, at: datetime = START) -> bool:
    with database.writing() as connection:
        return outbox.mark_data(connection, [(mail.id, mail.epoch, at, at + _LEASE)]) == [True]


def _settle(
    database: Database,
    mail: ClaimedMail,
    state: OutboxState,
    due_at: datetime | None = None,
    at: datetime = START,
) -> bool:
    with database.writing() as connection:
        result = Result(mail.id, mail.epoch, state, due_at, "said")
        return outbox.settle(connection, [result], at) == [True]


def _recover(database: Database, at: datetime = START) -> tuple[int, ...]:
    with database.writing() as connection:
        return outbox.recover(connection, "node", at, _RETRY)


def _next_due(database: Database) -> datetime | None:
    with database.reading() as connection:
        return outbox.next_due(connection)


def test_those_due_longest_come_first(database: Database) -> None:
    """A claim takes what is due, in the order in which it was due, and all of the mail."""
    queue(database, 3, at=START - timedelta(hours=1))
    queue(database, 1, 2)
    queue(database, 4, at=START + timedelta(seconds=1))
    first = _claim(database, limit=2)
    assert [3, 1] == [mail.id for mail in first]
    assert [2] == [mail.id for mail in _claim(database)]
    assert () == _claim(database)
    mail = first[1]
    assert (content_of(1), "jan@klant.example", "", True) == (
        mail.content,
        mail.recipient,
        mail.reverse_path,
        mail.automatic,
    )
    assert (1, 1, 0, START) == (mail.epoch, mail.attempts, mail.uncertain_times, mail.queued_at)


def test_a_claim_before_the_mark_ends_with_its_lease(database: Database) -> None:
    """Then another has the mail, and the first can neither mark nor settle it."""
    queue(database, 1)
    (first,) = _claim(database)
    assert () == _claim(database, START + _LEASE - timedelta(seconds=1))
    (second,) = _claim(database, START + _LEASE, who=_ELSEWHERE)
    assert second.epoch > first.epoch
    assert not _mark(database, first)
    assert not _settle(database, first, OutboxState.DEFERRED, START)
    assert str(_ELSEWHERE) == row(database, 1).claimed_by
    assert _mark(database, second)


def test_a_marked_mail_is_never_claimed(database: Database) -> None:
    """Its lease may end; only `recover` says what it is then."""
    queue(database, 1)
    (mail,) = _claim(database, who=_ELSEWHERE)
    assert _mark(database, mail)
    assert () == _claim(database, START + timedelta(days=1))
    assert () == _recover(database, START + _LEASE - timedelta(seconds=1))
    assert (1,) == _recover(database, START + _LEASE)


@pytest.mark.parametrize(
    ("state", "due_at"),
    [
        (OutboxState.SENT, None),
        (OutboxState.FAILED, None),
        (OutboxState.DEFERRED, START + _RETRY),
        (OutboxState.UNCERTAIN, START + _RETRY),
        (OutboxState.UNCERTAIN, None),
    ],
)
def test_settling_frees_or_ends(
    database: Database, state: OutboxState, due_at: datetime | None
) -> None:
    """A settled mail is nobody's; it is due again, or nothing more is tried."""
    queue(database, 1)
    (mail,) = _claim(database)
    assert _mark(database, mail)
    assert _settle(database, mail, state, due_at)
    found = row(database, 1)
    assert ("", None, None) == (found.claimed_by, found.lease_until, found.data_at)
    assert (state, "said") == (found.state, found.last_reply)
    assert (START if due_at is None else None) == found.settled_at
    assert int(state is OutboxState.UNCERTAIN) == found.uncertain_times
    assert due_at == _next_due(database)
    assert (due_at is not None) == bool(_claim(database, START + timedelta(days=9)))


def test_given_back_as_it_was(database: Database) -> None:
    """A mail that was claimed for nothing is free at once, and no attempt is charged."""
    queue(database, 1, 2)
    mails = _claim(database)
    assert _mark(database, mails[1])
    with database.writing() as connection:
        outbox.give_back(connection, [(mail.id, mail.epoch) for mail in mails])
    again = _claim(database)
    assert [(1, 1, 2), (2, 1, 2)] == [(mail.id, mail.attempts, mail.epoch) for mail in again]
    with database.writing() as connection:
        outbox.give_back(connection, [(mail.id, mail.epoch) for mail in mails])
    assert () == _claim(database)


def test_the_dead_who_had_not_marked_lose_their_mails_at_once(database: Database) -> None:
    """Nothing was sent, so nothing has to wait; what the living hold is theirs."""
    queue(database, 1, 2, 3)
    _claim(database, limit=1, who=_DEAD)
    _claim(database, limit=1)
    _claim(database, limit=1, who=_ELSEWHERE)
    assert START == (row(database, 1).due_at)
    assert () == _recover(database)
    assert [1] == [mail.id for mail in _claim(database)]


@pytest.mark.parametrize("automatic", [True, False])
def test_the_dead_who_had_marked_leave_uncertain_mails(
    database: Database, *, automatic: bool
) -> None:
    """It goes out again after a while: an automatic one once, a person's each time."""
    queue(database, 1, automatic=automatic)
    (mail,) = _claim(database, who=_DEAD)
    assert _mark(database, mail)
    assert (1,) == _recover(database)
    assert () == _recover(database)
    assert () == _claim(database, START + _RETRY - timedelta(seconds=1))
    (again,) = _claim(database, START + _RETRY, who=_DEAD)
    assert (mail.content, mail.message_id, 1) == (
        again.content,
        again.message_id,
        again.uncertain_times,
    )
    assert _mark(database, again)
    assert (1,) == _recover(database)
    found = row(database, 1)
    assert (OutboxState.UNCERTAIN, 2) == (found.state, found.uncertain_times)
    assert automatic == (found.settled_at is not None)
    assert automatic != bool(_claim(database, START + timedelta(days=9)))


def test_one_who_was_only_slow_may_still_say_that_it_was_sent(database: Database) -> None:
    """The truth replaces `uncertain` as long as nobody else has begun."""
    queue(database, 1)
    (mail,) = _claim(database)
    assert _mark(database, mail)
    assert (1,) == _recover(database, START + _LEASE)
    assert _settle(database, mail, OutboxState.SENT)
    assert {1: "sent"} == states(database)
    assert () == _claim(database, START + timedelta(days=9))


def test_one_whose_claim_was_taken_back_may_not_send(database: Database) -> None:
    """After `recover` the mark is refused although the epoch is still the same."""
    queue(database, 1)
    (mail,) = _claim(database)
    assert () == _recover(database, START + _LEASE)
    assert not _mark(database, mail)


def test_marks_are_answered_one_by_one(database: Database) -> None:
    """In a shared transaction each learns of its own mail."""
    queue(database, 1, 2, 3)
    one, two, three = _claim(database)
    assert _settle(database, two, OutboxState.SENT)
    with database.writing() as connection:
        marks = [(mail.id, mail.epoch, START, START + _LEASE) for mail in (one, two, three)]
        assert [True, False, True] == outbox.mark_data(connection, marks)


def test_the_next_due_is_the_first_that_is_free(database: Database) -> None:
    """Mails in somebody's hands and those that are settled are not waited for."""
    assert _next_due(database) is None
    queue(database, 2, at=START + timedelta(hours=1))
    queue(database, 1)
    assert START == _next_due(database)
    (mail,) = _claim(database)
    assert START + timedelta(hours=1) == _next_due(database)
    _settle(database, mail, OutboxState.DEFERRED, START + timedelta(minutes=1))
    assert START + timedelta(minutes=1) == _next_due(database)


def test_every_state_is_counted(database: Database) -> None:
    """States that no mail has count as none."""
    queue(database, 1, 2, 3)
    first, second, _ = _claim(database)
    _settle(database, first, OutboxState.SENT)
    _settle(database, second, OutboxState.FAILED)
    with database.reading() as connection:
        assert {
            "queued": 1,
            "sent": 1,
            "deferred": 0,
            "failed": 1,
            "uncertain": 0,
        } == outbox.counts(connection)
