"""When many mails about one matter become one incident, and who is told of it."""

from dataclasses import replace

import pytest

from gateway.config.desk import Agent, Duplicates, Flood
from gateway.desk.alike import Likenesses
from gateway.desk.case import Case
from gateway.desk.choice import Choice, Trust
from gateway.desk.decide import decide
from gateway.desk.decision import Decision, Reason
from gateway.desk.incident import awaits_others
from gateway.desk.known import Known
from gateway.desk.likeness import Likeness
from gateway.desk.ticket import Change, EventKind, Ticket
from lib.desks import ADA, CASE, DESK, NOW, TICKET

BEN = "ben@north.example"
NORTH = replace(DESK, incident=Flood(4), agent=(Agent(ADA, "Ada"), Agent(BEN, "Ben")))


def ticket(number: int, parent: int = 0, **fields: str) -> Ticket:
    """Give one of the tickets that are alike."""
    found = replace(TICKET, id=number, number=f"NO-{number}", parent=parent)
    return replace(found, assignee=fields.get("assignee", ""))


def decided(flood: tuple[Ticket, ...], incident: Ticket | None = None) -> Decision:
    """Decide on a mail that is like these tickets."""
    known = Known(alike=Likenesses(flood=flood, incident=incident))
    return decide(replace(CASE, desk=NORTH, known=known), NOW)


def parents(decision: Decision) -> dict[int, str]:
    """Give the new parent of each ticket that a decision touches; 0 stands for its own."""
    own = {decision.ticket.id if decision.ticket else 0: decision.events}
    touched = own | {one.ticket.id: one.events for one in decision.others if one.ticket}
    return {
        number: change.value
        for number, events in touched.items()
        for event in events
        for change in event.changes
        if change.field == "parent"
    }


def mails(decision: Decision) -> list[tuple[str, str]]:
    """Give the mails of a decision: what, to whom."""
    replies = (*decision.replies, *(reply for one in decision.others for reply in one.replies))
    return [(reply.template, reply.to.address) for reply in replies]


def test_one_mail_less_than_a_flood_is_a_case_like_any_other() -> None:
    """Its agents are told of it."""
    decision = decided((ticket(1), ticket(2)))

    assert {} == parents(decision)
    assert ("agent/new", ADA) in mails(decision)


def test_the_mail_that_makes_a_flood_makes_its_oldest_ticket_the_parent() -> None:
    """Its own is a child as well; agents are told once, of the parent."""
    decision = decided((ticket(1), ticket(2), ticket(3)))

    assert Reason.OPENED is decision.reason
    assert {0: "1", 2: "1", 3: "1"} == parents(decision)
    assert [
        ("customer/acknowledge", "jan@klant.example"),
        ("agent/incident", ADA),
        ("agent/incident", BEN),
    ] == mails(decision)
    first = decision.others[0]
    assert (1, EventKind.ADOPTED) == (first.ticket.id if first.ticket else 0, first.events[0].kind)
    assert (1,) == decision.links


def test_further_reports_are_children_and_nobody_is_told() -> None:
    """But their customer; the parent is not touched, so that they do not wait for each other."""
    decision = decided((ticket(2, 1), ticket(3, 1)), ticket(1))

    assert {0: "1"} == parents(decision)
    assert [("customer/acknowledge", "jan@klant.example")] == mails(decision)
    assert () == decision.others
    assert "agent/new: a report of incident NO-1" in decision.withheld


def test_strays_are_taken_in_by_the_next_report() -> None:
    """What was decided on at the same moment as the incident was made."""
    decision = decided((ticket(1), ticket(2, 1), ticket(3), ticket(4)), ticket(1))

    assert {0: "1", 3: "1", 4: "1"} == parents(decision)


def test_whoever_works_on_the_parent_is_told() -> None:
    """As of any news of their case."""
    decision = decided((ticket(1, assignee=BEN), ticket(2), ticket(3)))

    assert ("agent/incident", BEN) in mails(decision)
    assert ("agent/incident", ADA) not in mails(decision)


def test_reports_of_another_incident_do_not_count() -> None:
    """They have their parent."""
    decision = decided((ticket(1, 9), ticket(2, 9), ticket(3)))

    assert {} == parents(decision)


def test_an_answer_on_a_ticket_is_no_report() -> None:
    """However alike its text is."""
    answers: Case = replace(replace(CASE, choice=Choice(TICKET, Trust.ISSUED_ID)), desk=NORTH)
    alike = Likenesses(flood=(ticket(2), ticket(3), ticket(4)))
    decision = decide(replace(answers, known=replace(answers.known, alike=alike)), NOW)

    assert Reason.APPENDED is decision.reason
    assert () == decision.others


def test_old_mail_of_a_mailbox_is_no_incident() -> None:
    """Nobody waits for an answer to it."""
    known = Known(alike=Likenesses(flood=(ticket(1), ticket(2), ticket(3))))

    assert {} == parents(decide(replace(CASE, desk=NORTH, known=known, quiet=True), NOW))


ONE, SAME, OTHER = (
    Likeness(bands=("0.a", "1.b")),
    Likeness(bands=("0.a",)),
    Likeness(bands=("2.c",)),
)


@pytest.mark.parametrize(
    ("beside", "flood", "incident", "waits"),
    [
        ((), 3, None, False),
        ((SAME,), 1, None, False),
        ((SAME,), 2, None, True),
        ((SAME, SAME, SAME), 0, None, True),
        ((OTHER, OTHER, OTHER), 2, None, False),
        ((SAME,), 3, ticket(1), False),
    ],
)
def test_mails_of_one_moment_wait_where_they_would_be_a_flood(
    beside: tuple[Likeness, ...], flood: int, incident: Ticket | None, *, waits: bool
) -> None:
    """Otherwise each of them were told to agents; reports of an incident that is there do not."""
    alike = Likenesses(flood=tuple(ticket(n) for n in range(1, flood + 1)), incident=incident)

    assert waits is awaits_others(NORTH, ONE, beside, alike)


def test_reports_of_one_crash_wait_for_the_first() -> None:
    """If the desk joins them, and there is no ticket of it yet."""
    joins = replace(NORTH, duplicates=Duplicates(signatures=("Crash:",), join=True))
    crash, other = Likeness(signature="1f"), Likeness(signature="2f")

    assert awaits_others(joins, crash, (other, crash), Likenesses())
    assert not awaits_others(joins, crash, (other,), Likenesses())
    assert not awaits_others(joins, crash, (crash,), Likenesses(signature=ticket(1)))
    assert not awaits_others(NORTH, crash, (crash,), Likenesses())


def test_an_adopted_ticket_says_by_what() -> None:
    """The event has the parent's id for the row, and its number for people."""
    decision = decided((ticket(1), ticket(2), ticket(3)))
    (event,) = decision.others[1].events

    assert (Change("parent", "1"),) == event.changes
    assert "one of many reports of incident NO-1" == event.why
