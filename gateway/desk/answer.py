"""What an agent writes: commands first, then an answer or a note.

An answer goes to all who take part, from the desk's address, in the words that the agent wrote
newly and in no others: nothing of what we told the agent, or of who they are, goes with it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from gateway.config.desk import Phase
from gateway.desk import holding, lifecycle, news
from gateway.desk.agents_answer import answer, mail_to, passed_on, recipients
from gateway.desk.case import Case
from gateway.desk.commands.admission import held_mail
from gateway.desk.commands.carry_out import Carried, carry_out
from gateway.desk.commands.model import CommandOutcome
from gateway.desk.commands.usage import help_lines
from gateway.desk.decision import (
    Content,
    Decision,
    Line,
    Outcome,
    Reason,
    Reply,
    Touched,
)
from gateway.desk.in_our_name import in_our_name
from gateway.desk.incident import is_meant_for_all
from gateway.desk.known import ReplyRole
from gateway.desk.noted import Noted, by_note
from gateway.desk.ticket import Direction, Entry, EntryKind, Event, EventKind, Ticket
from gateway.desk.transcript import transcript, transcript_of_done
from gateway.desk.unsent import waiting, wrong
from gateway.desk.whom import whom

_MOST_CHILDREN = 1000
_NOTICES = frozenset({"customer/resolved", "customer/closed"})


def acts_as_agent(case: Case) -> bool:
    """Say whether a proven agent writes as one, and not as somebody who asks for support.

    Colleagues ask, too: whoever takes part in a ticket acts as an agent on it by commands, or by
    the address that they got as one.
    """
    own = case.sender.address
    if case.commanded.any:
        return True
    if any(one.role is ReplyRole.AGENT and one.person == own for one in case.addressed):
        return True
    ticket = case.choice.ticket
    return ticket is not None and not ticket.has_on_it(own)


def agent_wrote(case: Case, now: datetime) -> Decision:
    """Decide what becomes of a proven agent's mail; the first line that fits holds."""
    about, ticket = held_mail(case), case.choice.ticket
    if about is not None:
        return holding.verdict(case, about, now)
    if not case.commanded.any and (ticket is None or case.forwards):
        return _kept(case, ticket, now)
    carried = carry_out(case, ticket, now)
    if carried.refused:
        return _refused(case, carried.lines, now)
    said = _said(case, carried)
    empty = not said and not passed_on(case)
    if lines := wrong(case, said=said, silent=carried.silent, empty=empty):
        return _refused(case, lines, now)
    if carried.ticket is not None and _answers(case, carried, said):
        to = recipients(case, carried.ticket)
        if not to:
            return _refused(case, (Line("", CommandOutcome.NOBODY_TO_SEND_TO),), now)
        if (waits := waiting(case, ticket, to)) is not None:
            return waits
    return _done(case, carried, said, now)


def _answers(case: Case, carried: Carried, said: str) -> bool:
    """Say whether something goes to those who take part, in the agent's name."""
    return carried.spoken or (bool(said or passed_on(case)) and not carried.silent)


def _said(case: Case, carried: Carried) -> str:
    """Give what the agent says: their own text, and what their commands add to it."""
    own = case.authored.text
    if not carried.silent:
        own = in_our_name(case.desk, case.sender.address, own)
    return "\n\n".join(part for part in (own, carried.text) if part)


def _refused(case: Case, lines: tuple[Line, ...], now: datetime) -> Decision:
    """Do nothing, and say why; what the agent wrote is kept with the mail alone."""
    ticket = case.choice.ticket
    why = Event(EventKind.WITHHELD, now, case.sender.address, "an agent's mail was refused")
    return Decision(
        Outcome.FILED,
        Reason.COMMANDS_REFUSED,
        ticket,
        events=(why,) if ticket is not None else (),
        replies=transcript(case, lines, text=case.authored.text, ticket=ticket),
    )


def _kept(case: Case, ticket: Ticket | None, now: datetime) -> Decision:
    """Keep what an agent forwards onto a ticket for agents to read; what is about none, refuse."""
    if ticket is None:
        return _refused(case, (Line("", CommandOutcome.NEEDS_CASE), *help_lines()), now)
    events = lifecycle.noted(case.sender.address, now)
    return Decision(Outcome.FILED, Reason.NOTED, ticket, events, _note(case, case.mail.text))


def _done(case: Case, carried: Carried, said: str, now: datetime) -> Decision:
    """Put together an answer or a note with what the commands came to.

    The answer comes first, so that the status that a command asks for is the one that remains.
    """
    ticket = carried.ticket
    events: tuple[Event, ...] = ()
    entry: Entry | None = None
    replies: tuple[Reply, ...] = ()
    answers = ticket is not None and _answers(case, carried, said)
    reason = Reason.COMMANDED
    if ticket is not None and carried.silent and (said or passed_on(case)):
        events, entry = lifecycle.noted(case.sender.address, now), _note(case, said)
        reason = Reason.NOTED
    elif ticket is not None and answers:
        events, reason = _answered(case, carried, now), Reason.ANSWERED
        entry, replies = answer(case, ticket, said)
    if carried.found is not None and not (events or carried.events):
        # So that the transcript, and the answer to it, are about the ticket.
        events = (Event(EventKind.CHANGED, now, case.sender.address, "commands changed nothing"),)
    noted = _noted(case, carried, said, now) if reason is Reason.NOTED else Noted()
    lines = (*carried.lines, *_to_whom(replies)) if carried.lines else ()
    others = _children(case, carried, said, now, answers=answers)
    return Decision(
        Outcome.FILED,
        Reason.OPENED_BY_AGENT if carried.opens else reason,
        carried.found,
        # What opens a ticket is its first event.
        events=(*carried.events, *events)
        if carried.opens
        else (*events, *carried.events, *noted.events),
        entry=entry,
        replies=(
            *replies,
            *carried.replies,
            *_told(case, carried, said),
            *noted.replies,
            *transcript_of_done(case, lines, carried.found or ticket),
        ),
        withheld=noted.skipped,
        links=carried.links,
        others=(*carried.others, *others),
        consequences=carried.consequences,
    )


def _note(case: Case, text: str) -> Entry:
    return Entry(
        EntryKind.NOTE,
        Direction.IN,
        case.received_at,
        case.sender.address,
        text,
        attachments=case.mail.attachments,
        internal=True,
    )


def _noted(case: Case, carried: Carried, said: str, now: datetime) -> Noted:
    """Ask what the rules make of a note; the note that begins a case is none of a case."""
    if carried.ticket is None or carried.opens:
        return Noted()
    return by_note(case, carried.ticket, said, now)


def _answered(case: Case, carried: Carried, now: datetime) -> tuple[Event, ...]:
    """Give the events of an answer; a status that commands ask for takes the place of its own."""
    ticket = carried.found or carried.ticket
    assert ticket is not None  # noqa: S101  there is no answer without
    events = lifecycle.agent_answered(case.desk, ticket, case.sender.address, now)
    return events[:1] if _moves(carried) else events


def _moves(carried: Carried) -> bool:
    """Say whether commands set the ticket's status, apart from opening it."""
    moving = (e for e in carried.events if e.kind is not EventKind.OPENED)
    return any(change.field == "status" for event in moving for change in event.changes)


def _children(
    case: Case, carried: Carried, said: str, now: datetime, *, answers: bool
) -> Iterator[Touched]:
    """Pass an answer on an incident, and the status that commands give it, on to its reports."""
    parent, moves = carried.found, _moves(carried)
    if parent is None or not (answers or moves) or not is_meant_for_all(case, parent):
        return
    touched = {one.ticket.id for one in carried.others if one.ticket}
    for child in case.known.children[:_MOST_CHILDREN]:
        if child.parent != parent.id or child.id in touched or child.phase is Phase.CLOSED:
            continue
        yield _child(case, child, carried, said if answers else None, now)


def _child(case: Case, child: Ticket, carried: Carried, said: str | None, now: datetime) -> Touched:
    """Give what becomes of one report of an incident; `said` is None where nothing is answered."""
    events: tuple[Event, ...] = ()
    entry: Entry | None = None
    replies: tuple[Reply, ...] = ()
    agent = case.sender.address
    moved = carried.ticket if _moves(carried) else None
    if said is not None:
        entry, replies = answer(case, child, said)
        events = lifecycle.agent_answered(case.desk, child, agent, now)
        events = events[:1] if moved else events
    if moved is not None:
        events += (lifecycle.moved(case.desk, moved.status, agent, "as its incident", now),)
    notices = {reply.template for reply in carried.replies} & _NOTICES
    told = child.everybody if child.answerable else child.participants
    replies += tuple(mail_to(case, child, name, one) for name in sorted(notices) for one in told)
    return Touched(child, events, entry, replies=replies)


def _to_whom(replies: Iterable[Reply]) -> tuple[Line, ...]:
    """Say in a transcript to whom the text went."""
    to = ", ".join(reply.to.address for reply in replies)
    return (Line("", CommandOutcome.ANSWERED, to),) if to else ()


def _told(case: Case, carried: Carried, said: str) -> tuple[Reply, ...]:
    """Tell the other agents of a case that one of them began, unless it is somebody's already."""
    if not carried.opens or carried.ticket is None:
        return ()
    ticket = carried.ticket
    agents = whom(case.desk, ticket.assignee, case.known.away, ticket.group)
    told = {reply.to.address for reply in carried.replies} | {case.sender.address}
    content = Content(text=said, author=case.sender.name)
    return news.news(case.desk, (a for a in agents if a.address not in told), news.NEW, content)
