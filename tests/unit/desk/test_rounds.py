"""Cases that get one status after the other, thousands of times: what it may cost."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from gateway.config.desk import Phase, Status
from gateway.config.policy import Escalation
from gateway.config.service_time import Timer
from gateway.desk.changes import MOST_STAYS
from gateway.desk.firing import decide
from gateway.desk.lifecycle import MOST_BY_ITSELF, fold, moved
from gateway.desk.ruled import carried_out
from gateway.desk.ruling import Ruling, Said, Setting
from gateway.desk.ticket import Stay, Ticket
from lib.desks import ADA, DESK, NOW, TICKET

SECOND = timedelta(seconds=1)
DESK = replace(
    DESK,
    status=(*DESK.status, Status("Waiting", Phase.WAITING)),
    timer=(
        Timer("ping", "New", after="1s", then="Waiting"),
        Timer("pong", "Waiting", after="1s", then="New"),
    ),
)
TICKET = replace(TICKET, stays=(Stay("New", NOW),))


def passed_round(times: int) -> Ticket:
    """Give the ticket after people gave it two statuses in turn, a little longer each time."""
    ticket, at = TICKET, NOW
    for time in range(times):
        at += (time + 1) * SECOND
        ticket = fold(ticket, [moved(DESK, ("Waiting", "New")[time % 2], ADA, "the test", at)])
    return ticket


def test_a_ledger_is_bounded_and_keeps_its_ends() -> None:
    """The shortest stays count for those before them; people go on without end."""
    ticket = passed_round(2 * MOST_STAYS)
    assert MOST_STAYS - 2 < len(ticket.stays) <= MOST_STAYS
    assert Stay("New", NOW) == ticket.stays[0]
    assert Stay("New", ticket.since) == ticket.stays[-1]
    assert all(one.status != other.status for one, other in pairwise(ticket.stays))
    assert list(ticket.stays) == sorted(ticket.stays, key=lambda one: one.since)


def test_timers_pass_a_case_to_and_fro_for_a_while_only() -> None:
    """Then the timer fires without giving a status, and says why."""
    ticket, at, fired = TICKET, NOW, 0
    withheld: tuple[str, ...] = ()
    while (decision := decide(ticket, DESK, None, at := at + SECOND)) is not None:
        ticket, fired, withheld = fold(ticket, decision.events), fired + 1, decision.withheld
    assert MOST_BY_ITSELF == fired == len(ticket.stays)
    assert (
        "pong: status New: the case has had 100 statuses, and gets no other by itself",
    ) == withheld


def test_rules_and_escalations_come_to_rest_as_well() -> None:
    """What else they do is done, and a person may still give it any status."""
    ticket = passed_round(MOST_BY_ITSELF)
    up = replace(DESK, escalation=(Escalation("up", ("managers",), status="Waiting"),))
    ruling = Ruling(
        settings=(Setting("status", "Waiting", "r"), Setting("tag", "seen", "r")),
        escalations=(Said("up", "r"),),
    )
    ruled = carried_out(up, ticket, ruling, NOW, cause="the test")
    assert ("New", ("seen",)) == (ruled.ticket.status, ruled.ticket.tags)
    assert 2 == len(ruled.skipped)
    assert "Waiting" == fold(ticket, [moved(DESK, "Waiting", ADA, "the test", NOW)]).status
