"""Many reports of one incident: one ticket to work on, and all others its children.

Each of them keeps its number and its customer, who gets an acknowledgement as ever. Agents are told
once, of the parent, instead of each report; an answer on it goes to all (`desk/answer.py`).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from gateway.config.desk import Desk
from gateway.desk import news
from gateway.desk.alike import Likenesses
from gateway.desk.case import Case
from gateway.desk.decision import Content, Decision, Touched
from gateway.desk.likeness import Likeness
from gateway.desk.person import Fact
from gateway.desk.ticket import Change, Event, EventKind, Ticket
from gateway.desk.whom import whom

INCIDENT = "agent/incident"


def gathered(case: Case, decision: Decision, now: datetime) -> Decision:
    """Give the decision to open a ticket as one that makes it a report of an incident, if it is.

    What was opened at the same time as an incident was made, by another worker, is taken in by the
    next report.
    """
    if case.quiet or decision.ticket is not None or not decision.events:
        return decision
    alike = case.known.alike
    parent = alike.incident or _becomes(case.desk, alike)
    if parent is None:
        return decision
    others = [_adopted(t, parent, now) for t in alike.flood if t.id != parent.id and not t.parent]
    if alike.incident is None:
        others.insert(0, _parent(case, parent, now))
    return replace(
        decision,
        events=(*decision.events, _adoption(parent, now)),
        replies=tuple(reply for reply in decision.replies if not reply.to_agent),
        links=(*decision.links, *(() if parent.id in decision.links else (parent.id,))),
        withheld=(*decision.withheld, f"{news.NEW}: a report of incident {parent.number}"),
        others=(*decision.others, *others),
    )


def is_meant_for_all(case: Case, parent: Ticket) -> bool:
    """Say whether an agent's answer on the parent is meant for those who wrote the same.

    Whoever answers what one customer wrote, by their first mail or a later one, writes to that
    customer, and what they write may be nobody else's to read. Of all mails that an answer names,
    it is the newest that it answers.
    """
    own = case.sender.address
    told = [one for one in case.known.replied if (one.ticket, one.recipient) == (parent.id, own)]
    answered = max(told, key=lambda one: (one.queued_at, one.outbox), default=None)
    return answered is None or answered.template not in {news.NEW, news.REPLY}


def awaits_others(
    desk: Desk, like: Likeness, beside: Iterable[Likeness], alike: Likenesses
) -> bool:
    """Say whether a mail has to wait for those that open tickets at the same moment.

    One snapshot tells nothing of them; together they may be an incident, or reports of one crash.
    """
    others = list(beside)
    if desk.duplicates.join and like.signature and alike.signature is None:
        return any(other.signature == like.signature for other in others)
    if alike.incident is not None or not like.bands:
        return False
    bands = set(like.bands)
    near = sum(not bands.isdisjoint(other.bands) for other in others)
    return near > 0 and len(alike.flood) + near + 1 >= desk.incident.most


def _becomes(desk: Desk, alike: Likenesses) -> Ticket | None:
    """Give the ticket that becomes the parent of a flood: its oldest; None if it is none yet."""
    free = [ticket for ticket in alike.flood if not ticket.parent]
    return free[0] if len(free) + 1 >= desk.incident.most else None


def _adoption(parent: Ticket, now: datetime) -> Event:
    why = f"one of many reports of incident {parent.number}"
    return Event(EventKind.ADOPTED, now, "casepost", why, (Change("parent", str(parent.id)),))


def _adopted(ticket: Ticket, parent: Ticket, now: datetime) -> Touched:
    return Touched(ticket, (_adoption(parent, now),), links=(parent.id,))


def _parent(case: Case, parent: Ticket, now: datetime) -> Touched:
    """Say on the oldest report that it stands for all now, and tell agents."""
    reports = sum(not ticket.parent for ticket in case.known.alike.flood) + 1
    why = f"{reports} mails with nearly the same text within {case.desk.incident.within}"
    content = Content(
        text=case.reply_text or case.mail.text,
        author=case.sender.name or case.sender.address,
        facts=(Fact("reports", str(reports)), Fact("within", case.desk.incident.within)),
    )
    agents = whom(case.desk, parent.assignee, case.known.away, parent.group)
    told = news.news(case.desk, agents, INCIDENT, content)
    return Touched(parent, (Event(EventKind.ADOPTED, now, "casepost", why),), replies=told)
