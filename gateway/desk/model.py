"""The values of a desk: tickets with their events and entries, senders, and the decision.

All times are aware and UTC. A ticket's row is what its events fold to (`desk/lifecycle.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.config.desk import Phase
from gateway.mail.model import Attachment, Mailbox
from gateway.mail.reply.model import Fold


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a conversation is kept in.

    `number` is the case number that people see. `requester` and `participants` are bare addresses
    in lower case; the requester is not among the participants. `version` counts the events that
    made it, and guards writes. `since` is when it got its status, `fired` are the timers that have
    fired since then. `answerable` says whether the requester may get automatic mail.
    """

    id: int
    number: str
    desk: str
    subject: str
    type: str
    severity: str
    status: str
    phase: Phase
    requester: str
    participants: tuple[str, ...]
    assignee: str
    language: str
    opened_at: datetime
    updated_at: datetime
    version: int
    since: datetime
    fired: tuple[str, ...] = ()
    answerable: bool = True

    def has_on_it(self, address: str) -> bool:
        """Say whether somebody takes part in this ticket."""
        return bool(address) and (address == self.requester or address in self.participants)


class EventKind(StrEnum):
    """What can happen to a ticket."""

    OPENED = "opened"
    ENTRY_ADDED = "entry-added"
    STATUS_CHANGED = "status-changed"
    REOPENED = "reopened"
    LINKED = "linked"
    ANSWERED = "answered"
    TIMER_FIRED = "timer-fired"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a ticket and its new value, as text."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a ticket; `actor` is an address, or what of ours did it."""

    kind: EventKind
    at: datetime
    actor: str
    why: str
    changes: tuple[Change, ...] = ()


class Direction(StrEnum):
    """Which way an entry went, seen from the desk."""

    IN = "in"
    OUT = "out"


class EntryKind(StrEnum):
    """What an entry is."""

    CUSTOMER = "customer"
    AUTOMATIC_IN = "automatic-in"
    AUTOMATIC_ANSWER = "automatic-answer"
    NOTE = "note"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing said on a ticket. `internal` ones are never shown to a customer.

    `folds` are the pieces of the text that are not new.
    """

    kind: EntryKind
    direction: Direction
    at: datetime
    author: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    automatic: bool = False
    internal: bool = False
    folds: tuple[Fold, ...] = ()


class Role(StrEnum):
    """Who a sender is to the desk."""

    CUSTOMER = "customer"
    AGENT = "agent"
    STRANGER = "stranger"
    OURSELVES = "ourselves"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the directory."""

    address: str
    name: str = ""
    organisation: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail was taken for, how surely, and why.

    `address` is "" when nobody could be identified. `authentic` is True only when the author's
    domain vouched for the mail.
    """

    role: Role
    address: str
    name: str
    authentic: bool
    why: str
    person: Person | None = None

    @property
    def vouched(self) -> bool:
        """Say whether an automatic answer may repeat the sender's words.

        Whoever forges an address must not be able to send text of their own through us.
        """
        return self.authentic or self.person is not None


@dataclass(frozen=True, slots=True)
class KnownId:
    """A Message-ID already seen on a ticket; `given_to` is set if we issued it to somebody."""

    message_id: str
    ticket: int
    given_to: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """All that the store knows about one mail; read in one go, on one snapshot.

    `original` is who wrote the mail that this one forwards. `sent` are texts that we sent before on
    these tickets, newest first. `duplicate_of` and `waits_for` are spool ids: the same mail already
    filed, and a mail still in the spool that this one answers.
    """

    tickets: tuple[Ticket, ...] = ()
    ids: tuple[KnownId, ...] = ()
    person: Person | None = None
    original: Person | None = None
    sent: tuple[str, ...] = ()
    duplicate_of: int | None = None
    waits_for: int | None = None

    def ticket(self, ticket_id: int) -> Ticket | None:
        """Give the known ticket with that id."""
        return next((t for t in self.tickets if t.id == ticket_id), None)


class Trust(StrEnum):
    """Which clue led to a ticket, by DESIGN's order of trust."""

    ISSUED_ID = "message-id issued to this sender"
    ANSWERED_ID = "message-id of ours that a machine answers"
    KNOWN_ID = "message-id of a ticket the authentic sender takes part in"
    CASE_NUMBER = "case number from a participant"


@dataclass(frozen=True, slots=True)
class Choice:
    """The ticket that a mail belongs to; `claims` are tickets it named but may not touch.

    `answered` is the mail of ours that led to the ticket, if one did.
    """

    ticket: Ticket | None
    trust: Trust | None
    claims: tuple[Ticket, ...] = ()
    why: tuple[str, ...] = ()
    answered: KnownId | None = None


class Reason(StrEnum):
    """What became of a mail: the machine-readable half of a decision, a closed list."""

    OPENED = "opened"
    OPENED_CLAIMING = "opened-claiming-a-case"
    APPENDED = "appended"
    REOPENED = "reopened"
    AUTOMATIC_FILED = "automatic-filed"
    AUTOMATIC_OPENED = "automatic-opened"
    AUTOMATIC_HELD = "automatic-held"
    BOUNCED = "bounced"
    OPENED_FORWARDED = "opened-forwarded"
    UNREADABLE = "unreadable"
    ORPHAN = "orphan"
    OWN_MAIL = "own-mail"
    AGENT_NOT_PROVEN = "agent-not-proven"
    CLAIMS_A_CASE = "claims-a-case"
    DUPLICATE = "duplicate"
    TIMER = "timer"


class Outcome(StrEnum):
    """Where a decision leaves the mail in the spool."""

    FILED = "filed"
    HELD = "held"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail that policy wants sent: which template, to whom, in which language.

    Automatic ones follow RFC 3834; `unasked` ones answer no mail.
    """

    template: str
    to: Mailbox
    language: str
    automatic: bool = True
    unasked: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A timer of a ticket, and when it is due."""

    timer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """The frozen value that says what becomes of a mail; nothing is done until it is applied.

    `ticket` is the ticket as it was found, None for a new one; a decision without `events` touches
    no ticket. A new ticket gets its id and number when it is rendered. `note` is what an agent
    wrote beside the entry. `links` are tickets that the new one is linked to. `withheld` says which
    answers were not sent, and why.
    """

    outcome: Outcome
    reason: Reason
    ticket: Ticket | None = None
    events: tuple[Event, ...] = ()
    entry: Entry | None = None
    note: Entry | None = None
    replies: tuple[Reply, ...] = ()
    links: tuple[int, ...] = ()
    withheld: tuple[str, ...] = ()
    duplicate_of: int | None = None
