"""Below which of our mails a mail stands in its recipient's mail program.

It names only mails that the recipient has, so that what goes to a customer says nothing of the
mails that agents exchange with us about their case.
"""

from dataclasses import replace

from gateway.desk.decision import Decision, Reply
from gateway.desk.known import Known
from gateway.desk.ticket import Ticket


def threaded(decision: Decision, known: Known) -> Decision:
    """Give the decision with the references of all mails about tickets that are there already."""
    others = (
        replace(one, replies=_threaded(one.replies, one.ticket, known)) for one in decision.others
    )
    return replace(
        decision,
        replies=_threaded(decision.replies, decision.ticket, known),
        others=tuple(others),
    )


def _threaded(replies: tuple[Reply, ...], ticket: Ticket | None, known: Known) -> tuple[Reply, ...]:
    if ticket is None:
        return replies
    return tuple(
        reply
        if reply.references
        else replace(reply, references=known.given_on(ticket.id, reply.to.address))
        for reply in replies
    )
