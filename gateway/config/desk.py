"""What a desk file can say: one support organisation's policy as frozen values."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from gateway.config import duration
from gateway.config.settings import STRICT

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


class Phase(StrEnum):
    """What a status means to the program; status names themselves are the desk's own."""

    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, config=STRICT)
class Agent:
    """Somebody who works for the desk."""

    address: str
    name: str
    role: Literal["agent", "manager"] = "agent"


@dataclass(frozen=True, slots=True, config=STRICT)
class Status:
    """A status of the desk's own, and the phase that it stands for."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    phase: Phase


@dataclass(frozen=True, slots=True, config=STRICT)
class Lifecycle:
    """Which status a ticket gets: at its start, and when its customer writes again.

    `after_customer` holds while the ticket waits for its customer, `reopened` once it is closed;
    an open ticket keeps its status. An empty `after_customer` leaves a waiting one alone, too.
    """

    start: str
    reopened: str
    after_customer: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Timer:
    """What happens to a ticket that has been in a status for a while, of real time.

    `mail` is a template sent to the requester, `then` the status that the ticket gets; one of them
    is there. A timer fires once for each time that the ticket is in the status.
    """

    name: Name
    status: str
    after: str
    mail: str = ""
    then: str = ""

    @property
    def delay(self) -> timedelta:
        """Give `after` as a length of time."""
        return duration.parse(self.after)


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
class Desk:
    """One desk. `addresses` are canonical after loading; the first is what its mails are from.

    `case_number` is a pattern with `{n}` or `{n:05}` for the running number and `{check}` for its
    check digit. `languages` are in order of preference. `severity` and `type` are what a new
    ticket gets. `reply_marker` says whether a mail to a customer begins with the line above which
    to answer.
    """

    name: Name
    title: str
    addresses: Annotated[tuple[str, ...], Field(min_length=1)]
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    case_number: str
    status: Annotated[tuple[Status, ...], Field(min_length=1)]
    lifecycle: Lifecycle
    agent: tuple[Agent, ...] = ()
    timer: tuple[Timer, ...] = ()
    severities: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    severity: str = ""
    type: str = ""
    by_number: NumberTrust = NumberTrust.AUTHENTIC_PARTICIPANT
    strangers_number: StrangerPolicy = StrangerPolicy.LINK
    automatic_mail: AutomaticMail = AutomaticMail()
    reply_marker: bool = True
    path: Path = Path()

    def phase_of(self, status: str) -> Phase:
        """Give the phase of a status of this desk; a name it no longer has counts as open."""
        return next((s.phase for s in self.status if s.name == status), Phase.OPEN)

    @property
    def address(self) -> str:
        """Give the address that this desk's mails come from."""
        return self.addresses[0]
