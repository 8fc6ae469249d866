"""What became of a mail, in a form in which then and now can be compared."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.desk.case import Case
from gateway.desk.decision import Decision, Outcome, Reason
from gateway.desk.lifecycle import blank, fold
from gateway.desk.ticket import Event, Ticket
from gateway.store.past import Decided, Recalled

A_NEW_CASE = "a new case"
NOTHING = "-"

# As limits say which mail they keep back.
_WITHHELD = re.compile(r"(\S+/\S+) to (\S+): ")
_RULE = "rule "


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a mail.

    `thread` is the case number that it came to, or that it opened one. `answers` are the mails to
    customers and partners, `told` those to agents, each with its template and address; `withheld`
    are those that were kept back by an address or a limit. `ticket` is the one that it belongs to,
    after it, None if that is not to be had. `hits` are the rules that hit, and `set_by` names the
    rule that gave a field its value.
    """

    desk: str
    outcome: str
    thread: str
    answers: frozenset[str]
    told: frozenset[str]
    withheld: frozenset[str]
    ticket: Ticket | None
    hits: frozenset[str]
    set_by: Mapping[tuple[str, str], str]


def then(mail: Decided, recalled: Recalled) -> Became:
    """Give what became of a mail, from what was stored of it."""
    decision = table(mail.trace.get("decision"))
    replies = [table(one) for one in rows(decision.get("replies"))]
    sent = [(str(one.get("mail")), str(one.get("to")), str(one.get("language"))) for one in replies]
    outcome = f"{decision.get('outcome')}: {mail.reason}"
    if mail.reason == Reason.DROPPED.value:
        outcome = Outcome.HELD.value  # Why is not known any more.
    rules = (table(one) for one in rows(mail.trace.get("rules")))
    return Became(
        desk=mail.desk,
        outcome=outcome,
        thread=_thread(recalled.before, recalled.after, on_a_ticket=mail.ticket is not None),
        answers=_answers(sent),
        told=_told(sent),
        withheld=_withheld(map(str, rows(decision.get("withheld")))),
        ticket=recalled.after,
        hits=frozenset(str(one.get("rule")) for one in rules if one.get("hit")),
        set_by=_set_by(recalled.events),
    )


def now(case: Case, decision: Decision) -> Became:
    """Give what becomes of a mail by today's files."""
    others = (reply for touched in decision.others for reply in touched.replies)
    replies = (*decision.replies, *others)
    sent = [(one.template, one.to.address, one.language) for one in replies]
    ticket = None
    if decision.events:
        begun = decision.ticket or blank(0, "", case.desk.name, decision.events[0].at)
        ticket = fold(begun, decision.events)
    return Became(
        desk=case.desk.name,
        outcome=f"{decision.outcome.value}: {decision.reason.value}",
        thread=_thread(decision.ticket, ticket, on_a_ticket=bool(decision.events)),
        answers=_answers(sent),
        told=_told(sent),
        withheld=_withheld(decision.withheld),
        ticket=ticket,
        hits=frozenset(one.rule for one in case.ruling.verdicts if one.hit),
        set_by=_set_by(decision.events),
    )


def table(value: object) -> Mapping[str, object]:
    """Give a table of a trace; an empty one for whatever else stands there."""
    return value if isinstance(value, Mapping) else {}


def rows(value: object) -> list[object]:
    """Give a list of a trace; an empty one for whatever else stands there."""
    return value if isinstance(value, list) else []


def _thread(before: Ticket | None, after: Ticket | None, *, on_a_ticket: bool) -> str:
    if not on_a_ticket:
        return NOTHING
    if after is None:
        return ""
    return before.number if before is not None else A_NEW_CASE


def _answers(sent: Iterable[tuple[str, str, str]]) -> frozenset[str]:
    theirs = (one for one in sent if not one[0].startswith("agent/"))
    return frozenset(f"{template} to {to} ({language})" for template, to, language in theirs)


def _told(sent: Iterable[tuple[str, str, str]]) -> frozenset[str]:
    agents = (one for one in sent if one[0].startswith("agent/"))
    return frozenset(f"{template} to {to}" for template, to, _ in agents)


def _withheld(lines: Iterable[str]) -> frozenset[str]:
    found = (_WITHHELD.match(line) for line in lines)
    return frozenset(f"{one[1]} to {one[2]}" for one in found if one)


def _set_by(events: Iterable[Event]) -> dict[tuple[str, str], str]:
    return {
        (change.field, change.value): event.actor.removeprefix(_RULE)
        for event in events
        if event.actor.startswith(_RULE)
        for change in event.changes
    }
