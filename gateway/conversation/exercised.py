"""Which rules, templates and statuses of the desks a conversation put to use."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from gateway.conversation.played import Kind, Part, SentMail

# The actor of an event that a rule made: this, and the rule's name.
_BY_RULE = "rule "


def exercised(
    tickets: Iterable[Mapping[str, Any]],
    traces: Iterable[tuple[str, Mapping[str, Any]]],
    sent: Sequence[SentMail],
    desk_of: Callable[[str], str],
) -> frozenset[Part]:
    """Give what was put to use: rules that hit, templates that were sent, statuses of tickets.

    `tickets` are as `show --json` has them, `traces` are of mails with the desk of each. `desk_of`
    gives whose an address is.
    """
    return frozenset(
        (
            *_of_tickets(tickets),
            *(Part(desk, Kind.RULE, name) for desk, trace in traces for name in _hits(trace)),
            *(
                Part(desk_of(one.mail.author.address), Kind.TEMPLATE, one.template)
                for one in sent
                if one.mail.author
            ),
        )
    )


def _of_tickets(tickets: Iterable[Mapping[str, Any]]) -> Iterator[Part]:
    """Give the statuses that tickets had, and the rules that are named where they changed one.

    Of a timer there is no trace but what became of its ticket.
    """
    for ticket in tickets:
        for event in ticket["events"]:
            if event["actor"].startswith(_BY_RULE):
                yield Part(ticket["desk"], Kind.RULE, event["actor"].removeprefix(_BY_RULE))
            for change in event["changes"]:
                if change["field"] == "status":
                    yield Part(ticket["desk"], Kind.STATUS, change["value"])


def _hits(trace: Mapping[str, Any]) -> Iterator[str]:
    return (one["rule"] for one in trace.get("rules", ()) if one["hit"])
