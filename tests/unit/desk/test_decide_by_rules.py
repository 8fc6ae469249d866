"""What a desk decides where its rules say something: tables over rulings."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.config.desk import Agent, Lifecycle, Phase, Status
from gateway.config.policy import Detail, Escalation
from gateway.config.service_time import Timer
from gateway.desk.case import Case, Forward
from gateway.desk.choice import Choice, Trust
from gateway.desk.decide import decide
from gateway.desk.decision import Decision, Outcome, Reason
from gateway.desk.entitled import Account, Entitled, FoundBy
from gateway.desk.firing import decide as decide_timer
from gateway.desk.flood import FLOOD
from gateway.desk.known import Earlier, Known
from gateway.desk.lately import Arrivals
from gateway.desk.lifecycle import fold
from gateway.desk.person import Person
from gateway.desk.ruling import NO_RULING, CopyTo, Ruling, Said, Setting
from gateway.desk.ticket import Ticket
from gateway.mail.model import Kind
from lib.desks import ADA, CASE, DESK, EVE, JAN, NOW, TICKET, kind_of

DEE = "dee@north.example"
SHOP = "shop@reseller.example"
DESK = replace(
    DESK,
    status=(
        Status("New", Phase.OPEN),
        Status("Waiting", Phase.WAITING),
        Status("Done", Phase.CLOSED),
    ),
    lifecycle=Lifecycle(start="New", reopened="New", after_customer="New"),
    agent=(Agent(ADA, "Ada"), Agent(DEE, "Dee", role="manager")),
    escalation=(Escalation("up", ("managers",)),),
    detail=(Detail("browser", {"en": "your browser", "nl": "uw browser"}, "false"),),
    timer=(
        Timer("quiet", "New", after="2d"),
        Timer("mailing", "Waiting", after="2d", mail="customer/r"),
    ),
)
CANNED = Said("faq/a", "r")
CASE = replace(CASE, desk=DESK, spool=9)
ON_TICKET = replace(CASE, choice=Choice(TICKET, Trust.REPLY_ADDRESS))


def sent(decision: Decision) -> list[tuple[str, str]]:
    """Give what is sent, and to whom."""
    return [(reply.template, reply.to.address) for reply in decision.replies]


def by(case: Case, ruling: Ruling) -> Decision:
    """Decide on a case with this ruling."""
    return decide(replace(case, ruling=ruling), NOW)


def after(decision: Decision, ticket: Ticket = TICKET) -> Ticket:
    """Give the ticket after a decision."""
    return fold(ticket, decision.events)


NEW = ("agent/new", ADA)
ACKNOWLEDGED = ("customer/acknowledge", JAN)
ANSWERED = ("faq/a", JAN)


@pytest.mark.parametrize(
    ("ruling", "told", "is_work"),
    [
        (NO_RULING, [ACKNOWLEDGED, NEW], True),
        (Ruling(work=False), [ACKNOWLEDGED], False),
        (Ruling(reply=CANNED), [ANSWERED], False),
        (Ruling(reply=CANNED, work=True), [ANSWERED, NEW], True),
        (
            Ruling(reply=CANNED, escalations=(Said("up", "r"),)),
            [ANSWERED, ("agent/escalated", DEE)],
            False,
        ),
        (
            Ruling(copies=(CopyTo(SHOP, "partner/case", "r"), CopyTo(JAN, "partner/case", "r"))),
            [ACKNOWLEDGED, NEW, ("partner/case", SHOP)],
            True,
        ),
    ],
)
def test_a_new_case(ruling: Ruling, told: list[tuple[str, str]], is_work: bool) -> None:  # noqa: FBT001
    """A canned answer takes the place of the acknowledgement, and makes it nobody's work."""
    decision = by(CASE, ruling)

    assert told == sent(decision)
    assert is_work is after(decision).is_work


def test_a_canned_answer_that_nobody_can_get_leaves_work() -> None:
    """A machine's mail is not answered, so that agents have to see to it."""
    machine = replace(CASE, kind=kind_of(Kind.LIST))
    decision = by(machine, Ruling(reply=CANNED))

    assert [NEW] == sent(decision)
    assert ("faq/a: the mail is not a person's: list",) == decision.withheld


def test_the_language_of_a_rule_holds_for_the_answer() -> None:
    """If it is the desk's; the details are asked for in it."""
    nl, xx = Setting("language", "nl", "r"), Setting("language", "xx", "s")
    decision = by(CASE, Ruling(settings=(nl, xx), missing=("browser",)))

    assert ("nl", ("uw browser",)) == (
        decision.replies[0].language,
        decision.replies[0].content.missing,
    )


@pytest.mark.parametrize("quiet", [True, False])
def test_quiet_mail_and_floods_tell_nobody_whatever_rules_say(quiet: bool) -> None:  # noqa: FBT001
    """A flood of strangers is told as one."""
    stranger = replace(CASE.sender, authentic=False)
    known = Known(arrivals=Arrivals(of_strangers=DESK.strangers.most))
    case = replace(CASE, quiet=quiet, sender=stranger, known=known)
    ruling = Ruling(escalations=(Said("up", "r"),), copies=(CopyTo(SHOP, "partner/case", "r"),))

    told = [template for template, _ in sent(by(case, ruling))]

    assert ([] if quiet else ["customer/acknowledge", FLOOD]) == told


@pytest.mark.parametrize(
    ("ruling", "reason", "told"),
    [
        (Ruling(hold=Said("", "r")), Reason.RULE_HELD, [("agent/held", ADA)]),
        (
            Ruling(refuse=Said("customer/register", "r")),
            Reason.RULE_REFUSED,
            [("customer/register", JAN), ("agent/held", ADA)],
        ),
    ],
)
@pytest.mark.parametrize("case", [CASE, ON_TICKET], ids=["new", "reply"])
def test_mail_is_held_or_refused(
    case: Case, ruling: Ruling, reason: Reason, told: list[tuple[str, str]]
) -> None:
    """It touches no ticket; what somebody admitted or forwarded is neither."""
    decision = by(case, ruling)

    assert (Outcome.HELD, reason, ()) == (decision.outcome, decision.reason, decision.events)
    assert told == sent(decision)
    assert Outcome.FILED is by(replace(case, admitted_by=ADA), ruling).outcome
    assert Outcome.FILED is by(replace(case, forward=Forward(ADA, "")), ruling).outcome


def test_a_storm_of_held_mail_is_told_to_nobody() -> None:
    """Each of them waits all the same."""
    case = replace(CASE, known=Known(arrivals=Arrivals(stormed=True)))

    assert (Outcome.HELD, []) == (
        by(case, Ruling(hold=Said("", "r"))).outcome,
        sent(by(case, Ruling(hold=Said("", "r")))),
    )


WAITING = replace(TICKET, status="Waiting", phase=Phase.WAITING)
CLOSED = replace(TICKET, status="Done", phase=Phase.CLOSED, resolution="workaround")
KEPT = Ruling(keep=Said("", "thanks"), settings=(Setting("status", "New", "thanks"),))
REPLY = ("agent/reply", ADA)


@pytest.mark.parametrize(
    ("ticket", "ruling", "reason", "status", "told"),
    [
        (WAITING, NO_RULING, Reason.APPENDED, "New", [REPLY]),
        (CLOSED, NO_RULING, Reason.REOPENED, "New", [REPLY]),
        (CLOSED, KEPT, Reason.THANKED, "Done", [REPLY]),
        (WAITING, KEPT, Reason.THANKED, "Waiting", [REPLY]),
        (replace(CLOSED, is_work=False), KEPT, Reason.THANKED, "Done", []),
        (CLOSED, Ruling(reply=CANNED), Reason.REOPENED, "New", [ANSWERED]),
        (
            CLOSED,
            Ruling(reply=CANNED, settings=(Setting("status", "Done", "r"),)),
            Reason.APPENDED,
            "Done",
            [ANSWERED],
        ),
        (
            TICKET,
            Ruling(settings=(Setting("status", "Done", "r"),)),
            Reason.APPENDED,
            "Done",
            [("customer/closed", JAN), ("customer/closed", "piet@klant.example"), REPLY],
        ),
        (replace(TICKET, is_work=False), NO_RULING, Reason.APPENDED, "New", [NEW]),
        (replace(TICKET, is_work=False), Ruling(work=False), Reason.APPENDED, "New", []),
        (TICKET, Ruling(reply=CANNED, work=True), Reason.APPENDED, "New", [ANSWERED, REPLY]),
    ],
)
def test_a_mail_on_a_case(
    ticket: Ticket, ruling: Ruling, reason: Reason, status: str, told: list[tuple[str, str]]
) -> None:
    """Thanks move nothing, canned answers tell no agent, and a rule's status is what remains."""
    decision = by(replace(CASE, choice=Choice(ticket, Trust.REPLY_ADDRESS)), ruling)

    assert (reason, status) == (decision.reason, after(decision, ticket).status)
    assert told == sent(decision)


def test_what_was_solved_and_goes_on_has_no_solution() -> None:
    """The agent who solves it again records it anew."""
    solved = by(replace(CASE, choice=Choice(CLOSED, Trust.REPLY_ADDRESS)), NO_RULING)
    thanked = by(replace(CASE, choice=Choice(CLOSED, Trust.REPLY_ADDRESS)), KEPT)

    assert ("", "workaround") == (
        after(solved, CLOSED).resolution,
        after(thanked, CLOSED).resolution,
    )


def test_whoever_is_told_of_a_case_late_is_told_all_of_it() -> None:
    """From then on it is work like any other."""
    ticket = replace(TICKET, is_work=False)
    earlier = (Earlier(1, JAN, NOW, "Where is it?"), Earlier(2, EVE, NOW, "Another's"))
    known = Known(tickets=(ticket,), earlier=earlier)
    case = replace(CASE, choice=Choice(ticket, Trust.REPLY_ADDRESS), known=known)

    decision = decide(case, NOW)

    assert earlier[:1] == decision.replies[0].content.earlier
    assert after(decision, ticket).is_work


def test_support_is_remembered_on_a_persons_own_case() -> None:
    """An account that a text named, too; a mail of somebody else changes nothing."""
    account = Account(Person(EVE), (), FoundBy.SITE)
    entitled = Entitled("paid", "found by a site", account)
    own, other = (
        decide(replace(ON_TICKET, entitled=entitled, sender=sender), NOW)
        for sender in (ON_TICKET.sender, replace(ON_TICKET.sender, address="piet@klant.example"))
    )

    assert ("paid", EVE) == (after(own).level, after(own).account)
    assert ("", "") == (after(other).level, after(other).account)


def test_rules_that_hit_only_so_often_are_counted() -> None:
    """Whatever becomes of the mail."""
    assert ("r",) == by(CASE, Ruling(counted=("r",))).counted


LATER = NOW + timedelta(days=3)


@pytest.mark.parametrize(
    ("ticket", "ruling", "status", "told"),
    [
        (TICKET, NO_RULING, "New", []),
        (TICKET, Ruling(reply=CANNED), "New", [ANSWERED]),
        (WAITING, Ruling(reply=CANNED), "Waiting", [ANSWERED]),
        (WAITING, NO_RULING, "Waiting", [("customer/r", JAN)]),
        (TICKET, Ruling(escalations=(Said("up", "r"),)), "New", [("agent/escalated", DEE)]),
        (
            TICKET,
            Ruling(settings=(Setting("status", "Done", "r"),)),
            "Done",
            [("customer/closed", JAN)],
        ),
        (replace(TICKET, is_work=False), Ruling(work=True), "New", [NEW]),
        (TICKET, Ruling(work=True), "New", []),
    ],
)
def test_a_timer(ticket: Ticket, ruling: Ruling, status: str, told: list[tuple[str, str]]) -> None:
    """A canned answer takes the place of what the timer sends."""
    decision = decide_timer(ticket, DESK, None, LATER, (), ruling)

    assert decision is not None
    assert (status, told) == (after(decision, ticket).status, sent(decision))
