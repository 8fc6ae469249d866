"""When an answer comes too late to reopen its ticket."""

from dataclasses import replace
from datetime import datetime

from gateway.config import duration
from gateway.config.desk import Desk, Phase
from gateway.desk.choice import Choice, Trust
from gateway.desk.known import Role, Sender
from gateway.mail.model import Kind


def unless_long_closed(
    choice: Choice, sender: Sender, desk: Desk, kind: Kind, at: datetime
) -> Choice:
    """Give the choice; without its ticket if that was closed so long ago that a new one is due.

    It holds for what customers write: machines reopen nothing, and agents and strangers with
    another's reply address have their entry where they meant it to be.
    """
    ticket = choice.ticket
    if ticket is None or not desk.reopen_within or ticket.phase is not Phase.CLOSED:
        return choice
    if kind is not Kind.PERSON or sender.role in {Role.AGENT, Role.OURSELVES}:
        return choice
    if choice.trust is Trust.ANOTHERS_ADDRESS:
        return choice
    if at - ticket.since <= duration.parse(desk.reopen_within):
        return choice
    reason = f"{ticket.number} has been closed for longer than {desk.reopen_within}"
    return replace(choice, ticket=None, continues=ticket, why=(*choice.why, reason))
