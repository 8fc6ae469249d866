"""How a case stands with its targets, such as a first answer within four hours.

All is worked out from the ledger of the ticket alone: when it was submitted, which statuses it had
since when, and when an agent answered first. So a change of severity or type keeps what has run,
and no pause is forgotten. A clock stands in closed statuses, in those that meet its target, and
where the desk says so. Nothing is promised of a case that is nobody's work.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.config.desk import Desk, Phase
from gateway.config.service_time import Target
from gateway.desk.calendar import Hours, NeverOpens, hours
from gateway.desk.ticket import Stay, Ticket

_NONE = timedelta()


class ClockState(StrEnum):
    """How a case stands with a target.

    AT_RISK: three quarters of the time are over. LATE: met after it was due. MISSED: due, and not
    met. UNPROMISED: the desk promises nothing. NEEDLESS: the case was closed without it, in time.
    """

    RUNNING = "running"
    AT_RISK = "at-risk"
    PAUSED = "paused"
    MET = "met"
    LATE = "late"
    MISSED = "missed"
    UNPROMISED = "unpromised"
    NEEDLESS = "needless"


@dataclass(frozen=True, slots=True)
class Clock:
    """One target of a case. `spent` and `allowed` are time of its calendar.

    `due` is when the allowed time runs out if the clock goes on; it does not move while it does. Of
    a target that was met or missed it is when it was due. It is None while the clock stands, and
    where nothing is promised, or needed any more. `allowed` is None where nothing is promised.
    """

    target: Target
    state: ClockState
    due: datetime | None
    met_at: datetime | None
    spent: timedelta
    allowed: timedelta | None


@dataclass(frozen=True, slots=True)
class Nearest:
    """When the first of a case's targets is due, and when the first is at risk of being missed.

    Only those count whose clock goes on and which are not met; None where there is none. What is
    over was missed, or is at risk by now.
    """

    due: datetime | None
    risk: datetime | None


NONE_RUNS = Nearest(None, None)


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What clocks are read from: the stays of a ticket, what they mean, and its first answer.

    Of a case that is not `is_work`, which nobody has been told of, nothing is promised.
    """

    started: datetime
    stays: tuple[Stay, ...]
    phases: dict[str, Phase]
    answered_at: datetime | None
    is_work: bool

    def phase_of(self, status: str) -> Phase:
        """Give what a status means; one that the desk lost is open."""
        return self.phases.get(status, Phase.OPEN)


@dataclass(frozen=True, slots=True)
class _Run:
    """How long a clock has run, and when the allowed time was over, None if it is not."""

    spent: timedelta
    over: datetime | None


def clocks(ticket: Ticket, desk: Desk, now: datetime) -> tuple[Clock, ...]:
    """Give the targets of a ticket by its type and severity as they are, as they stand at `now`.

    Of each name it is the first that is for such a ticket. What the ledger says of later than `now`
    does not count.
    """
    found = targets_for(desk, ticket.type, ticket.severity)
    if not found:
        return ()
    ledger = _ledger(ticket, desk, now)
    return tuple(
        _clock(target, hours(desk, target.calendar, ticket.timezone), ledger, now)
        for target in found
    )


def nearest(ticket: Ticket, desk: Desk) -> Nearest:
    """Give what comes first of the targets of a ticket, for as long as nothing is written on it."""
    found = targets_for(desk, ticket.type, ticket.severity)
    if not found or ticket.phase is Phase.CLOSED or not ticket.is_work:
        return NONE_RUNS
    ledger = _ledger(ticket, desk, ticket.updated_at)
    due, risk = [], []
    for target in found:
        counted = hours(desk, target.calendar, ticket.timezone)
        within = target.allowed
        if within is None or stands(target, ticket.status, ticket.phase) or _met_at(target, ledger):
            continue
        allowed = counted.length(within)
        due.append(_passes(target, counted, ledger, ticket.updated_at, allowed))
        risk.append(_passes(target, counted, ledger, ticket.updated_at, _safe(allowed)))
    return Nearest(
        min((at for at in due if at is not None), default=None),
        min((at for at in risk if at is not None), default=None),
    )


def targets_for(desk: Desk, kind: str, severity: str) -> tuple[Target, ...]:
    """Give the targets of a case of this type and severity: of each name the first for such."""
    found: dict[str, Target] = {}
    for target in desk.target:
        if target.name not in found and _is_for(target, kind, severity):
            found[target.name] = target
    return tuple(found.values())


def stands(target: Target, status: str, phase: Phase) -> bool:
    """Say whether the clock of a target stands in a status, which means `phase`."""
    return (
        phase is Phase.CLOSED
        or phase.value in target.paused_in_phases
        or status in target.paused_in
        or status in target.met_in
    )


def _is_for(target: Target, kind: str, severity: str) -> bool:
    return (not target.types or kind in target.types) and (
        not target.severities or severity in target.severities
    )


def _ledger(ticket: Ticket, desk: Desk, now: datetime) -> _Ledger:
    started = ticket.submitted_at or ticket.opened_at
    kept = ticket.stays or (Stay(ticket.status, started),)
    stays = tuple(stay for stay in kept if stay.since <= now) or kept[:1]
    phases = {status.name: status.phase for status in desk.status}
    if ticket.phase is Phase.CLOSED:
        phases[ticket.status] = Phase.CLOSED  # by a name that the desk no longer has
    answered = ticket.first_answered_at
    if answered is not None and answered > now:
        answered = None
    return _Ledger(started, stays, phases, answered, ticket.is_work)


def _clock(target: Target, counted: Hours, ledger: _Ledger, now: datetime) -> Clock:
    within = target.allowed
    allowed = counted.length(within) if within is not None and ledger.is_work else None
    met_at = _met_at(target, ledger)
    read_at = max(met_at or now, ledger.started)
    run = _run(target, counted, ledger, read_at, allowed)
    last = ledger.stays[-1].status
    still = stands(target, last, ledger.phase_of(last))
    due = run.over
    if due is None and allowed is not None and (met_at or not still):
        due = _goes_on(counted, read_at, allowed - run.spent)
    if allowed is None:
        state = ClockState.UNPROMISED
    elif met_at is not None:
        state = ClockState.LATE if run.over and met_at > run.over else ClockState.MET
    elif run.over is not None:
        state = ClockState.MISSED
    elif ledger.phases.get(last) is Phase.CLOSED:
        state = ClockState.NEEDLESS
    elif still:
        state = ClockState.PAUSED
    else:
        state = ClockState.AT_RISK if run.spent >= _safe(allowed) else ClockState.RUNNING
    return Clock(target, state, due, met_at, run.spent, allowed)


def _met_at(target: Target, ledger: _Ledger) -> datetime | None:
    """Give when a target was met: by the first answer, for good, or by a status that it still has.

    A case that is closed out of such a status has not gone on.
    """
    met = ledger.answered_at if target.met_by_answer else None
    for stay in reversed(ledger.stays):
        if stay.status in target.met_in:
            met = stay.since if met is None else min(met, stay.since)
        elif ledger.phases.get(stay.status) is not Phase.CLOSED:
            break
    return met


def _run(
    target: Target,
    counted: Hours,
    ledger: _Ledger,
    read_at: datetime,
    allowed: timedelta | None,
) -> _Run:
    """Let a clock run through the ledger, from the submission until it is read."""
    spent, over = _NONE, None
    begin = ledger.started
    ends_at = (*(stay.since for stay in ledger.stays[1:]), read_at)
    for stay, until in zip(ledger.stays, ends_at, strict=True):
        ends = min(until, read_at)
        if ends <= begin:
            continue
        if not stands(target, stay.status, ledger.phase_of(stay.status)):
            passed = counted.between(begin, ends)
            if over is None and allowed is not None and spent + passed >= allowed:
                over = _goes_on(counted, begin, allowed - spent)
            spent += passed
        begin = ends
    return _Run(spent, over)


def _safe(allowed: timedelta) -> timedelta:
    """Give the part of a target's time after which it is at risk."""
    return 3 * allowed / 4


def _passes(
    target: Target, counted: Hours, ledger: _Ledger, read_at: datetime, length: timedelta
) -> datetime | None:
    """Give when a clock that goes on has run, or will have run, for so long."""
    read_at = max(read_at, ledger.started)
    run = _run(target, counted, ledger, read_at, length)
    return run.over or _goes_on(counted, read_at, length - run.spent)


def _goes_on(counted: Hours, start: datetime, left: timedelta) -> datetime | None:
    """Give when so much time has passed; None if the calendar never opens for so long again."""
    try:
        return counted.add(start, left)
    except NeverOpens:
        return None
