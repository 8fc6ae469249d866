"""A golden conversation as values: what is said when, and what is expected to come of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.desk.article import Page
from gateway.desk.defects import Fix
from gateway.desk.directory_row import Registered
from gateway.desk.entitled import Order
from gateway.desk.requested import MOST_STARS


@dataclass(frozen=True, slots=True)
class TicketExpected:
    """Ticket number `index`, counted from 1 in order of opening, has these fields.

    In each expectation, `line` is where it stands in its file and `text` how it is written there.
    """

    line: int
    text: str
    index: int
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class MailExpected:
    """A mail is sent; a part that is "" or empty is not asked for. `template` may be `*`."""

    line: int
    text: str
    template: str
    to: str = ""
    sender: str = ""
    subject: str = ""
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class SilenceExpected:
    """No mail is sent: none at all, or none to the address `to`."""

    line: int
    text: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class CountExpected:
    """So many tickets and held mails there are; None is not asked for."""

    line: int
    text: str
    tickets: int | None = None
    held: int | None = None


Expected = TicketExpected | MailExpected | SilenceExpected | CountExpected


@dataclass(frozen=True, slots=True)
class Rate:
    """A customer rates by the last link that was sent; `refused` if the page is not to take it.

    A `scanner` is no customer: it sends the form in the moment in which it is shown, and the page
    is to ask whether a person did.
    """

    stars: int
    comment: str
    refused: bool = False
    scanner: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step, at a moment of virtual time.

    `mail` is the text of a mail, with placeholders, or None. `reverse_path` and `recipients` are
    None where the mail's own header fields say them. `fixed` is a defect of which somebody says so.
    """

    number: int
    line: int
    moment: datetime
    restart: bool
    mail: str | None
    reverse_path: str | None
    recipients: tuple[str, ...] | None
    authentic: bool
    expect: tuple[Expected, ...]
    rate: Rate | None = None
    fixed: Fix | None = None

    @property
    def done(self) -> str:
        """Say what somebody does in this step other than write, "" for nothing."""
        if self.rate is not None:
            who = "a scanner sends" if self.rate.scanner else "a customer gives"
            return f"{who} {self.rate.stars} of {MOST_STARS} stars"
        if self.fixed is not None:
            version = f" in {self.fixed.version}" if self.fixed.version else ""
            return f"defect {self.fixed.number} is fixed{version}"
        return ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole conversation; in a `strict` one every mail sent has to be expected.

    `holidays` are days on which its desk is closed, as `Calendar.closed` has them.
    """

    path: Path
    title: str
    desk: str
    start: datetime
    strict: bool
    people: tuple[Registered, ...]
    orders: tuple[Order, ...]
    articles: tuple[Page, ...]
    holidays: tuple[str, ...]
    steps: tuple[Step, ...]
