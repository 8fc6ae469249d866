"""What tickets are like is kept, and found again, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from gateway.config.desk import Duplicates, Flood, Phase
from gateway.desk.alike import Likenesses
from gateway.desk.decision import Touched
from gateway.desk.likeness import NO_LIKENESS, Likeness, likeness
from gateway.desk.ticket import Ticket
from gateway.store.conflict import Conflict
from gateway.store.effects import Arrival, Effects, write_effects
from gateway.store.likenesses import forget, write_likenesses
from gateway.store.lookup.alike import find, proposed
from gateway.store.lookup.likened import Candidate
from gateway.store.lookup.sought import sought
from gateway.store.schema import bands, tickets
from lib.desks import DESK, TICKET
from lib.workbench import START, Workbench

NORTH = replace(
    DESK,
    duplicates=Duplicates(signatures=("Crash:",), join=True),
    incident=Flood(5),
)
BLANK = "The quarterly report stays blank since the update of last night in all our offices."
OTHER = "How do we move a licence to another computer before the old one is replaced in May?"
ANN, BOB, EVE = "ann@klant.example", "bob@klant.example", "eve@elsewhere.example"


def like(text: str, subject: str = "Report") -> Likeness:
    """Give what a mail is like."""
    return likeness(subject, text, NORTH)


def ticket(number: int, minutes: int = 0, **fields: Any) -> Ticket:  # noqa: ANN401  any field
    """Give a ticket of Ann's that was opened so many minutes after START."""
    values: dict[str, Any] = {
        "id": number,
        "number": f"NO-{number}",
        "subject": "Report",
        "requester": ANN,
        "participants": (),
        "organisation": "Klant",
        "opened_at": START + timedelta(minutes=minutes),
        "updated_at": START + timedelta(minutes=minutes),
        **fields,
    }
    return replace(TICKET, **values)


def file(bench: Workbench, opened: Ticket, text: str = BLANK) -> None:
    """Write a ticket that a mail of this text opened."""
    arrival = Arrival(opened.id, (f"<{opened.id}@klant.example>",), (), like(text))
    effects = Effects(Touched(None), opened, (), (), arrival=arrival)
    with bench.house.database.writing() as connection:
        write_effects(connection, [effects])
        write_likenesses(connection, [effects])


def candidate(
    text: str = BLANK,
    *,
    author: str = BOB,
    organisation: str = "Klant",
    minutes: int = 5,
    subject: str = "Something else",
) -> Candidate:
    """Give a mail that came so many minutes after START."""
    wanted = sought(NORTH, subject, like(text, subject))
    return Candidate(wanted, author, organisation, START + timedelta(minutes=minutes))


def ask(bench: Workbench, *asked: Candidate) -> tuple[Likenesses, ...]:
    """Ask what is like these mails."""
    with bench.house.database.reading() as connection:
        return find(connection, asked)


def duplicates(found: Likenesses) -> list[tuple[int, str]]:
    """Give the tickets that are proposed, and why."""
    return [(alike.ticket.id, alike.why) for alike in found.duplicates]


def test_likely_duplicates_are_of_the_same_organisation_or_author(bench: Workbench) -> None:
    """By text or by subject; whoever else writes the same is somebody else's matter."""
    file(bench, ticket(1))
    file(bench, ticket(2, subject="Licence for a new computer"), OTHER)
    file(bench, ticket(3, requester=EVE, organisation=""))
    file(bench, ticket(4, desk="south"))

    ours, theirs, by_subject, nobody = ask(
        bench,
        candidate(),
        candidate(author=EVE, organisation=""),
        candidate("Is there any news?", subject="Re: licence for a new computer"),
        candidate(author="new@other.example", organisation="Other"),
    )

    assert [(1, "text")] == duplicates(ours)
    assert [(3, "text")] == duplicates(theirs)
    assert [(2, "subject")] == duplicates(by_subject)
    assert [] == duplicates(nobody)


def test_the_likeliest_three_are_proposed_and_of_equals_the_newest(bench: Workbench) -> None:
    """An agent reads them in a mail."""
    for number in range(1, 5):
        file(bench, ticket(number))
    file(bench, ticket(5), BLANK.replace("quarterly", "yearly").replace("blank", "white"))

    (found,) = ask(bench, candidate())

    assert [(4, "text"), (3, "text"), (2, "text")] == duplicates(found)


@pytest.mark.parametrize(
    "fields",
    [
        {"phase": "closed"},
        {"merged_into": 1},
        {"parent": 1},
        {"opened_at": START - timedelta(days=15)},
    ],
    ids=str,
)
def test_what_is_over_is_no_original(bench: Workbench, fields: dict[str, object]) -> None:
    """Nor what is a duplicate itself, a report of an incident, or too old."""
    file(bench, ticket(2))
    with bench.house.database.writing() as connection:
        connection.execute(update(tickets).values(**fields))

    (found,) = ask(bench, candidate())

    assert () == found.duplicates


def test_a_desk_may_want_no_proposals(bench: Workbench) -> None:
    """Then nothing is read for them."""
    file(bench, ticket(1))
    asked = candidate()
    silent = replace(NORTH, duplicates=Duplicates(propose=False))
    asked = replace(asked, sought=sought(silent, "Report", like(BLANK)))

    (found,) = ask(bench, asked)

    assert () == found.duplicates


def test_a_crash_is_joined_on_the_oldest_open_ticket_that_has_it(bench: Workbench) -> None:
    """Whoever writes the signature down later does not draw the reports to a ticket of theirs."""
    for number in (1, 2, 3):
        file(bench, ticket(number, requester=EVE, organisation=""), "Crash: mesh.dll+0x1f")
    file(bench, ticket(4), "Crash: other.dll")
    with bench.house.database.writing() as connection:
        connection.execute(update(tickets).values(phase="closed").where(tickets.c.id == 1))

    same, other = ask(bench, candidate("Crash:  mesh.dll+0x1f"), candidate("Crash: mesh.dll+0x20"))

    assert 2 == (same.signature.id if same.signature else 0)
    assert None is other.signature


def test_a_flood_is_of_anybody_within_the_window_oldest_first(bench: Workbench) -> None:
    """Of this desk, and open."""
    file(bench, ticket(1, minutes=-6))
    for number in range(2, 5):
        file(bench, ticket(number, 5 - number, requester=f"{number}@x.example", organisation=""))
    file(bench, ticket(5), OTHER)
    file(bench, ticket(6, desk="south"))
    file(bench, ticket(7))
    with bench.house.database.writing() as connection:
        connection.execute(update(tickets).values(phase="closed").where(tickets.c.id == 7))

    (found,) = ask(bench, candidate(author=EVE, organisation=""))

    assert [4, 3, 2] == [one.id for one in found.flood]
    assert None is found.incident


def test_an_incident_is_found_by_its_parent_long_after_the_flood(bench: Workbench) -> None:
    """As long as it is open; its children need no bands of their own."""
    file(bench, ticket(1))
    file(bench, ticket(2, parent=1))

    late, other = ask(bench, candidate(minutes=600), candidate(OTHER, minutes=600))
    with bench.house.database.writing() as connection:
        connection.execute(update(tickets).values(phase="closed"))
    (over,) = ask(bench, candidate(minutes=600))

    assert 1 == (late.incident.id if late.incident else 0)
    assert None is other.incident
    assert None is over.incident
    assert {1} == {row["ticket"] for row in bench.rows("bands")}
    assert [1, 2] == [row["ticket"] for row in bench.rows("likenesses")]


def test_nobody_becomes_a_child_of_an_incident_that_is_over(bench: Workbench) -> None:
    """It was closed after the look-up: the mail goes back there, and is told to agents."""
    file(bench, ticket(1, phase=Phase.CLOSED))

    with pytest.raises(Conflict):
        file(bench, ticket(2, parent=1))

    assert [1] == [row["id"] for row in bench.rows("tickets")]


def test_what_was_proposed_is_proposed_again(bench: Workbench) -> None:
    """An agent answers later; what came after the ticket does not count."""
    file(bench, ticket(1, 0))
    file(bench, ticket(2, 5, requester=BOB))
    file(bench, ticket(3, 9, requester=BOB))

    with bench.house.database.reading() as connection:
        (found,) = proposed(connection, [(ticket(2, 5, requester=BOB), timedelta(days=14))])

    assert [1] == [alike.ticket.id for alike in found]


def test_a_mail_that_says_nothing_leaves_nothing(bench: Workbench) -> None:
    """It is like no other."""
    opened = ticket(1)
    effects = Effects(Touched(None), opened, (), (), arrival=Arrival(1, likeness=NO_LIKENESS))
    with bench.house.database.writing() as connection:
        write_effects(connection, [effects])
        write_likenesses(connection, [effects])

    (found,) = ask(bench, candidate("", author="x@y.example", organisation=""))

    assert [] == bench.rows("likenesses") + bench.rows("bands")
    assert Likenesses() == found


def test_old_bands_are_forgotten_a_portion_at_a_time(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left goes the next time."""
    monkeypatch.setattr("gateway.store.likenesses._AT_ONCE", 2)
    file(bench, ticket(1), "")
    rows = [
        {"desk": "north", "value": f"{n}", "ticket": 1, "at": START + timedelta(minutes=n)}
        for n in range(6)
    ]
    with bench.house.database.writing() as connection:
        connection.execute(insert(bands), rows)
        first = forget(connection, START + timedelta(minutes=5))
        second = forget(connection, START + timedelta(minutes=5))
        third = forget(connection, START + timedelta(minutes=5))

    assert (3, 2, 0) == (first, second, third)
    assert ["5"] == [row["value"] for row in bench.rows("bands")]
