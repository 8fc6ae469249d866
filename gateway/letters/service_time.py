"""What a template may say of time: what is promised, when the desk works, what a timer is about."""

from collections.abc import Mapping

from gateway.config.desk import Desk
from gateway.desk.calendar import known_zone
from gateway.desk.closing import closes_at
from gateway.desk.decision import Content, Reply
from gateway.desk.ticket import Ticket
from gateway.templates import Value

# Audiences that work with the desk, by its clock.
_OURS = ("agent/", "partner/")


def of_time(desk: Desk, ticket: Ticket | None, reply: Reply) -> dict[str, Value]:
    """Give the values of a reply's template that are times, or are about them."""
    content = reply.content
    closing = closes_at(ticket, desk) if ticket else None
    promises: tuple[Value, ...] = tuple(
        {
            "name": one.target,
            "label": target_label(desk, one.target, reply.language),
            "due": one.due,
        }
        for one in content.promises
    )
    return {
        "promises": promises,
        "closes_at": closing or "",
        "timer": content.timer,
        "target": _target(desk, content, reply.language),
        "period": _period(content),
        **_hours(content),
    }


def zone_of(ticket: Ticket | None, reply: Reply) -> str:
    """Give the zone that a reply's times are written in, "" for the desk's.

    Customers read their requester's, agents and partners the desk's.
    """
    if ticket is None or reply.template.startswith(_OURS):
        return ""
    return ticket.timezone if known_zone(ticket.timezone) else ""


def _hours(content: Content) -> Mapping[str, Value]:
    """Give the desk's hours, nothing where it says nothing of them."""
    found = content.availability
    if found is None:
        return {}
    return {
        "open": int(found.is_open),
        "opens_at": found.opens_at or "",
        "holiday": found.holiday,
    }


def _target(desk: Desk, content: Content, language: str) -> Value:
    """Give the target that the timer watches which has fired."""
    name = next((one.target for one in desk.timer if one.name == content.timer), "")
    if not name:
        return {}
    return {"name": name, "label": target_label(desk, name, language), "due": content.due or ""}


def _period(content: Content) -> Value:
    if content.period is None:
        return {}
    begin, end = content.period
    return {"begin": begin, "end": end}


def target_label(desk: Desk, target: str, language: str) -> str:
    """Give what people read in place of a target's name, its name if that is all there is."""
    labels = (one.labels.get(language) for one in desk.target if one.name == target)
    return next((label for label in labels if label), target)
