"""Which rules, templates, statuses, timers and escalations a conversation put to use."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from gateway.config.desk import Desk
from gateway.conversation.firings import firings
from gateway.conversation.played import Kind, Part, SentMail
from gateway.desk.ticket import EventKind

# The actor of an event that a rule made: this, and the rule's name.
_BY_RULE = "rule "


def exercised(
    tickets: Iterable[Mapping[str, Any]],
    traces: Iterable[tuple[str, Mapping[str, Any]]],
    sent: Sequence[SentMail],
    desk_of: Callable[[str], str],
    desks: Mapping[str, Desk],
) -> frozenset[Part]:
    """Give what was put to use: rules that hit, templates that were sent, what befell tickets.

    `tickets` are as `show --json` has them, `traces` are of mails with the desk of each. `desk_of`
    gives whose an address is.
    """
    return frozenset(
        (
            *_of_tickets(tickets, desks),
            *(Part(desk, Kind.RULE, name) for desk, trace in traces for name in _hits(trace)),
            *(
                Part(desk_of(one.mail.author.address), Kind.TEMPLATE, one.template)
                for one in sent
                if one.mail.author
            ),
        )
    )


def _of_tickets(tickets: Iterable[Mapping[str, Any]], desks: Mapping[str, Desk]) -> Iterator[Part]:
    """Give the statuses that tickets had, what fired on them, and how they were escalated.

    Beside that the rules that are named where they changed one: of a timer there is no trace but
    what became of its ticket.
    """
    for ticket in tickets:
        yield from (Part(ticket["desk"], Kind.TIMER, one.timer) for one in firings(ticket))
        for event in ticket["events"]:
            if event["kind"] == EventKind.ESCALATED.value:
                yield from _escalation(desks[ticket["desk"]], event["why"])
            if event["actor"].startswith(_BY_RULE):
                yield Part(ticket["desk"], Kind.RULE, event["actor"].removeprefix(_BY_RULE))
            for change in event["changes"]:
                if change["field"] == "status":
                    yield Part(ticket["desk"], Kind.STATUS, change["value"])


def _escalation(desk: Desk, why: str) -> Iterator[Part]:
    """Give the escalation that an event says it is of: that stands first."""
    named = [one.name for one in desk.escalation if why.startswith(one.name)]
    if named:
        yield Part(desk.name, Kind.ESCALATION, max(named, key=len))


def _hits(trace: Mapping[str, Any]) -> Iterator[str]:
    return (one["rule"] for one in trace.get("rules", ()) if one["hit"])
