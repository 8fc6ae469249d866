"""Who is told that a defect is fixed, and in which words."""

from dataclasses import replace

import pytest

from gateway.desk.decision import Decision
from gateway.desk.defects import FIXED, Fix, key_of, tell_fixed
from gateway.desk.person import Person
from gateway.desk.ticket import Defect, EventKind
from lib.desks import DESK, JAN, NOW, TICKET

PIET = "piet@klant.example"
LINKED = replace(DESK, defect_url="https://bugs.example/{number}")
BROKEN = replace(TICKET, defects=(Defect("6", "https://d/6"), Defect("D-7", "https://d/7")))
FIX = Fix("d-7", "6.2", "Update soon.")


def told(decision: Decision | None) -> list[tuple[str, str]]:
    """Give who is told, and in which language."""
    return [(reply.to.address, reply.language) for reply in decision.replies] if decision else []


def test_everybody_on_a_case_is_told_in_their_own_language() -> None:
    """The defect is named as the case has it; nobody asked for the mail."""
    people = {PIET: Person(PIET, "Piet", language="nl")}
    decision = tell_fixed(LINKED, BROKEN, FIX, people, (), NOW)
    assert decision is not None
    assert [(JAN, "en"), (PIET, "nl")] == told(decision)
    (event,) = decision.events
    assert (EventKind.DEFECT_FIXED, "defect D-7 is fixed in 6.2") == (event.kind, event.why)
    reply = decision.replies[1]
    assert (FIXED, "Piet", True, True) == (
        *(reply.template, reply.to.name),
        *(reply.automatic, reply.unasked),
    )
    content = reply.content
    assert (Defect("D-7", "https://d/7"), "6.2", "Update soon.") == (
        *(content.defect, content.version),
        content.text,
    )


@pytest.mark.parametrize(
    ("known", "answerable", "expected"),
    [
        ((JAN,), True, [PIET]),
        ((), False, [PIET]),
        ((PIET,), False, []),
        ((JAN, PIET), True, []),
    ],
)
def test_whoever_knows_or_takes_no_automatic_mail_is_not_told(
    known: tuple[str, ...],
    answerable: bool,  # noqa: FBT001  a column of the table
    expected: list[str],
) -> None:
    """A case with nobody to be told is let alone."""
    ticket = replace(BROKEN, answerable=answerable)
    decision = tell_fixed(DESK, ticket, FIX, {}, known, NOW)
    assert expected == [address for address, _ in told(decision)]
    assert (decision is None) == (not expected)


def test_a_report_of_an_incident_has_the_defect_by_its_number_alone() -> None:
    """It is recorded on the incident; where to read about it is the desk's to say."""
    decision = tell_fixed(LINKED, TICKET, FIX, {}, (), NOW)
    assert decision is not None
    assert Defect("d-7", "https://bugs.example/d-7") == decision.replies[0].content.defect


def test_letter_case_makes_no_difference() -> None:
    """Nor do blanks around a number."""
    assert key_of("d-7") == key_of(" D-7 ")
