"""Commands that move a ticket to a status."""

import dataclasses

from gateway.config.desk import Phase
from gateway.config.policy import Resolution
from gateway.desk import lifecycle
from gateway.desk.commands.model import CommandOutcome
from gateway.desk.commands.moments import shown, until
from gateway.desk.commands.names import listed, meant, named
from gateway.desk.commands.work import Done, Refused, Work
from gateway.desk.ticket import Change, EventKind

_CLOSED = "customer/closed"
_RESOLVED = "customer/resolved"


def status(work: Work, argument: str) -> Done:
    """`#status STATUS`; if that closes the case its people are told as by `#close`."""
    wanted = named(argument, [status.name for status in work.desk.status])
    notice = _CLOSED if work.desk.phase_of(wanted) is Phase.CLOSED else ""
    return _move(work, wanted, CommandOutcome.STATUS_SET, notice)


def wait(work: Work, argument: str) -> Done:
    """`#wait`: the customer's turn."""
    del argument
    return _move(work, _led_to(work.desk.lifecycle.wait, "wait"), CommandOutcome.WAITING)


def resolve(work: Work, argument: str) -> Done:
    """`#resolve KIND`: a satisfactory answer is believed given; the case records of which kind."""
    target = _led_to(work.desk.lifecycle.resolve or work.desk.closing, "resolve")
    kind = _kind(work, argument) if argument else ""
    done = _move(work, target, CommandOutcome.RESOLVED, _RESOLVED)
    if not kind:
        kinds = _kinds(work)
        if kinds and done.outcome is CommandOutcome.RESOLVED:
            return Done(done.work, CommandOutcome.RESOLVED_WITHOUT_KIND, listed(kinds))
        return done
    if kind == work.about.resolution and done.outcome is CommandOutcome.UNCHANGED:
        return Done(work, CommandOutcome.UNCHANGED, kind)
    change = Change("resolution", kind)
    event = work.event(EventKind.CHANGED, "an agent recorded the solution", change)
    return Done(done.work.then(event), CommandOutcome.RESOLVED_AS, kind)


def _kind(work: Work, argument: str) -> str:
    """Give the kind of solution that is meant. Raises Refused if the case may not have it."""
    if not work.desk.resolution:
        raise Refused(CommandOutcome.NOT_ON_THIS_DESK, "resolution")
    found = meant(argument, work.desk.resolution, _names)
    kinds = _kinds(work)
    if found.name not in kinds:
        raise Refused(CommandOutcome.NOT_FOR_SEVERITY, listed(kinds))
    return found.name


def _kinds(work: Work) -> tuple[str, ...]:
    """Give the kinds of solution that a case of this severity may have."""
    severity = work.about.severity
    kinds = work.desk.resolution
    return tuple(k.name for k in kinds if not k.severities or severity in k.severities)


def _names(kind: Resolution) -> tuple[str, ...]:
    return kind.name, *kind.labels.values()


def close(work: Work, argument: str) -> Done:
    """`#close`."""
    del argument
    return _move(work, _led_to(work.desk.closing, "close"), CommandOutcome.CLOSED, _CLOSED)


def hold(work: Work, argument: str) -> Done:
    """`#hold UNTIL`: nothing is done about the case until then."""
    _allowed(work, _led_to(work.desk.lifecycle.hold, "hold"))
    end = until(argument, work.now, "#hold 7d | 2026-04-01 14:00")
    _ = work.about
    event = lifecycle.held(work.desk, work.agent, end, work.now)
    return Done(_unnoticed(work.then(event)), CommandOutcome.ON_HOLD, shown(end))


def _led_to(status: str, key: str) -> str:
    if not status:
        raise Refused(CommandOutcome.NOT_ON_THIS_DESK, f"lifecycle.{key}")
    return status


def _move(work: Work, target: str, outcome: CommandOutcome, notice: str = "") -> Done:
    before = work.about
    same = target == before.status
    _allowed(work, target)
    # An answer in the same mail may lead elsewhere by itself: the command is what remains.
    answers = bool(work.case.authored.text) and not work.silent
    if same and before.hold_until is None and not answers:
        return Done(work, CommandOutcome.UNCHANGED, target)
    reopens = before.phase is Phase.CLOSED and work.desk.phase_of(target) is not Phase.CLOSED
    event = work.event(
        EventKind.REOPENED if reopens else EventKind.STATUS_CHANGED,
        "an agent's command",
        *lifecycle.into(work.desk, target),
        *(lifecycle.unsolved(before) if _goes_on(work, target) else ()),
    )
    moved = dataclasses.replace(work.then(event), notice="" if same else notice)
    return Done(moved, outcome, target)


def _allowed(work: Work, status: str) -> None:
    """Raise Refused where the desk has the case's status not followed by that one."""
    if not lifecycle.may_become(work.desk, work.about, status):
        may = listed(lifecycle.may_follow(work.desk, work.about))
        raise Refused(CommandOutcome.MAY_NOT_FOLLOW, may)


def _goes_on(work: Work, status: str) -> bool:
    """Say whether a status means that the case is not solved."""
    rules = work.desk.lifecycle
    solved = status in {rules.resolve, work.desk.closing}
    return not solved and work.desk.phase_of(status) is Phase.OPEN


def _unnoticed(work: Work) -> Work:
    return dataclasses.replace(work, notice="")
