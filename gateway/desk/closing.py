"""When a case closes by itself if nobody writes, as the customer is told who could."""

from datetime import datetime

from gateway.config.desk import Desk, Phase
from gateway.desk.ticket import Ticket
from gateway.desk.timers import timers


def closes_at(ticket: Ticket, desk: Desk) -> datetime | None:
    """Give when a timer of its status closes a ticket, None where none does."""
    closing = {
        timer.name
        for timer in desk.timer
        if timer.status == ticket.status
        and timer.then
        and desk.phase_of(timer.then) is Phase.CLOSED
    }
    if not closing or ticket.phase is Phase.CLOSED:
        return None
    return next((due.at for due in timers(ticket, desk) if due.timer in closing), None)
