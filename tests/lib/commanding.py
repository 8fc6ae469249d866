"""An agent's mail with commands, on a desk that has something for each of them."""

from dataclasses import replace

from gateway.config.desk import Agent, Lifecycle, Phase, Status
from gateway.desk.case import Case
from gateway.desk.commands.asked import ours_among
from gateway.desk.commands.carry_out import Carried, carry_out
from gateway.desk.commands.grammar import read
from gateway.desk.known import Addressed, HeldMail, Known, ReplyRole, Role, Sender, SentMail
from gateway.desk.person import Person
from gateway.desk.route import Routes
from gateway.desk.ticket import Ticket
from gateway.mail.reply.authored import Authored
from lib.desks import ADA, CASE, DESK, JAN, NOW, TICKET

BOB = "bob@north.example"
PIET = "piet@klant.example"
EVA = "eva@klant.example"

BUSY = replace(
    DESK,
    status=(
        Status("New", Phase.OPEN),
        Status("In Progress", Phase.OPEN),
        Status("In Test", Phase.OPEN),
        Status("Waiting", Phase.WAITING),
        Status("On Hold", Phase.WAITING),
        Status("Solved", Phase.WAITING),
        Status("Done", Phase.CLOSED),
    ),
    lifecycle=Lifecycle(
        start="New",
        reopened="In Progress",
        wait="Waiting",
        hold="On Hold",
        resolve="Solved",
        close="Done",
    ),
    agent=(
        Agent(ADA, "Ada Lovelace"),
        Agent(BOB, "Bob"),
        Agent("boris@north.example", "Boris"),
        Agent("carl@north.example", "Carl", active=False),
    ),
    severities=("low", "high", "highest"),
    types=("question", "bug", "service-task"),
)
ORIGINAL = replace(
    TICKET, id=2, number="NO-00021", requester=EVA, participants=(), subject="White, too"
)
TICKETS = (TICKET, ORIGINAL)
_ADA = Sender(Role.AGENT, ADA, "Ada", authentic=True, why="the test says so", proven=True)


ROUTES = Routes((BUSY, replace(BUSY, name="south", addresses=("help@south.example",))))
CANNED = ("faq/outage", "faq/install", "faq/installing-twice")


def about(text: str, known: Known | None = None) -> Case:
    """Give the case of a mail with this text from Ada."""
    commanded = read(text)
    return replace(
        CASE,
        desk=BUSY,
        sender=_ADA,
        commanded=commanded,
        authored=Authored(commanded.text, unclear=False),
        known=known or Known(tickets=TICKETS, people=(Person(EVA, "Eva", language="nl"),)),
        canned=CANNED,
        ours=ours_among(commanded, ROUTES.is_ours),
    )


def carried(text: str, ticket: Ticket | None = TICKET, known: Known | None = None) -> Carried:
    """Carry out what a mail of Ada's says."""
    return carry_out(about(text, known), ticket, NOW)


def about_held(text: str, state: str = "held", reason: str = "spam", person: str = ADA) -> Carried:
    """Carry out what Ada's answer to a mail about a held one says."""
    sent = SentMail(9, 0, 7, person, NOW, "agent/held")
    known = Known(held=(HeldMail(7, BUSY.name, state, reason, JAN),))
    case = replace(about(text, known), addressed=(Addressed(ReplyRole.AGENT, sent),))
    return carry_out(case, None, NOW)
