"""What a desk file can say: one support organisation's policy as frozen values."""

from dataclasses import field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from gateway.config.kinds import STRICT
from gateway.config.policy import (
    Detail,
    Entitlement,
    Escalation,
    Feedback,
    Group,
    Knowledge,
    Name,
    Notifications,
    Resolution,
    Rule,
    Texts,
)
from gateway.config.service_time import Calendar, Target, Timer

Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
OneOrNoLanguage = Annotated[str, Field(pattern=r"^([a-z]{2})?$")]
Folder = Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9-]{0,62})?$")]


class Phase(StrEnum):
    """What a status means to the program; status names themselves are the desk's own."""

    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, config=STRICT)
class Agent:
    """Somebody who works for the desk; one who is not `active` may do nothing any more.

    A manager is told of nothing but what asks for one. `language` is that of mails to them; the
    desk's first if it is empty.
    """

    address: str
    name: str
    role: Literal["agent", "manager"] = "agent"
    active: bool = True
    language: OneOrNoLanguage = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Status:
    """A status of the desk's own, and the phase that it stands for.

    `labels` are what customers read in place of its name, by language. With `after` a case gets it
    from one of these statuses only.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    phase: Phase
    labels: Texts = field(default_factory=dict)
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Lifecycle:
    """Which status a ticket gets: at its start, when somebody writes, and by agents' commands.

    `after_customer` holds while the ticket waits for its customer, `reopened` once it is closed;
    an open ticket keeps its status. An empty `after_customer` leaves a waiting one alone, too.
    `after_agent` gives, for a status, the one that follows when an agent answers. `wait`, `hold`,
    `resolve` and `close` are what these commands lead to, `after_hold` what a hold ends in; where
    `close` is empty the first closed status holds, where `resolve` is empty what `close` leads to,
    where `after_hold` is empty `reopened`.
    """

    start: str
    reopened: str
    after_customer: str = ""
    after_agent: dict[str, str] = field(default_factory=dict)
    wait: str = ""
    hold: str = ""
    resolve: str = ""
    close: str = ""
    after_hold: str = ""


class StrangerPolicy(StrEnum):
    """What becomes of a mail that names somebody else's case: a new ticket, or held."""

    LINK = "link"
    HOLD = "hold"


class NumberTrust(StrEnum):
    """Whose case number in a subject is enough to reach the ticket."""

    AUTHENTIC_PARTICIPANT = "authentic participant"
    PARTICIPANT = "participant"
    NEVER = "never"


class MachineMail(StrEnum):
    """What becomes of a machine's mail that belongs to no ticket.

    A ticket, silently; filed without one; or held for a person.
    """

    TICKET = "ticket"
    FILE = "file"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, config=STRICT)
class AutomaticMail:
    """What becomes of machines' mail by its kind: automatic, of a list, or a report.

    At the addresses in `tickets_at` all of it becomes a ticket, absence notices too: a product
    sends its crash reports there, and nobody ever gets a mail from there that could be answered.
    """

    automatic: MachineMail = MachineMail.TICKET
    list: MachineMail = MachineMail.TICKET
    report: MachineMail = MachineMail.FILE
    tickets_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Duplicates:
    """Which tickets count as likely duplicates, and which reports join by themselves.

    Tickets opened within `within` are compared. What follows one of the `signatures` at the
    beginning of a line is the signature of a crash; where `join` is set, a report with the
    signature of an open ticket becomes an entry on that one.
    """

    within: str = "14d"
    propose: bool = True
    signatures: tuple[str, ...] = ()
    join: bool = False


@dataclass(frozen=True, slots=True, config=STRICT)
class Flood:
    """So many of something `within` a time are a flood."""

    most: Annotated[int, Field(ge=2)]
    within: str = "10m"


@dataclass(frozen=True, slots=True, config=STRICT)
class Desk:
    """One desk. `addresses` are canonical after loading; the first is what its mails are from.

    `case_number` is a pattern with `{n}` or `{n:05}` for the running number and `{check}` for its
    check digit. `languages` are in order of preference; `detect_language` says whether the language
    of a mail counts. `severity` and `type` are what a new
    ticket gets. `reply_marker` says whether a mail to a customer begins with the line above which
    to answer. `plus_addressing` says whether mail for `desk+anything@` reaches the desk: without
    it answers are known by Message-ID alone. An answer to a ticket that was closed longer than
    `reopen_within` ago opens a linked one; it is always reopened where that is empty.

    So many near-same mails as `incident` says are reports of one incident; when so many new
    tickets of senders whom nobody vouches for come as `strangers` says, agents are told of the
    flood and not of each.

    A link to the page of a case, in mails to those on it, is good for `case_page`; there is none
    where that is empty.

    At the addresses in `numbers_in_text_at` a case may be named in the text as well as in the
    subject. Days begin and end, and times are written, in `timezone`. Rules know which canned
    answers a sender got within `remember_answers`. `templates` is the folder below `desks/` of the
    templates folder that the desk's own templates are in, its name if that is empty.

    `opening_hours` is the calendar whose hours acknowledgements speak of. Time that is spent on
    cases of the `chargeable_types` is charged. `defect_url` is where a defect can be read about,
    with `{number}` for its number. `monthly_report` are the targets, as in `Rule.notify`, who get a
    report of each month.
    """

    name: Name
    title: str
    addresses: Annotated[tuple[str, ...], Field(min_length=1)]
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    case_number: str
    status: Annotated[tuple[Status, ...], Field(min_length=1)]
    lifecycle: Lifecycle
    agent: tuple[Agent, ...] = ()
    timer: Annotated[tuple[Timer, ...], Field(max_length=200)] = ()
    severities: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    severity: str = ""
    type: str = ""
    by_number: NumberTrust = NumberTrust.AUTHENTIC_PARTICIPANT
    numbers_in_text_at: tuple[str, ...] = ()
    strangers_number: StrangerPolicy = StrangerPolicy.LINK
    automatic_mail: AutomaticMail = AutomaticMail()
    detect_language: bool = True
    reply_marker: bool = True
    plus_addressing: bool = True
    reopen_within: str = ""
    case_page: str = ""
    duplicates: Duplicates = Duplicates()
    incident: Flood = Flood(50)
    strangers: Flood = Flood(30)
    timezone: str = "UTC"
    remember_answers: str = "7d"
    rule: tuple[Rule, ...] = ()
    entitlement: Entitlement = Entitlement()
    detail: tuple[Detail, ...] = ()
    group: tuple[Group, ...] = ()
    escalation: tuple[Escalation, ...] = ()
    notifications: Notifications = Notifications()
    resolution: tuple[Resolution, ...] = ()
    knowledge: Knowledge = Knowledge()
    calendar: Annotated[tuple[Calendar, ...], Field(max_length=50)] = ()
    target: Annotated[tuple[Target, ...], Field(max_length=200)] = ()
    opening_hours: str = ""
    chargeable_types: tuple[str, ...] = ()
    defect_url: str = ""
    feedback: Feedback = Feedback()
    monthly_report: tuple[str, ...] = ()
    templates: Folder = ""
    path: Path = Path()

    def phase_of(self, status: str) -> Phase:
        """Give the phase of a status of this desk; a name it no longer has counts as open."""
        return next((s.phase for s in self.status if s.name == status), Phase.OPEN)

    @property
    def closing(self) -> str:
        """Give the status that `#close` leads to, "" if the desk has none that is closed."""
        closed = (s.name for s in self.status if s.phase is Phase.CLOSED)
        return self.lifecycle.close or next(closed, "")

    def agent_of(self, address: str) -> Agent | None:
        """Give the agent with that address, active or not."""
        return next((agent for agent in self.agent if agent.address == address), None)

    @property
    def address(self) -> str:
        """Give the address that this desk's mails come from."""
        return self.addresses[0]
