"""When a mail is tried again, and when no more."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.settings import Msa
from gateway.courier.outlet import Outcome, Verdict
from gateway.courier.schedule import pause_after, result_of, retry_after
from gateway.store.outbox import OutboxState, Result
from lib.outgoing import START, claimed

_MSA = Msa(host="mail.example")
_AGAIN = START + timedelta(minutes=5)
_OLD = START + timedelta(days=5)


@pytest.mark.parametrize(
    ("attempts", "chance", "seconds"),
    [
        (1, 0.5, 300),
        (1, 0.0, 240),
        (1, 1.0, 360),
        (2, 0.5, 450),
        (3, 0.5, 675),
        (7, 0.5, 3417.1875),
        (8, 0.5, 3960),
        (8, 1.0, 4752),
        (10**9, 0.5, 3960),
        (0, 0.5, 300),
    ],
)
def test_waits_grow_by_half_to_an_hour(attempts: int, chance: float, seconds: float) -> None:
    """From 5 minutes on, half as long again each time, at most 66 minutes, give or take a fifth."""
    assert timedelta(seconds=seconds) == retry_after(_MSA, attempts, chance)


@given(st.integers(0, 10**6), st.floats(0, 1))
def test_no_wait_is_outside_its_bounds(attempts: int, chance: float) -> None:
    """Whatever the number of attempts, the wait is from 4 to 79.2 minutes."""
    wait = retry_after(_MSA, attempts, chance).total_seconds()
    assert 239.99 <= wait <= 4752.01


@pytest.mark.parametrize(
    ("failures", "code", "seconds"),
    [(1, None, 5), (2, None, 7.5), (3, 421, 11.25), (20, None, 60), (1, 535, 300), (20, 535, 3960)],
)
def test_an_msa_that_is_away_is_looked_for_soon(
    failures: int, code: int | None, seconds: float
) -> None:
    """An outage is looked at after 5 s to a minute; a refused login only as mails are."""
    assert timedelta(seconds=seconds) == pause_after(_MSA, failures, code, 0.5)


def test_short_waits_stay_short() -> None:
    """A pause is never longer than the wait that was configured for a mail."""
    msa = Msa(host="mail.example", retry_first=0.5, retry_most=1)
    assert timedelta(seconds=0.5) == pause_after(msa, 9, None, 0.5)


@pytest.mark.parametrize(
    ("outcome", "fields", "now", "state", "due_at"),
    [
        (Outcome.SENT, {}, START, OutboxState.SENT, None),
        (Outcome.SENT, {}, _OLD, OutboxState.SENT, None),
        (Outcome.FAILED, {}, START, OutboxState.FAILED, None),
        (Outcome.DEFERRED, {}, START, OutboxState.DEFERRED, _AGAIN),
        (Outcome.AWAY, {}, START, OutboxState.DEFERRED, _AGAIN),
        (Outcome.DEFERRED, {}, _OLD, OutboxState.FAILED, None),
        (Outcome.AWAY, {}, _OLD, OutboxState.FAILED, None),
        (Outcome.UNCERTAIN, {}, START, OutboxState.UNCERTAIN, START + timedelta(minutes=10)),
        (Outcome.UNCERTAIN, {"uncertain_times": 1}, START, OutboxState.UNCERTAIN, None),
        (
            Outcome.UNCERTAIN,
            {"uncertain_times": 7, "automatic": False},
            START,
            OutboxState.UNCERTAIN,
            START + timedelta(minutes=10),
        ),
        (Outcome.UNCERTAIN, {"automatic": False}, _OLD, OutboxState.UNCERTAIN, None),
    ],
)
def test_what_is_written_down(
    outcome: Outcome,
    fields: dict[str, Any],
    now: datetime,
    state: OutboxState,
    due_at: datetime | None,
) -> None:
    """Each verdict has one state and one next time; after five days nothing is tried any more."""
    result = result_of(claimed(**fields), Verdict(outcome, "said"), _MSA, now, _AGAIN)
    assert (state, due_at) == (result.state, result.due_at)


def test_the_last_try_is_at_the_end_of_the_time() -> None:
    """A wait that would end after five days is cut, so that the last try is not left out."""
    verdict = Verdict(Outcome.DEFERRED, "450 later", 450)
    result = result_of(claimed(), verdict, _MSA, START, START + timedelta(days=6))
    assert Result(1, 1, OutboxState.DEFERRED, _OLD, "450 later") == result


def test_giving_up_says_why() -> None:
    """Who looks at a mail that was given up reads the last reply."""
    result = result_of(claimed(), Verdict(Outcome.DEFERRED, "450 full", 450), _MSA, _OLD, _AGAIN)
    assert result.reply.endswith("450 full")
