"""Who acts as an agent by mail: every combination of what can speak for it."""

from dataclasses import dataclass, replace
from itertools import product

import pytest

from gateway.config.desk import Agent, Desk
from gateway.desk.case import Case
from gateway.desk.choose import choose
from gateway.desk.decide import decide
from gateway.desk.decision import Decision, Outcome, Reason
from gateway.desk.hear import hear
from gateway.desk.identify import identify
from gateway.desk.known import Addressed, Known, ReplyRole, SentMail
from gateway.desk.lifecycle import fold
from gateway.desk.route import Routes
from gateway.mail.model import Authenticity, Clues, Mailbox, Verdict
from lib.desks import ADA, CASE, DESK, JAN, MAIL, NOW, TICKET, without_author

TOKEN = Addressed(ReplyRole.AGENT, SentMail(1, TICKET.id, 0, ADA, NOW, "agent/new"))
TEXT = "#severity low\n#close\nPress F5."
CLUES = Clues((), (), (TICKET.number,))


@dataclass(frozen=True)
class Row:
    """What speaks for a mail, and what does not."""

    clean_from: bool
    authentic: bool
    token: bool
    active: bool
    access: bool

    @property
    def may_act(self) -> bool:
        """Say what DESIGN says."""
        proof = self.authentic or self.token
        return self.clean_from and self.active and self.access and proof

    @property
    def desk(self) -> Desk:
        """Give a desk that lists the agent, or does not."""
        agents = (Agent(ADA, "Ada", active=self.active),) if self.access else ()
        return replace(DESK, agent=agents)


ROWS = [Row(*flags) for flags in product((True, False), repeat=5)]


def decided(row: Row, text: str = TEXT) -> Decision:
    """Take a mail through all stages that are pure."""
    mail = replace(MAIL, author=Mailbox("Ada", ADA)) if row.clean_from else without_author()
    mail = replace(mail, text=text)
    verdict = Authenticity(Verdict.PASS if row.authentic else Verdict.UNKNOWN, "")
    addressed = (TOKEN,) if row.token else ()
    known = Known(tickets=(TICKET,), replied=(TOKEN.sent,))
    is_ours = Routes([row.desk]).is_ours
    sender = identify(mail, verdict, known, row.desk, is_ours, addressed)
    choice = choose(CLUES, known, sender, row.desk, CASE.kind.kind, addressed)
    case = Case(mail, CASE.kind, known, sender, choice, row.desk, NOW, addressed=addressed)
    return decide(hear(case), NOW)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_exactly_those_act_for_whom_the_design_allows_it(row: Row) -> None:
    """A clean From of an active agent of the desk, and one of authenticity and a reply address."""
    decision = decided(row)

    acted = decision.reason is Reason.ANSWERED
    assert row.may_act is acted
    answers = [r.to.address for r in decision.replies if r.template == "customer/answer"]
    assert (["jan@klant.example", "piet@klant.example"] if acted else []) == answers
    if acted:
        assert "Done" == fold(TICKET, decision.events).status


@pytest.mark.parametrize("row", [row for row in ROWS if not row.may_act], ids=str)
def test_whoever_may_not_act_changes_nothing_and_writes_nothing_for_a_customer_to_read(
    row: Row,
) -> None:
    """Held, kept for agents, or a case of their own: never a comment on the ticket."""
    decision = decided(row)

    assert JAN not in [reply.to.address for reply in decision.replies]
    if decision.ticket is not None:
        after = fold(TICKET, decision.events)
        assert replace(TICKET, version=after.version) == after
        assert decision.entry is not None
        assert decision.entry.internal
    agents = row.clean_from and (row.access or row.token)
    assert agents is (decision.outcome is Outcome.HELD)


@pytest.mark.parametrize("row", [row for row in ROWS if not row.may_act], ids=str)
def test_only_an_agent_who_might_act_is_asked_to_confirm(row: Row) -> None:
    """Nobody else gets to know that something is held."""
    asked = [r.to.address for r in decided(row).replies if r.template == "agent/confirm"]

    might = row.clean_from and row.active and row.access
    assert ([ADA] if might else []) == asked


def test_two_from_lines_are_nobodys() -> None:
    """Though one of them is an agent's and all else is right."""
    row = Row(clean_from=False, authentic=True, token=True, active=True, access=True)

    assert Reason.APPENDED_INTERNALLY is decided(row).reason
