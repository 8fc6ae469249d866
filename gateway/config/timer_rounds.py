"""Timers in a desk file that pass a case round for ever, with nobody's doing."""

from collections.abc import Iterator

from gateway.config.desk import Desk
from gateway.config.policy import Moment
from gateway.config.references import References
from gateway.config.service_time import Timer
from gateway.errors import Finding


def check(names: References) -> Iterator[Finding]:
    """Find each timer by which a case comes back to the status that it counts from, by timers.

    A rule on time that lets a timer pass may end it.
    """
    desk = names.desk
    if any(Moment.TIME in rule.on and rule.keep for rule in desk.rule):
        return
    moves = [(i, t, to) for i, t in enumerate(desk.timer) if (to := _leads_to(desk, t))]
    for index, timer, to in moves:
        reached, left = {to}, [one for one in moves if one[1] is not timer]
        while further := [one for one in left if one[1].status in reached]:
            reached |= {one[2] for one in further}
            left = [one for one in left if one not in further]
        if timer.status in reached:
            message = (
                f'never ends: timers alone bring the case from "{to}" back to "{timer.status}"'
            )
            yield names.file.finding(message, "timer", index)
            return


def _leads_to(desk: Desk, timer: Timer) -> str:
    """Give the status that a timer of a status gives a case, "" if it leaves it."""
    if not timer.status or timer.since or timer.target:
        return ""
    escalated = next((one.status for one in desk.escalation if one.name == timer.escalate), "")
    to = escalated or timer.then
    return "" if to == timer.status else to
