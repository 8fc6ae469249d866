"""A desk, its ticket and a mail, to be changed where a test is about something."""

from dataclasses import replace
from datetime import UTC, datetime

from gateway.config.desk import Agent, Desk, Lifecycle, Phase, Status
from gateway.desk.case import Case
from gateway.desk.choice import Choice
from gateway.desk.known import Known, Role, Sender
from gateway.desk.language import Spoken
from gateway.desk.ticket import Ticket
from gateway.mail.model import Classification, Kind, Mail, Mailbox
from gateway.mail.parse import parse

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
JAN = "jan@klant.example"
EVE = "eve@elsewhere.example"
ADA = "ada@north.example"

DESK = Desk(
    name="north",
    title="North Help",
    addresses=("help@north.example", "urgent@north.example"),
    languages=("en", "nl"),
    case_number="NO-{n:04}{check}",
    status=(
        Status("New", Phase.OPEN),
        Status("Answered", Phase.OPEN),
        Status("Again", Phase.OPEN),
        Status("Done", Phase.CLOSED),
    ),
    lifecycle=Lifecycle(start="New", reopened="Again", after_customer="Answered"),
    agent=(Agent(ADA, "Ada"),),
    severities=("low",),
    types=("question",),
    severity="low",
    type="question",
)

TICKET = Ticket(
    id=1,
    number="NO-00013",
    desk="north",
    subject="It stays white",
    type="question",
    severity="low",
    status="New",
    phase=Phase.OPEN,
    requester=JAN,
    participants=("piet@klant.example",),
    assignee="",
    language="en",
    opened_at=NOW,
    updated_at=NOW,
    version=1,
    since=NOW,
)

MAIL: Mail = parse(
    b"From: Jan <jan@klant.example>\r\nSubject: It stays white\r\n\r\nSee there.\r\n"
)
SENDER = Sender(Role.CUSTOMER, JAN, "Jan", authentic=True, why="the test says so")
NO_CHOICE = Choice(None, None)
PERSON = Classification(Kind.PERSON, (), answerable=True)

CASE = Case(
    mail=MAIL,
    kind=PERSON,
    known=Known(),
    sender=SENDER,
    choice=NO_CHOICE,
    desk=DESK,
    received_at=NOW,
    spoken=Spoken("en", "the test says so"),
)


def kind_of(kind: Kind, *reasons: str, answerable: bool = False) -> Classification:
    """Classify a mail."""
    return Classification(kind, reasons, answerable)


def without_author(problem: str = "several", claimed: Mailbox | None = None) -> Mail:
    """Give a mail that nobody clean wrote."""
    return replace(MAIL, author=None, author_problem=problem, claimed_author=claimed)
