"""Who wrote a mail, and what the store knows of it, as values.

All times are aware and UTC, all addresses canonical.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.desk.alike import NOTHING_ALIKE, Likenesses
from gateway.desk.entitled import Account
from gateway.desk.lately import NOTHING_LATELY, Arrivals, Sendings
from gateway.desk.person import Person
from gateway.desk.requested import Requested
from gateway.desk.ticket import Ticket

OPERATOR = "operator"
"""Who acts from the command line, in place of an agent's address."""


class Role(StrEnum):
    """Who a sender is to the desk."""

    CUSTOMER = "customer"
    AGENT = "agent"
    STRANGER = "stranger"
    OURSELVES = "ourselves"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail was taken for, how surely, and why.

    `address` is "" when nobody could be identified; of an alias in the directory it is the person's
    main address. `authentic` is True only when the author's domain vouched for the mail. `proven`
    says that the mail is beyond doubt an agent's of this desk who may act: exactly one clean From
    of an active agent, and authentic or by a reply address signed for that agent.
    `organisation` is what the person, or the domain of an authentic mail, belongs to. `failed` says
    that the author's domain disowns the mail.
    """

    role: Role
    address: str
    name: str
    authentic: bool
    why: str
    person: Person | None = None
    proven: bool = False
    organisation: str = ""
    failed: bool = False

    @property
    def vouched(self) -> bool:
        """Say whether the sender's domain or the directory vouches for the address."""
        return self.authentic or self.person is not None

    @property
    def may_be_quoted(self) -> bool:
        """Say whether an automatic answer may repeat the sender's words.

        Whoever forges an address must not be able to send text of their own through us, least of
        all to somebody who knows us.
        """
        return self.vouched and not self.failed


class ReplyRole(StrEnum):
    """What a signed reply address is for; the value is its mark in the address."""

    CUSTOMER = "c"
    AGENT = "a"
    # The reverse-path of an answer, where only bounces come to.
    BOUNCE = "b"
    # An agent's, for what they do in the console: its number is the ticket's, for no mail bore it.
    CONSOLE = "w"


@dataclass(frozen=True, slots=True)
class KnownId:
    """A Message-ID already seen on a ticket; `given_to` is set if we issued it to somebody."""

    message_id: str
    ticket: int
    given_to: str = ""


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail of ours that a reply address in a mail belongs to.

    `ticket` and `spool` say what it was about: a ticket, a held mail, or neither (0). `template` is
    what it was made of, `automatic` whether it went out by itself.
    """

    outbox: int
    ticket: int
    spool: int
    recipient: str
    queued_at: datetime
    template: str = ""
    automatic: bool = True


@dataclass(frozen=True, slots=True)
class Addressed:
    """A reply address that a mail came to and that is genuine: for whom, in which role, about what.

    `sent` is the mail that bore it.
    """

    role: ReplyRole
    sent: SentMail

    @property
    def person(self) -> str:
        """Give the address of the person that it was signed for."""
        return self.sent.recipient

    @property
    def in_console(self) -> bool:
        """Say whether no mail of ours bore it."""
        return not self.sent.outbox


@dataclass(frozen=True, slots=True)
class HeldMail:
    """A mail that is held, as far as deciding on it needs; `author` is "" if nobody is known."""

    spool: int
    desk: str
    state: str
    reason: str
    author: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the knowledge base."""

    title: str
    language: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that fits a mail; `score` says how well, from 0 to 1. `id` is the store's."""

    id: int
    title: str
    language: str
    url: str
    score: float


@dataclass(frozen=True, slots=True)
class Earlier:
    """Something that was said on a ticket before; `author` is an address, "" if nobody knows."""

    ticket: int
    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Merge:
    """How a ticket became a duplicate of another, for undoing it: both by their ids.

    `was` is its status before, `brought` are those whom it made participants of the other.
    """

    ticket: int
    into: int
    was: str
    brought: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """All that the store knows about one mail; read in one go, on one snapshot.

    `tickets` are all that the mail's clues and commands name, and those that they are merged into.
    `person` is its author in the directory, and `organisation` the one that the author's domain
    belongs to. `original` is who wrote the mail that this one forwards. `sent` are texts that we
    sent before on these tickets, newest first. `ancestors` are ids that mails on these tickets
    answer without anybody here having seen them. `duplicate_of` and `waits_for` are spool ids:
    the same mail already filed, and a mail still in the spool that this one answers.
    `people` are those who take part in these tickets, as far as the directory has them. `told` are
    the texts of the mails in `replied`, as their recipients got them.
    `answers` are what agents answered last on these tickets, by their ids. `given` are the ids of
    mails on these tickets that people have, since they got or wrote them, oldest first.
    `news` counts the mails of the last hour about each of these tickets, by its id, to the agent
    who got most. `answered` are those to whom the mail's author, an agent, has written so many
    answers in the last hour that a machine may write them.
    `replied` are the mails of ours that its reply addresses and ids of ours name. `bounces` counts
    the entries that bounces made on each of these tickets in the day before, by its id.
    `accounts` are those whose orders may say what support the mail may expect: its author's, those
    of its tickets, and what its text names, the latter by one kind after the other in the desk's
    order. `partners` are people of the directory whose addresses stand in columns of the author's.
    `canned` are the canned answers that its author got lately, on any ticket. `hits` counts, by the
    rule's name, how often a limited rule has hit for its author in its time. `suggested` are
    articles that fit it, the best first. `earlier` is what was said on those of these tickets that
    agents were never told of, oldest first. `requested` are the requests for feedback that mails in
    `replied` make, where the mail may answer one.
    """

    tickets: tuple[Ticket, ...] = ()
    ids: tuple[KnownId, ...] = ()
    ancestors: tuple[KnownId, ...] = ()
    replied: tuple[SentMail, ...] = ()
    held: tuple[HeldMail, ...] = ()
    person: Person | None = None
    organisation: str = ""
    original: Person | None = None
    people: tuple[Person, ...] = ()
    sent: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    answers: tuple[tuple[int, str], ...] = ()
    given: tuple[KnownId, ...] = ()
    children: tuple[Ticket, ...] = ()
    bounces: tuple[tuple[int, int], ...] = ()
    away: frozenset[str] = frozenset()
    sendings: tuple[Sendings, ...] = ()
    news: tuple[tuple[int, int], ...] = ()
    answered: frozenset[str] = frozenset()
    arrivals: Arrivals = NOTHING_LATELY
    alike: Likenesses = NOTHING_ALIKE
    articles: tuple[Article, ...] = ()
    merges: tuple[Merge, ...] = ()
    duplicate_of: int | None = None
    waits_for: int | None = None
    accounts: tuple[Account, ...] = ()
    partners: tuple[Person, ...] = ()
    canned: tuple[str, ...] = ()
    hits: tuple[tuple[str, int], ...] = ()
    suggested: tuple[Suggestion, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    requested: tuple[Requested, ...] = ()

    def ticket(self, ticket_id: int) -> Ticket | None:
        """Give the known ticket with that id."""
        return next((t for t in self.tickets if t.id == ticket_id), None)

    def standing(self, ticket: Ticket) -> Ticket:
        """Give the ticket that a ticket was merged into, at the end of the chain, or itself."""
        seen = {ticket.id}
        while ticket.merged_into and ticket.merged_into not in seen:
            seen.add(ticket.merged_into)
            found = self.ticket(ticket.merged_into)
            if found is None:
                break
            ticket = found
        return ticket

    def mail(self, outbox: int) -> SentMail | None:
        """Give the known mail of ours with that number."""
        return next((sent for sent in self.replied if sent.outbox == outbox), None)

    def in_directory(self, address: str) -> Person | None:
        """Give who an address of somebody on these tickets belongs to, if the directory knows."""
        return next((p for p in self.people if address in (p.address, *p.aliases)), None)

    def addresses_of(self, author: str, original: str = "") -> frozenset[str]:
        """Give all addresses of a mail's author; of a forward, of the `original` author."""
        person = self.original if original else self.person
        return frozenset(
            {original or author, *((person.address, *person.aliases) if person else ())}
        )
