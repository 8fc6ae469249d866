"""A ticket with its events and entries, as values.

All times are aware and UTC. A ticket's row is what its events fold to (`desk/lifecycle.py`).
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from gateway.config.desk import Phase
from gateway.mail.model import Attachment
from gateway.mail.reply.model import Fold


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect of the product that a case is about: its number, and where it can be read about."""

    number: str
    url: str


@dataclass(frozen=True, slots=True)
class Stay:
    """A time that a case spent in a status: from `since` until the next one begins."""

    status: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Dated:
    """A day of the requester's row in the directory, such as when their evaluation began."""

    column: str
    day: date


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a conversation is kept in.

    `number` is the case number that people see. `requester` and `participants` are bare addresses
    in lower case; the requester is not among the participants; `organisation` is the requester's.
    `version` counts the events that made it, and guards writes. `since` is when it got its status,
    `fired` are the timers that have fired since then. `answerable` says whether the requester may
    get automatic mail.

    `merged_into` is the id of the ticket that this one is a duplicate of, `parent` that of the
    incident that it is one report of; 0 if there is none. `group` is whose work it is while it has
    no `assignee`, "" for all agents'. `canned` are the templates of the canned answers it has had,
    oldest first. `account` is the main address of the person in the directory by whose account it
    is entitled to support, though the requester is somebody else; `level` is that support.
    `resolution` is the kind of solution that it ended in. `is_work` says whether agents have been
    told of it: a canned answer alone makes it nobody's work. `by_agent` are the fields that an
    agent has set, which the desk's rules leave alone from then on.

    `answered_by` is the agent whose answer was the last to go out, at `answered_at`. `hold_until`
    is when a hold ends. `time_spent` is in seconds.

    The clocks of targets run from `submitted_at`, when the mail that opened it reached us, or when
    it became work. `stays` is the ledger that they are computed from: every status that it had,
    oldest first. `first_answered_at` is when an agent answered for the first time. `alerted` are
    the timers of targets that have fired since it was opened, or last reopened. `timezone` is the
    requester's, "" for the desk's; `product` is what the case is about; `dates` are the requester's
    that timers of the desk count from. `suggested` says how many articles its acknowledgement
    suggested.
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
    organisation: str = ""
    merged_into: int = 0
    parent: int = 0
    answered_by: str = ""
    answered_at: datetime | None = None
    hold_until: datetime | None = None
    time_spent: int = 0
    defects: tuple[Defect, ...] = ()
    group: str = ""
    tags: tuple[str, ...] = ()
    canned: tuple[str, ...] = ()
    account: str = ""
    level: str = ""
    resolution: str = ""
    is_work: bool = True
    by_agent: tuple[str, ...] = ()
    submitted_at: datetime | None = None
    stays: tuple[Stay, ...] = ()
    first_answered_at: datetime | None = None
    alerted: tuple[str, ...] = ()
    timezone: str = ""
    product: str = ""
    dates: tuple[Dated, ...] = ()
    suggested: int = 0

    def has_on_it(self, address: str) -> bool:
        """Say whether somebody takes part in this ticket."""
        return bool(address) and (address == self.requester or address in self.participants)

    @property
    def everybody(self) -> tuple[str, ...]:
        """Give the addresses of all who take part: the requester first, if there is one."""
        return tuple(dict.fromkeys(a for a in (self.requester, *self.participants) if a))


FIELDS = tuple(field.name for field in fields(Ticket))
"""The names of a ticket's fields; each mail that is filed needs them several times."""


class EventKind(StrEnum):
    """What can happen to a ticket."""

    OPENED = "opened"
    ENTRY_ADDED = "entry-added"
    STATUS_CHANGED = "status-changed"
    REOPENED = "reopened"
    CHANGED = "changed"
    ASSIGNED = "assigned"
    PARTICIPANT_ADDED = "participant-added"
    LINKED = "linked"
    MERGED = "merged"
    SPLIT = "split"
    ADOPTED = "adopted"
    TIME_SPENT = "time-spent"
    ANSWERED = "answered"
    NOTIFIED = "notified"
    WITHHELD = "withheld"
    TIMER_FIRED = "timer-fired"
    BOUNCED = "bounced"
    ESCALATED = "escalated"
    RATED = "rated"
    DEFECT_FIXED = "defect-fixed"
    ERASED = "erased"


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
    ANSWER = "answer"
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
