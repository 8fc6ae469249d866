"""Tickets that a decision opens: what stands for their ids and numbers until they are rendered.

A place is 0 for the ticket that the mail belongs to, 1 for the first of the decision's `others`,
and so on.
"""

from collections.abc import Mapping
from dataclasses import replace

from gateway.desk.decision import Decision, Reply, Touched
from gateway.desk.ticket import Change, Event, Ticket

# Fields of a ticket that hold the id of another.
_IDS = frozenset({"parent", "merged_into"})


def id_at(place: int) -> int:
    """Give what stands for the id of the ticket at a place.

    It counts in `links` and, as text, in a change of `parent` or `merged_into`.
    """
    return -1 - place


def number_at(place: int) -> str:
    """Give what stands for the case number of the ticket at a place, as a transcript's value."""
    return f"\0{place}"


def resolved(decision: Decision, tickets: Mapping[int, Ticket]) -> Decision:
    """Give a decision with ids and numbers in place of what stands for them.

    `tickets` are those touched, by their places.
    """
    ids = {id_at(place): ticket.id for place, ticket in tickets.items()}
    numbers = {number_at(place): ticket.number for place, ticket in tickets.items()}
    own = Touched(decision.ticket, decision.events, replies=decision.replies, links=decision.links)
    own = _resolved(own, ids, numbers)
    return replace(
        decision,
        events=own.events,
        replies=own.replies,
        links=own.links,
        others=tuple(_resolved(touched, ids, numbers) for touched in decision.others),
    )


def _resolved(touched: Touched, ids: Mapping[int, int], numbers: Mapping[str, str]) -> Touched:
    return replace(
        touched,
        events=tuple(_event(event, ids) for event in touched.events),
        replies=tuple(_reply(reply, numbers) for reply in touched.replies),
        links=tuple(ids.get(link, link) for link in touched.links),
    )


def _event(event: Event, ids: Mapping[int, int]) -> Event:
    if not any(change.field in _IDS for change in event.changes):
        return event
    as_text = {str(placeholder): str(found) for placeholder, found in ids.items()}
    changes = tuple(
        Change(change.field, as_text.get(change.value, change.value))
        if change.field in _IDS
        else change
        for change in event.changes
    )
    return replace(event, changes=changes)


def _reply(reply: Reply, numbers: Mapping[str, str]) -> Reply:
    if not reply.content.lines:
        return reply
    lines = tuple(
        replace(line, value=numbers.get(line.value, line.value)) for line in reply.content.lines
    )
    return replace(reply, content=replace(reply.content, lines=lines))
