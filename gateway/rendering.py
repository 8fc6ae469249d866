"""From a decision to what will be written and sent: ids, case numbers, composed mails."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.config.desk import Desk
from gateway.desk.agents_answer import ANSWER
from gateway.desk.automatic_answer import ACKNOWLEDGE
from gateway.desk.decision import Decision, Reply, Touched
from gateway.desk.lifecycle import blank, fold
from gateway.desk.opened_here import resolved
from gateway.desk.targets import nearest
from gateway.desk.ticket import Change, EntryKind, Event, EventKind, Ticket
from gateway.desk.timers import timers
from gateway.house import House
from gateway.letters import Occasion, write
from gateway.store.effects import Arrival, Effects
from gateway.store.numbers import ENTRY, TICKET, case_of
from gateway.store.outbox import Outgoing

# What says best why tickets are linked; else it is why the mail became what it did.
_LINKING = frozenset({EventKind.MERGED, EventKind.SPLIT, EventKind.ADOPTED})


@dataclass(slots=True)
class Numbered:
    """The numbers given to one mail's effects, until somebody else turns out to have them.

    `opened` are id and case number of each ticket that it opens.
    """

    opened: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A decision with everything that it leads to, ready to be written.

    `ticket` is the one that the decision is about, after its events. `effects` are what becomes of
    it and of all others; `outgoing` are the mails that are about none. `ruled` are the rules that
    hit for a timer, where one led to it.
    """

    decision: Decision
    ticket: Ticket | None
    effects: tuple[Effects, ...]
    outgoing: tuple[Outgoing, ...]
    ruled: tuple[str, ...] = ()

    @property
    def mails(self) -> tuple[Outgoing, ...]:
        """Give all mails that are queued."""
        return (*self.outgoing, *(mail for one in self.effects for mail in one.outgoing))


def render(
    house: House,
    about: Occasion,
    decision: Decision,
    numbered: Numbered,
    now: datetime,
    arrival: Arrival | None = None,
) -> Rendered:
    """Give each ticket after the decision's events, its timers, and all replies as bytes.

    `arrival` is the mail that was decided on. Raises ValueError for a decision that touches one
    ticket twice.
    """
    found = _found(house, about.desk, decision, numbered, now)
    decision = resolved(decision, found)
    others = tuple(_told(touched, now) for touched in decision.others)
    effects = [
        _effects(house, about, touched, found[place], decision.reason.value, now)
        for place, touched in enumerate(others, 1)
    ]
    if not decision.events:
        mails = (write(house, about, None, reply, 0, now) for reply in decision.replies)
        outgoing = tuple(replace(mail, entry=None) for mail in mails)
        return Rendered(replace(decision, others=others), None, tuple(effects), outgoing)
    own = _told(_own(decision), now)
    first = _effects(house, about, own, found[0], decision.reason.value, now)
    decision = replace(decision, events=own.events, others=others)
    effects.insert(0, replace(first, arrival=arrival))
    return Rendered(decision, first.ticket, tuple(effects), ())


def _found(
    house: House, desk: Desk, decision: Decision, numbered: Numbered, now: datetime
) -> dict[int, Ticket]:
    """Give the tickets that a decision touches, by their places; new ones get id and number."""
    places = {0: decision.ticket} if decision.events else {}
    places |= {place: touched.ticket for place, touched in enumerate(decision.others, 1)}
    found = {}
    opened = 0
    for place, ticket in places.items():
        if ticket is None:
            ticket_id, number = _numbers(house, desk, numbered, opened)
            found[place] = blank(ticket_id, number, desk.name, now)
            opened += 1
        else:
            found[place] = ticket
    if len({ticket.id for ticket in found.values()}) < len(found):
        raise ValueError("a decision touches one ticket twice")
    return found


def _numbers(house: House, desk: Desk, numbered: Numbered, place: int) -> tuple[int, str]:
    if place == len(numbered.opened):
        pattern = house.patterns[desk.name]
        number = pattern.format(house.numbers.take(case_of(pattern)))
        numbered.opened.append((house.numbers.take(TICKET), number))
    return numbered.opened[place]


def _own(decision: Decision) -> Touched:
    return Touched(
        ticket=decision.ticket,
        events=decision.events,
        entry=decision.entry,
        note=decision.note,
        replies=decision.replies,
        links=decision.links,
    )


def _told(touched: Touched, now: datetime) -> Touched:
    """Add the events that say who is answered and which agents are told.

    A ticket remembers the canned answers that go out, and no others, and how many articles were
    suggested.
    """
    answered = [
        Event(
            EventKind.ANSWERED,
            now,
            "casepost",
            f"{reply.template} to {reply.to.address}",
            tuple(_remembered(reply)),
        )
        for reply in touched.replies
        if not reply.to_agent
    ]
    notified: dict[str, list[str]] = {}
    for reply in touched.replies:
        if reply.to_agent:
            notified.setdefault(reply.template, []).append(reply.to.address)
    if notified:
        why = "; ".join(f"{name} to {', '.join(agents)}" for name, agents in notified.items())
        answered.append(Event(EventKind.NOTIFIED, now, "casepost", why))
    return replace(touched, events=(*touched.events, *answered))


def _remembered(reply: Reply) -> Iterator[Change]:
    if reply.canned:
        yield Change("canned", reply.template)
    if reply.template == ACKNOWLEDGE and reply.content.articles:
        yield Change("suggested", str(len(reply.content.articles)))


def _effects(
    house: House, about: Occasion, touched: Touched, found: Ticket, reason: str, now: datetime
) -> Effects:
    ticket = fold(found, touched.events)
    # Entries of one moment stand in the order of their ids, and the mail comes before its answer.
    entry_id = house.numbers.take(ENTRY) if touched.entry else 0
    note_id = house.numbers.take(ENTRY) if touched.note else 0
    mails = _mails(house, about, ticket, touched, entry_id, now)
    return Effects(
        touched=touched,
        ticket=ticket,
        timers=timers(ticket, about.desk),
        outgoing=mails,
        entry_id=entry_id,
        note_id=note_id,
        why=_why_linked(touched.events, reason),
        nearest=nearest(ticket, about.desk),
    )


def _why_linked(events: Sequence[Event], reason: str) -> str:
    return next((event.kind.value for event in events if event.kind in _LINKING), reason)


def _mails(
    house: House, about: Occasion, ticket: Ticket, touched: Touched, entry_id: int, now: datetime
) -> tuple[Outgoing, ...]:
    """Give the replies on a ticket as mails, with the entries that they are.

    What an agent says is one entry, to however many people it goes: their answer, or a canned one
    that they chose. What agents are told is none. Any other mail is an entry by itself.
    """
    said: dict[str, int] = {}
    if touched.entry is not None and touched.entry.kind is EntryKind.ANSWER:
        said[ANSWER] = entry_id
    mails = []
    for reply in touched.replies:
        own = not reply.to_agent and (reply.automatic or reply.template not in said)
        bears = house.numbers.take(ENTRY) if own else said.get(reply.template, 0)
        mail = write(house, about, ticket, reply, bears, now)
        if not own:
            mail = replace(mail, entry=None) if mail.entry is not None else mail
        elif not reply.automatic and mail.entry is not None:
            mail = replace(mail, entry=replace(mail.entry, kind=EntryKind.ANSWER))
            said[reply.template] = bears
        mails.append(mail)
    return tuple(mails)
