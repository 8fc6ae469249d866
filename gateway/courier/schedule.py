"""When a mail is tried again, and when no more. Pure: now and chance are arguments.

Postfix and most others wait like this: a few minutes at first, about an hour later, five days.
"""

from datetime import datetime, timedelta

from gateway.config.settings import Msa
from gateway.courier.outlet import Outcome, Verdict
from gateway.store.outbox import ClaimedMail, OutboxState, Result

_GROWTH = 1.5
_MOST_STEPS = 100
_JITTER = 0.2

# An MSA that is away is looked for sooner and more often than a refused mail is offered again.
_AWAY_FIRST = 5.0
_AWAY_MOST = 60.0
_REFUSED_FOR_GOOD = 500

LATE = timedelta(hours=4)


def retry_after(msa: Msa, attempts: int, chance: float) -> timedelta:
    """Give the wait after the nth attempt; `chance` from 0 to 1 spreads it by a fifth."""
    return _wait(msa.retry_first, msa.retry_most, attempts, chance)


def pause_after(msa: Msa, failures: int, code: int | None, chance: float) -> timedelta:
    """Give the wait until an MSA that could not be had n times running is tried again.

    One that refuses us for good, as a wrong password, is left alone for longer: it locks us out
    otherwise.
    """
    if code is not None and code >= _REFUSED_FOR_GOOD:
        return retry_after(msa, failures, chance)
    first = min(_AWAY_FIRST, msa.retry_first)
    return _wait(first, max(first, min(_AWAY_MOST, msa.retry_first)), failures, chance)


def longest_wait(msa: Msa) -> timedelta:
    """Give the most that a mail is ever put off for."""
    grown = max(msa.retry_first, msa.retry_most, _AWAY_MOST) * (1 + _JITTER)
    return timedelta(seconds=max(grown, msa.uncertain_retry))


def _wait(first: float, most: float, times: int, chance: float) -> timedelta:
    grown = first * _GROWTH ** min(max(times - 1, 0), _MOST_STEPS)
    return timedelta(seconds=min(grown, most) * (1 - _JITTER + 2 * _JITTER * chance))


def result_of(
    mail: ClaimedMail, verdict: Verdict, msa: Msa, now: datetime, again_at: datetime
) -> Result:
    """Give what is written down for a verdict; `again_at` is when a deferred mail is due.

    An automatic mail that is uncertain goes out at most once more; a person's, until it is known,
    or too old.
    """
    too_old = mail.queued_at + timedelta(seconds=msa.give_up_after)
    state, due_at, reply = OutboxState.DEFERRED, None, verdict.reply
    match verdict.outcome:
        case Outcome.SENT:
            state = OutboxState.SENT
        case Outcome.FAILED:
            state = OutboxState.FAILED
        case Outcome.UNCERTAIN:
            state = OutboxState.UNCERTAIN
            enough = mail.automatic and mail.uncertain_times >= 1
            if not enough and now < too_old:
                due_at = now + timedelta(seconds=msa.uncertain_retry)
        case _ if now >= too_old:
            state, reply = OutboxState.FAILED, f"given up after many attempts: {verdict.reply}"
        case _:
            due_at = min(again_at, too_old)
    return Result(mail.id, mail.epoch, state, due_at, reply)
