"""What the commands of a mail have done so far: each sees what those before it did."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.config.desk import Desk
from gateway.desk.case import Case
from gateway.desk.commands.model import CommandOutcome
from gateway.desk.decision import NOTHING, Consequence, Content, Reply, Touched
from gateway.desk.known import ReplyRole
from gateway.desk.lifecycle import fold
from gateway.desk.ticket import Change, Event, EventKind, Ticket
from gateway.mail.model import Mailbox


class Refused(Exception):
    """A command is wrong: nothing of the mail is done. Bears what its line in a transcript says."""

    def __init__(self, outcome: CommandOutcome, value: str = "") -> None:
        """Refuse a command for this reason."""
        super().__init__(outcome, value)
        self.outcome = outcome
        self.value = value


@dataclass(frozen=True, slots=True)
class Work:
    """What is done so far.

    `found` is the ticket as it was found, None if it is opened now or there is none; `ticket` as
    the commands leave it. `said` are texts that are added to the agent's own. `notice` is the
    template by which the ticket's people are told that it is solved or closed, "" if they are not.
    `canned` are the canned answers that go out; `silent` says that the mail's text goes to no
    customer.
    """

    case: Case
    now: datetime
    found: Ticket | None
    ticket: Ticket | None
    events: tuple[Event, ...] = ()
    replies: tuple[Reply, ...] = ()
    links: tuple[int, ...] = ()
    others: tuple[Touched, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    said: tuple[str, ...] = ()
    notice: str = ""
    canned: tuple[str, ...] = ()
    silent: bool = False

    @property
    def agent(self) -> str:
        """Give the address of the agent whose commands these are."""
        return self.case.sender.address

    @property
    def desk(self) -> Desk:
        """Give the desk."""
        return self.case.desk

    @property
    def about(self) -> Ticket:
        """Give the ticket that the commands are about. Raises Refused if there is none."""
        if self.ticket is None:
            raise Refused(CommandOutcome.NEEDS_CASE)
        return self.ticket

    def event(self, kind: EventKind, why: str, *changes: Change) -> Event:
        """Give an event of now, by this agent."""
        return Event(kind, self.now, self.agent, why, changes)

    def then(self, *events: Event) -> "Work":
        """Add events of the ticket that the commands are about."""
        return replace(self, events=(*self.events, *events), ticket=fold(self.about, events))

    def now_is(self, ticket: Ticket) -> Ticket:
        """Give a known ticket as the commands so far leave it."""
        if self.ticket is not None and ticket.id == self.ticket.id:
            return self.ticket
        touched = self._touched(ticket.id)
        return fold(ticket, touched.events) if touched else ticket

    def on(
        self,
        ticket: Ticket,
        *events: Event,
        links: tuple[int, ...] = (),
        replies: tuple[Reply, ...] = (),
    ) -> "Work":
        """Add events, links and mails of any known ticket."""
        if self.ticket is not None and ticket.id == self.ticket.id:
            return replace(self.then(*events), links=(*self.links, *links)).tell(*replies)
        before = self._touched(ticket.id) or Touched(self.case.known.ticket(ticket.id))
        after = replace(
            before,
            events=(*before.events, *events),
            links=(*before.links, *links),
            replies=(*before.replies, *replies),
        )
        others = tuple(one for one in self.others if one is not before)
        return replace(self, others=(*others, after))

    def also(self, *consequences: Consequence) -> "Work":
        """Add what changes beside tickets."""
        return replace(self, consequences=(*self.consequences, *consequences))

    def tell(self, *replies: Reply) -> "Work":
        """Add mails about the ticket."""
        return replace(self, replies=(*self.replies, *replies))

    def to_customer(
        self,
        ticket: Ticket,
        template: str,
        address: str,
        *,
        automatic: bool,
        content: Content = NOTHING,
    ) -> Reply:
        """Give a mail to somebody on a ticket, in their language, or else the ticket's."""
        person = self.case.known.in_directory(address)
        language = person.language if person else ""
        return Reply(
            template,
            Mailbox(person.name if person else "", address),
            language if language in self.desk.languages else ticket.language,
            automatic=automatic,
            unasked=automatic,
            content=content,
            reply_role=ReplyRole.CUSTOMER,
        )

    def _touched(self, ticket_id: int) -> Touched | None:
        return next((t for t in self.others if t.ticket and t.ticket.id == ticket_id), None)


@dataclass(frozen=True, slots=True)
class Done:
    """The work after a command, and what its line in the transcript says."""

    work: Work
    outcome: CommandOutcome
    value: str = ""


Act = Callable[[Work, str], Done]
"""Carries one command out, given the words after it. Raises Refused if it is wrong."""
