"""What each value of a template means, for its page in the documentation and for the console."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.templates.sandbox import declared
from gateway.templates.values import Value, samples

# One name stands for each audience.
_AUDIENCES: Mapping[str, str] = {
    "customers": "customer/acknowledge",
    "partners": "partner/case",
    "agents": "agent/new",
}

MEANINGS: Mapping[str, str] = {
    "desk.title": "the desk's title",
    "desk.address": "the first of its addresses",
    "ticket.number": "the case number; like all of `ticket` it is empty in a mail about no ticket",
    "ticket.status": "the status; customers read its label in their language",
    "ticket.phase": "`open`, `waiting` or `closed`",
    "ticket.severity": "the severity; may be empty",
    "ticket.type": "the type; may be empty",
    "ticket.opened_at": "when the ticket was opened",
    "ticket.since": "since when it has its status",
    "ticket.subject": "what its first mail was called",
    "ticket.assignee": "the agent whose ticket it is; may be empty",
    "ticket.group": "the group whose ticket it is; may be empty",
    "ticket.organisation": "the requester's organisation; may be empty",
    "ticket.resolution": "the kind of solution that it ended in; may be empty",
    "ticket.product": "the product that it is about; may be empty",
    "ticket.tags": "its tags",
    "ticket.time_spent": "the time spent on it",
    "language": "the language of the template, by its two letters",
    "subject": "what the matter is called, without number and prefixes; empty in an automatic "
    "answer to somebody whom nobody vouches for",
    "person.name": "whom the mail is to; may be empty",
    "text": "what is passed on, such as an agent's answer or what a customer wrote; may be empty",
    "cut": "whether the text goes on in an attached file, as it does above 64 Ki characters",
    "files": "what is too large to go along; `url` is empty where no page is served",
    "defects": "known defects that the case is about; `url` may be empty",
    "other": "the number of a further case: in `customer/merged` of the one that was merged",
    "articles": "articles that may help, the best first; `url` may be empty",
    "missing": "what a good report would say beside, in the words of the desk's `[[detail]]`",
    "level": "the customer's level of support; may be empty",
    "partner.name": "the customer's partner, such as their reseller; may be empty",
    "partner.address": "the partner's address; may be empty",
    "promises": "in `customer/acknowledge` when the desk's targets are due, the soonest first; "
    "`label` is what the target is called in the language of the mail",
    "open": "whether somebody of the desk works as the mail comes, 1 or 0; empty, like the two "
    "that follow, where the desk has no `opening_hours`",
    "opens_at": "when the desk opens next; empty while it is open",
    "holiday": "what the day is called on which the desk is closed; empty on other days",
    "closes_at": "when the case closes by itself if nobody writes; empty where it does not",
    "feedback_url": "where the customer can say how content they are; empty where nobody asks",
    "case_url": "where the customer can look at their case; empty where the desk has "
    "no `case_page`, or nobody vouches for the sender",
    "defect.number": "in `customer/defect-fixed` the defect that is fixed",
    "defect.url": "where it can be read about; may be empty",
    "defect.version": "the version in which it is fixed; may be empty",
    "author": "who wrote the text: name and address",
    "facts": "what is known of the customer; a name is a column of the directory",
    "addresses": "whom the customer wrote to as well; in `agent/bounced` who was not reached",
    "proposals": "likely duplicates; `why` is `signature`, `text` or `subject`",
    "lines": "in `agent/transcript` what came of each command",
    "held.reason": "in `agent/held` and `agent/confirm` why the mail waits",
    "held.author": "who wrote the mail that waits",
    "held.subject": "its subject",
    "history": "what was said on the ticket before, oldest first",
    "timer": "the name of the timer that has fired",
    "target.name": "the target that the timer watches, by its name; may be empty",
    "target.label": "what it is called in the language of the mail, else its name",
    "target.due": "when it is due, or was",
    "stars": "in `agent/rated` how many stars the customer gave, of 5; `text` is their comment",
    "period.begin": "in `agent/report` the first day that the report is about",
    "period.end": "the last day",
}


@dataclass(frozen=True, slots=True)
class Offered:
    """A value that templates may say: its name, its kind, the mails that offer it, its meaning."""

    name: str
    kind: str
    audiences: tuple[str, ...]
    meaning: str


def offered_values() -> Iterator[Offered]:
    """Give every value in the order in which templates declare them."""
    found: dict[str, tuple[Value, list[str]]] = {}
    for audience, name in _AUDIENCES.items():
        for key, value in _flat(declared(samples(name))):
            found.setdefault(key, (value, []))[1].append(audience)
    for key, (value, audiences) in found.items():
        yield Offered(key, _kind(value), tuple(audiences), MEANINGS[key])


def table() -> Iterator[str]:
    """Give the values as the lines of a table in Markdown."""
    yield "| value | kind | in mails to | meaning |"
    yield "|---|---|---|---|"
    for one in offered_values():
        everybody = len(one.audiences) == len(_AUDIENCES)
        to = "everybody" if everybody else ", ".join(one.audiences)
        yield f"| `{one.name}` | {one.kind} | {to} | {one.meaning} |"


def _flat(values: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from ((f"{key}.{inner}", one) for inner, one in _flat(value))
        else:
            yield key, value


def _kind(value: Value) -> str:
    if isinstance(value, datetime):
        return "time"
    if isinstance(value, timedelta):
        return "length of time"
    if not isinstance(value, tuple):
        return "text" if isinstance(value, str) else "number"
    first = value[0] if value else ""
    if isinstance(first, Mapping):
        parts = ", ".join(f"`{key}`" for key in first)
        return f"list of {parts}"
    return "list of texts"
