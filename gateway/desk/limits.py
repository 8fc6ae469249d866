"""No loops, no floods: what a decision wants sent and may not be, taken out of it.

A mail is withheld that goes to one of our own addresses, to an address to which mail comes back, to
the author of a storm, or beyond a limit (`desk/tally.py`). Nothing else of the decision changes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from gateway.config.address import canonical
from gateway.config.settings import Sending
from gateway.desk.case import Case
from gateway.desk.decision import Decision, Reply, Touched, Unmuted
from gateway.desk.known import Known
from gateway.desk.lately import Sendings
from gateway.desk.person import Person
from gateway.desk.tally import Limited, Tally, is_counted
from gateway.desk.ticket import Event, EventKind, Ticket
from gateway.mail.model import Kind
from gateway.mail.topic import topic


@dataclass(frozen=True, slots=True)
class Standing:
    """Who stands behind the people that a decision writes to.

    Somebody vouches for the addresses in `vouched`, and for all where `all_vouched`: an agent
    prompted what nobody has asked for. `writer` is whose mail is decided on, "" if nobody's;
    `failed` says that their domain disowns it, `storm` why they get no automatic mail, and `person`
    that it is no machine's. `news` counts what agents were told in the last hour, by ticket.
    """

    vouched: frozenset[str] = frozenset()
    all_vouched: bool = False
    writer: str = ""
    failed: bool = False
    storm: str = ""
    person: bool = False
    news: tuple[tuple[int, int], ...] = ()


def of_mail(case: Case) -> Standing:
    """Say who stands behind whom when a mail is decided on."""
    sender = case.sender
    storm = case.known.arrivals.stormed and not sender.proven
    # The directory names them, in a column of somebody who is in it.
    partners = {one.address for one in case.ruling.copies}
    own = {sender.address} if sender.vouched else set[str]()
    return Standing(
        vouched=_in_directory(case.known) | own | partners,
        all_vouched=sender.proven,
        writer=sender.address,
        failed=sender.failed and not sender.vouched,
        storm="they send more mail than a person writes" if storm else "",
        person=case.kind.kind is Kind.PERSON,
        news=case.known.news,
    )


def of_timer(ticket: Ticket, person: Person | None, told: int = 0) -> Standing:
    """Say who stands behind whom when a timer is due; an answered case is known to be genuine.

    `told` counts what agents were told of the ticket in the last hour.
    """
    return Standing(
        vouched=frozenset((person.address, *person.aliases)) if person else frozenset(),
        all_vouched=bool(ticket.answered_by),
        news=((ticket.id, told),),
    )


def unanswered(wanted: Decision, allowed: Decision) -> bool:
    """Say whether a canned answer may not go out: somebody has to see to the mail then."""
    sent = {reply.template for reply in allowed.replies}
    return any(reply.canned and reply.template not in sent for reply in wanted.replies)


class Sent(Limited, Protocol):
    """A mail that is about to be queued."""

    @property
    def recipient(self) -> str: ...  # noqa: D102  the class says it
    @property
    def ticket(self) -> int: ...  # noqa: D102


class Restraint:
    """What may be sent by mails that are decided on together."""

    def __init__(
        self, sending: Sending, before: Iterable[Sendings], is_ours: Callable[[str], bool]
    ) -> None:
        """Begin with what was sent before to all to whom the decisions may write."""
        self._tally = Tally(sending, before)
        self._most_news = sending.news_hour
        self._is_ours = is_ours

    def restrain(self, decision: Decision, standing: Standing, now: datetime) -> Decision:
        """Give the decision without the mails that may not be sent, and with why.

        What remains says what its limits go by. It counts only once it is added.
        """
        full = frozenset(ticket for ticket, sent in standing.news if sent >= self._most_news)
        work = _Work(self._tally.copy(), standing, full, self._is_ours, now)
        own = work.on(Touched(decision.ticket, decision.events, replies=decision.replies))
        others = tuple(work.on(touched) for touched in decision.others)
        consequences = decision.consequences
        if standing.person and self._tally.muted(standing.writer):
            consequences += (Unmuted(standing.writer),)
        return replace(
            decision,
            events=own.events,
            replies=own.replies,
            others=others,
            withheld=(*decision.withheld, *work.withheld),
            consequences=consequences,
        )

    def add(self, mails: Iterable[Sent]) -> None:
        """Count mails that are about to be queued."""
        for mail in mails:
            self._tally.add(mail, mail.recipient, mail.ticket)


def unasked(decision: Decision, asked: Iterable[str]) -> tuple[str, ...]:
    """Give the recipients of counted mails of whom nobody asked what they got before."""
    known = frozenset(asked)
    touched = (decision.replies, *(other.replies for other in decision.others))
    replies = (reply for some in touched for reply in some if is_counted(reply))
    return tuple(dict.fromkeys(r.to.address for r in replies if r.to.address not in known))


class _Work:
    """One decision's mails, counted as they are let through."""

    def __init__(
        self,
        tally: Tally,
        standing: Standing,
        told: frozenset[int],
        is_ours: Callable[[str], bool],
        now: datetime,
    ) -> None:
        self._tally = tally
        self._standing = standing
        self._told = told
        self._is_ours = is_ours
        self._now = now
        self.withheld: list[str] = []

    def on(self, touched: Touched) -> Touched:
        """Give a ticket's part of the decision without what may not be sent."""
        about = topic(_subject(touched))
        ticket = touched.ticket.id if touched.ticket else 0
        sent: list[Reply] = []
        events: list[Event] = []
        for wanted in touched.replies:
            reply = self._stamped(wanted, about)
            if why := self._why_not(reply, ticket):
                line = f"{reply.template} to {reply.to.address}: {why}"
                self.withheld.append(line)
                # Agents are told as one, so it is said once of them all.
                if not (reply.to_agent and any(e.why.startswith(reply.template) for e in events)):
                    events.append(Event(EventKind.WITHHELD, self._now, "casepost", line))
            else:
                self._tally.add(reply, reply.to.address, ticket)
                sent.append(reply)
        said = (*touched.events, *events) if touched.events else ()
        return replace(touched, events=said, replies=tuple(sent))

    def _stamped(self, reply: Reply, about: str) -> Reply:
        standing, address = self._standing, reply.to.address
        return replace(
            reply,
            prompted=standing.all_vouched and reply.unasked,
            topic=topic(reply.subject) if reply.subject else about,
            vouched=standing.all_vouched or address in standing.vouched,
            failed=standing.failed and address == standing.writer,
        )

    def _why_not(self, reply: Reply, ticket: int) -> str:
        address = reply.to.address
        if not _is_canonical(address):
            return "it is not an address in its one spelling"
        if self._is_ours(address):
            return "it is one of our own addresses"
        if not is_counted(reply):
            full = reply.to_agent and ticket in self._told
            return "agents were told of the case often enough for an hour" if full else ""
        wrote = address == self._standing.writer
        if wrote and self._standing.storm:
            return self._standing.storm
        muted = self._tally.muted(address)
        if muted and not (wrote and self._standing.person):
            return muted
        return self._tally.excess(reply, address, ticket)


def _subject(touched: Touched) -> str:
    """Give a ticket's subject after its events."""
    changes = (c for e in reversed(touched.events) for c in e.changes if c.field == "subject")
    found = next(changes, None)
    if found is not None:
        return found.value
    return touched.ticket.subject if touched.ticket else ""


def _is_canonical(address: str) -> bool:
    try:
        return canonical(address) == address
    except ValueError:
        return False


def _in_directory(known: Known) -> frozenset[str]:
    people = (*known.people, *known.partners, known.person, known.original)
    return frozenset(a for p in people if p is not None for a in (p.address, *p.aliases))
