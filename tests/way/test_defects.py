"""A defect is fixed: everybody with a case about it is told, once."""

from collections import Counter
from datetime import timedelta

from gateway import defects
from gateway.defects import Told, tell
from gateway.desk.decision import Touched
from gateway.desk.defects import Fix
from gateway.desk.lifecycle import fold
from gateway.desk.ticket import Change, Event, EventKind
from gateway.store import defects as kept
from gateway.store import schema
from gateway.store.effects import Effects, write_effects
from lib.workbench import Workbench, mail

JAN, EVE, KIM = "jan@klant.example", "eve@elsewhere.example", "kim@other.example"
FIX = Fix("d-17", "6.2")


def opened(bench: Workbench, *authors: str) -> list[int]:
    """Open a case for each of these, and give their ids."""
    before = len(bench.rows("tickets"))
    for author in authors:
        subject = f"Case {len(bench.rows('spool'))}"
        bench.deliver(mail(author=author, subject=subject, body=subject), sender=author)
        bench.work()
    return [int(str(row["id"])) for row in bench.rows("tickets")[before:]]


def happen(bench: Workbench, ticket_id: int, *changes: tuple[str, str]) -> None:
    """Change a ticket as an agent would."""
    with bench.house.database.writing() as connection:
        (ticket,) = kept.load(connection, [ticket_id])
        said = tuple(Change(*one) for one in changes)
        event = Event(EventKind.CHANGED, bench.time, "ada@north.example", "", said)
        touched = Touched(ticket, (event,))
        write_effects(connection, [Effects(touched, fold(ticket, [event]), (), ())])


def fixed(bench: Workbench, fix: Fix = FIX) -> Told:
    """Say that it is fixed."""
    desk = next(one for one in bench.house.desks if one.name == "north")
    return tell(bench.house, desk, fix, bench.time)


def notices(bench: Workbench) -> Counter[str]:
    """Count the mails by which people are told of a fix."""
    sent = (row for row in bench.rows("outbox") if row["template"] == "customer/defect-fixed")
    return Counter(str(row["recipient"]) for row in sent)


def test_everybody_is_told_once(bench: Workbench) -> None:
    """However many cases of theirs are about it, closed or not, and however often it is said."""
    first, second, third, other = opened(bench, JAN, JAN, EVE, KIM)
    for ticket in (first, second, third):
        happen(bench, ticket, ("defect", "D-17 https://d.example/17"))
    happen(bench, third, ("status", "Done"), ("phase", "closed"))
    told = fixed(bench)
    assert ([JAN, EVE], ()) == (list(told.people), told.withheld)
    numbers = {row["id"]: row["number"] for row in bench.rows("tickets")}
    assert [numbers[second], numbers[third]] == list(told.cases)
    assert Told((), (), ()) == fixed(bench)
    # Who comes to be on such a case later is told then.
    happen(bench, third, ("participant", KIM))
    assert [KIM] == list(fixed(bench).people)
    assert {JAN: 1, EVE: 1, KIM: 1} == notices(bench)
    (sent,) = (
        row for row in bench.rows("outbox") if row["recipient"] == EVE and b"6.2" in row["content"]
    )
    assert b"D-17" in sent["content"]
    assert b"In-Reply-To: <" in sent["content"]
    happened = [row["kind"] for row in bench.rows("events") if row["ticket"] == third]
    assert "defect-fixed" in happened
    with bench.house.database.reading() as connection:
        (one,) = kept.recorded(connection)
    assert ("north", "D-17", "https://d.example/17", 3) == (
        *(one.desk, one.number),
        one.url,
        one.told,
    )
    assert numbers[other] not in one.cases


def test_reports_of_an_incident_are_about_its_defect(bench: Workbench) -> None:
    """Their people are told on their own cases; those merged into another one last."""
    first, report, duplicate = opened(bench, JAN, EVE, EVE)
    happen(bench, first, ("defect", "D-17 https://d.example/17"))
    happen(bench, duplicate, ("defect", "d-17 https://d.example/17"), ("merged_into", str(first)))
    happen(bench, report, ("parent", str(first)))
    with bench.house.database.reading() as connection:
        assert (report, first, duplicate) == kept.tickets_about(connection, "north", "D-17")
        assert ("north",) == kept.desks_with(connection, "D-17")
    assert {JAN: 1, EVE: 1} == Counter(fixed(bench).people)


def test_who_may_get_no_mail_now_is_told_the_next_time(bench: Workbench) -> None:
    """It is said whom it was not told, and the case is let alone."""
    (ticket,) = opened(bench, JAN)
    happen(bench, ticket, ("defect", "D-17 https://d.example/17"))
    before = bench.rows("events")
    row = {"address": JAN, "muted_until": bench.time + timedelta(1), "muted_why": "550 no"}
    with bench.house.database.writing() as connection:
        connection.execute(schema.correspondents.delete())
        connection.execute(schema.correspondents.insert(), [row])
    told = fixed(bench)
    assert ((), ()) == (told.people, told.cases)
    assert "mail to this address came back: 550 no" in told.withheld[0]
    assert before == bench.rows("events")
    bench.time += timedelta(days=2)
    assert (JAN,) == fixed(bench).people


def test_two_who_say_it_at_once_tell_nobody_twice(bench: Workbench) -> None:
    """Whoever writes second finds that it was told; a case that changed is looked up again."""
    tickets = opened(bench, JAN, EVE)
    for ticket in tickets:
        happen(bench, ticket, ("defect", "D-17 https://d.example/17"))
    house, desk = bench.house, bench.house.desks[0]
    found, _ = defects.settle(house, desk, FIX, tickets, bench.time)
    same, _ = defects.settle(house, desk, FIX, tickets, bench.time)
    happen(bench, tickets[0], ("severity", "high"))
    done = defects.apply(house, desk, FIX, found, bench.time)
    assert [tickets[1]] == [one.ticket.id for one in done if one.ticket]
    assert [] == defects.apply(house, desk, FIX, same, bench.time)
    assert [JAN] == list(fixed(bench).people)
    assert {JAN: 1, EVE: 1} == notices(bench)
