"""A bounce is noted where the mail was, tells agents of lost answers, and can do little else."""

from dataclasses import replace

import pytest

from gateway.desk.bounced import BOUNCED, MOST_A_DAY
from gateway.desk.case import Case
from gateway.desk.choice import Choice, Trust
from gateway.desk.decide import decide
from gateway.desk.decision import Outcome, Reason
from gateway.desk.decision import Undelivered as Unreached
from gateway.desk.known import Known, KnownId, SentMail
from gateway.desk.lifecycle import fold
from gateway.desk.ticket import EventKind
from gateway.mail.model import Bounce, Kind, Undelivered
from lib.desks import ADA, CASE, EVE, JAN, NOW, TICKET, kind_of

ANSWER = SentMail(7, 1, 0, JAN, NOW, "customer/answer", automatic=False)
REMINDER = replace(ANSWER, template="customer/reminder", automatic=True)
GONE = Undelivered(JAN, "5.1.1", permanent=True, diagnostic="no such user")
OURS = KnownId("<cp.7.x@north.example>", 1, JAN)


def bounced(
    *failed: Undelivered,
    sent: SentMail | None = ANSWER,
    answered: KnownId | None = None,
    known: Known | None = None,
) -> Case:
    """Give the case of a bounce: to our reverse-path, or naming an id of ours."""
    trust = Trust.ANSWERED_ID if answered else Trust.RETURN_ADDRESS
    return replace(
        CASE,
        kind=replace(kind_of(Kind.BOUNCE), bounce=Bounce("", failed, "", "the test says so")),
        choice=Choice(TICKET, trust, answered=answered, returned=sent),
        known=known or Known(),
    )


def test_agents_are_told_of_an_answer_that_did_not_arrive() -> None:
    """With what the other side said; the entry is marked."""
    decision = decide(bounced(GONE), NOW)

    assert (Outcome.FILED, Reason.BOUNCED) == (decision.outcome, decision.reason)
    (told,) = decision.replies
    assert (BOUNCED, ADA) == (told.template, told.to.address)
    assert ("no such user", (JAN,)) == (told.content.text, told.content.addresses)
    why = f"{JAN} did not get mail 7, for good: 5.1.1"
    assert (Unreached(7, JAN, why, lasting=True),) == decision.consequences
    assert EventKind.BOUNCED in [event.kind for event in decision.events]
    assert decision.entry is not None
    assert decision.entry.internal
    assert not fold(TICKET, decision.events).answerable


@pytest.mark.parametrize(
    ("case", "marked"),
    [
        (bounced(GONE, sent=REMINDER), True),
        (bounced(replace(GONE, delayed=True, permanent=False)), False),
        (bounced(GONE, sent=None, answered=OURS), False),
        (replace(bounced(GONE), quiet=True), True),
        (bounced(), False),
    ],
)
def test_of_anything_else_nobody_is_told(case: Case, marked: bool) -> None:  # noqa: FBT001
    """Mail that went out by itself, a delay that may end well, a mail that is gone by now."""
    decision = decide(case, NOW)

    assert Reason.BOUNCED is decision.reason
    assert () == decision.replies
    assert marked is bool(decision.consequences)


@pytest.mark.parametrize(
    ("case", "lasting"),
    [
        (bounced(GONE), True),
        (bounced(replace(GONE, address=JAN.upper())), True),
        (bounced(replace(GONE, address="")), True),
        (bounced(replace(GONE, address=""), answered=OURS), False),
        (bounced(replace(GONE, address=EVE)), False),
        (bounced(replace(GONE, permanent=False)), False),
    ],
)
def test_only_the_address_that_the_mail_was_for_is_muted(case: Case, lasting: bool) -> None:  # noqa: FBT001
    """Whatever others a bounce names; at its own reverse-path it need name none."""
    (consequence,) = decide(case, NOW).consequences

    assert isinstance(consequence, Unreached)
    assert (JAN, lasting) == (consequence.address, consequence.lasting)


@pytest.mark.parametrize(("before", "reason"), [(9, Reason.BOUNCED), (10, Reason.ORPHAN)])
def test_nobody_fills_a_ticket_with_bounces(before: int, reason: Reason) -> None:
    """Ten a day make an entry; further ones are kept in the spool, and do nothing."""
    case = bounced(GONE, known=Known(bounces=((2, 99), (1, before))))

    decision = decide(case, NOW)

    assert 10 == MOST_A_DAY
    assert reason is decision.reason
    if reason is Reason.ORPHAN:
        assert (None, None, (), ()) == (
            decision.ticket,
            decision.entry,
            decision.replies,
            decision.consequences,
        )
        assert decision.withheld
