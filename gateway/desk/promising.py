"""What the desk promises of a case, and whether it works now: said in what writers get at once."""

from datetime import datetime
from itertools import islice

from gateway.config.desk import Desk
from gateway.desk.calendar import NeverOpens, hours
from gateway.desk.decision import Availability, Promise
from gateway.desk.targets import ClockState, clocks
from gateway.desk.ticket import Ticket

_MOST_PROMISES = 10
_GOES_ON = frozenset({ClockState.RUNNING, ClockState.AT_RISK})


def promised(ticket: Ticket, desk: Desk, now: datetime) -> tuple[Promise, ...]:
    """Give when the targets of a case are due that its customer is told of, the soonest first.

    They are the very instants that its clocks run to. Nothing is promised of what nobody works on,
    nor what is over already.
    """
    if not ticket.is_work:
        return ()
    found = (
        Promise(clock.target.name, clock.due)
        for clock in clocks(ticket, desk, now)
        if clock.target.promised and clock.state in _GOES_ON and clock.due and clock.due > now
    )
    return tuple(islice(sorted(found, key=lambda one: one.due), _MOST_PROMISES))


def available(
    desk: Desk, now: datetime, persons_zone: str = "", language: str = ""
) -> Availability | None:
    """Say whether somebody of the desk works now, and else when they begin; None if it is not said.

    `persons_zone` is the zone of the person who is told, "" for the desk's; holidays are called as
    in the `language`.
    """
    if not desk.opening_hours:
        return None
    counted = hours(desk, desk.opening_hours, persons_zone)
    try:
        opens_at = counted.next_opening(now)
    except NeverOpens:
        return Availability(is_open=False, holiday=counted.holiday(now, language))
    if opens_at <= now:
        return Availability(is_open=True)
    return Availability(is_open=False, opens_at=opens_at, holiday=counted.holiday(now, language))
