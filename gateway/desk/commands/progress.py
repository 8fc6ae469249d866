"""Commands that move a ticket to a status."""

import dataclasses

from gateway.config.desk import Phase
from gateway.desk import lifecycle
from gateway.desk.commands.model import CommandOutcome
from gateway.desk.commands.moments import shown, until
from gateway.desk.commands.names import named
from gateway.desk.commands.work import Done, Refused, Work
from gateway.desk.ticket import EventKind

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
    """`#resolve`: a satisfactory answer is believed given."""
    del argument
    target = _led_to(work.desk.lifecycle.resolve or work.desk.closing, "resolve")
    return _move(work, target, CommandOutcome.RESOLVED, _RESOLVED)


def close(work: Work, argument: str) -> Done:
    """`#close`."""
    del argument
    return _move(work, _led_to(work.desk.closing, "close"), CommandOutcome.CLOSED, _CLOSED)


def hold(work: Work, argument: str) -> Done:
    """`#hold UNTIL`: nothing is done about the case until then."""
    _led_to(work.desk.lifecycle.hold, "hold")
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
    # An answer in the same mail may lead elsewhere by itself: the command is what remains.
    answers = bool(work.case.authored.text) and not work.silent
    if same and before.hold_until is None and not answers:
        return Done(work, CommandOutcome.UNCHANGED, target)
    reopens = before.phase is Phase.CLOSED and work.desk.phase_of(target) is not Phase.CLOSED
    event = work.event(
        EventKind.REOPENED if reopens else EventKind.STATUS_CHANGED,
        "an agent's command",
        *lifecycle.into(work.desk, target),
    )
    moved = dataclasses.replace(work.then(event), notice="" if same else notice)
    return Done(moved, outcome, target)


def _unnoticed(work: Work) -> Work:
    return dataclasses.replace(work, notice="")
