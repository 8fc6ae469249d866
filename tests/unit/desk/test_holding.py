"""What is held, who is asked, and what their answers do."""

from dataclasses import replace

import pytest

from gateway.config.desk import Agent, AutomaticMail, Desk, MachineMail, StrangerPolicy
from gateway.desk.case import Case
from gateway.desk.choice import Choice, Trust
from gateway.desk.decide import decide
from gateway.desk.decision import Lesson, Outcome, Reason, Release
from gateway.desk.flood import opens_for_stranger
from gateway.desk.hear import hear
from gateway.desk.holding import as_admitted
from gateway.desk.known import Addressed, HeldMail, Known, ReplyRole, Role, Sender, SentMail
from gateway.desk.lately import Arrivals
from gateway.mail.model import Kind
from lib.desks import ADA, CASE, DESK, JAN, MAIL, NOW, TICKET, kind_of

IVO = "ivo@north.example"
DESK_OF_IVO = replace(DESK, agent=(*DESK.agent, Agent(IVO, "Ivo", active=False)))
UNPROVEN = Sender(Role.AGENT, ADA, "Ada", authentic=False, why="")
PROVEN = replace(UNPROVEN, proven=True)
FROM_ADA = replace(CASE, sender=UNPROVEN, desk=DESK_OF_IVO, spool=7)
HOLDING = replace(
    DESK,
    strangers_number=StrangerPolicy.HOLD,
    automatic_mail=AutomaticMail(automatic=MachineMail.HOLD),
)
CLAIMING = replace(CASE, desk=HOLDING, choice=Choice(None, None, (TICKET,)), spool=7)
MACHINES = replace(CASE, desk=HOLDING, kind=kind_of(Kind.AUTOMATIC), spool=7)


def test_an_agent_is_asked_whether_a_mail_is_theirs() -> None:
    """They see it, and their answer goes to an address about just that mail."""
    decision = decide(FROM_ADA, NOW)

    (asked,) = decision.replies
    assert (Outcome.HELD, Reason.AGENT_NOT_PROVEN, ()) == (
        decision.outcome,
        decision.reason,
        decision.events,
    )
    assert ("agent/confirm", ADA, 7, ReplyRole.AGENT, MAIL.text, "agent-not-proven") == (
        asked.template,
        asked.to.address,
        asked.held,
        asked.reply_role,
        asked.content.text,
        asked.content.reason,
    )


@pytest.mark.parametrize(
    "case",
    [
        replace(FROM_ADA, sender=replace(UNPROVEN, address=IVO)),
        replace(FROM_ADA, sender=replace(UNPROVEN, address="gone@north.example")),
        replace(FROM_ADA, quiet=True),
    ],
)
def test_nobody_is_asked_who_could_not_act(case: Case) -> None:
    """Nor about mail from before our time."""
    decision = decide(case, NOW)

    assert (Outcome.HELD, ()) == (decision.outcome, decision.replies)


@pytest.mark.parametrize(
    ("case", "reason"),
    [(CLAIMING, Reason.CLAIMS_A_CASE), (MACHINES, Reason.AUTOMATIC_HELD)],
)
def test_agents_are_told_of_what_waits_for_a_person(case: Case, reason: Reason) -> None:
    """With an address to say what becomes of it."""
    decision = decide(case, NOW)

    (told,) = decision.replies
    assert (Outcome.HELD, reason) == (decision.outcome, decision.reason)
    assert ("agent/held", ADA, 7, reason.value) == (
        told.template,
        told.to.address,
        told.held,
        told.content.reason,
    )


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (CLAIMING, Reason.OPENED_CLAIMING),
        (MACHINES, Reason.AUTOMATIC_OPENED),
        (replace(CASE, spam="X-Spam-Flag says so"), Reason.OPENED),
    ],
)
def test_what_was_admitted_is_held_no_more(case: Case, reason: Reason) -> None:
    """It goes its way."""
    decision = decide(replace(case, admitted_by=ADA), NOW)

    assert (Outcome.FILED, reason) == (decision.outcome, decision.reason)


def test_spam_is_held_and_told_to_nobody() -> None:
    """But a proven agent's mail is theirs, whatever it quotes."""
    spam = decide(replace(CASE, spam="X-Spam-Flag says so"), NOW)

    assert (Outcome.HELD, Reason.SPAM, ()) == (spam.outcome, spam.reason, spam.replies)
    agents = replace(CASE, spam="X-Spam-Flag says so", sender=PROVEN)
    assert Outcome.FILED is decide(agents, NOW).outcome


@pytest.mark.parametrize(
    ("sender", "desk", "admitted_by", "proven"),
    [
        (UNPROVEN, DESK_OF_IVO, ADA, True),
        (UNPROVEN, DESK_OF_IVO, IVO, False),
        (UNPROVEN, DESK_OF_IVO, "casepost", False),
        (UNPROVEN, DESK_OF_IVO, "", False),
        (replace(UNPROVEN, address=IVO), DESK_OF_IVO, ADA, False),
        (replace(UNPROVEN, role=Role.CUSTOMER, address=JAN), DESK_OF_IVO, ADA, False),
    ],
)
def test_an_agents_mail_that_an_agent_admitted_is_proven(
    sender: Sender,
    desk: Desk,
    admitted_by: str,
    proven: bool,  # noqa: FBT001
) -> None:
    """Nobody else can do that, and for nobody else."""
    assert proven is as_admitted(sender, desk, admitted_by).proven


def test_what_the_operator_admits_of_an_agents_is_kept_for_agents_to_read() -> None:
    """It is never a customer's comment, and does nothing."""
    choice = Choice(TICKET, Trust.ISSUED_ID)
    case = replace(FROM_ADA, choice=choice, admitted_by="casepost")

    decision = decide(case, NOW)

    assert Reason.APPENDED_INTERNALLY is decision.reason
    assert decision.entry is not None
    assert decision.entry.internal


def answering(text: str, reason: Reason, state: str = "held") -> Case:
    """Give the case of Ada's answer to what she was told of a held mail."""
    sent = SentMail(5, 0, 9, ADA, NOW, "agent/confirm")
    case = replace(
        CASE,
        mail=replace(MAIL, text=text),
        sender=PROVEN,
        addressed=(Addressed(ReplyRole.AGENT, sent),),
        known=Known(replied=(sent,), held=(HeldMail(9, DESK.name, state, reason.value, ADA),)),
    )
    return hear(case)


@pytest.mark.parametrize(
    ("text", "reason", "consequences"),
    [
        ("#admit", Reason.AGENT_NOT_PROVEN, (Release(9, ADA, admit=True),)),
        ("I am away until Monday.", Reason.AGENT_NOT_PROVEN, ()),
        ("", Reason.AGENT_NOT_PROVEN, ()),
        ("#drop", Reason.AGENT_NOT_PROVEN, (Release(9, ADA, admit=False),)),
        ("#admit", Reason.OVERTAKEN, (Release(9, ADA, admit=True),)),
        ("Hm.", Reason.OVERTAKEN, ()),
        ("#admit", Reason.CLAIMS_A_CASE, (Release(9, ADA, admit=True),)),
        ("Hm.", Reason.CLAIMS_A_CASE, ()),
        ("#spam", Reason.CLAIMS_A_CASE, (Release(9, ADA, admit=False), Lesson(9, spam=True))),
        ("#close", Reason.CLAIMS_A_CASE, ()),
    ],
)
def test_an_agent_says_what_becomes_of_held_mail(
    text: str, reason: Reason, consequences: tuple[object, ...]
) -> None:
    """By a command alone: any other answer may be a machine's, and they are told how to."""
    decision = decide(answering(text, reason), NOW)

    assert consequences == decision.consequences
    assert (Outcome.FILED, ()) == (decision.outcome, decision.events)
    assert ["agent/transcript"] == [reply.template for reply in decision.replies]


def test_what_is_held_no_more_stays_as_it_is() -> None:
    """Another agent was faster."""
    decision = decide(answering("#drop", Reason.CLAIMS_A_CASE, state="filed"), NOW)

    assert (Reason.COMMANDS_REFUSED, ()) == (decision.reason, decision.consequences)


@pytest.mark.parametrize(("told", "templates"), [(False, ["agent/flood"]), (True, [])])
def test_a_flood_of_mail_that_waits_is_told_once(
    told: bool,  # noqa: FBT001
    templates: list[str],
) -> None:
    """Anybody can name cases that are not theirs."""
    arrivals = Arrivals(of_strangers=HOLDING.strangers.most, told=told)
    stranger = replace(CLAIMING.sender, authentic=False)
    case = replace(CLAIMING, sender=stranger, known=Known(arrivals=arrivals))

    decision = decide(case, NOW)

    assert Outcome.HELD is decision.outcome
    assert templates == [reply.template for reply in decision.replies]
    assert opens_for_stranger(decision.reason, stranger)
