"""What is kept can be looked at, whole."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from gateway.config.service_time import Target
from gateway.desk.ticket import EventKind
from gateway.store import archive, plain
from gateway.store.schema import entries, tickets
from lib.workbench import START, Workbench, mail


def test_tickets_are_listed_in_order_of_opening_with_their_entries(bench: Workbench) -> None:
    """An answer counts as an entry."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.deliver(mail(subject="Another"), quiet=True)
    bench.work()
    bench.deliver(mail(answers="<1@klant.example>", body="More."))
    bench.work()

    with bench.house.database.reading() as connection:
        listed = archive.list_tickets(connection)

    assert [(1, 3), (2, 1)] == [(one.ticket.id, one.entries) for one in listed]


def test_a_ticket_is_shown_whole(bench: Workbench) -> None:
    """In any letter case of its number; entries with their mails and attachments."""
    parts = (
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nSee there.\n'
        '--b\nContent-Type: text/csv; name="figures.csv"\nContent-Disposition: attachment\n\n1,2\n'
        "--b--"
    )
    bench.deliver(f"From: Jan <jan@klant.example>\nSubject: Figures\n{parts}\n")
    bench.work()
    number = str(bench.rows("tickets")[0]["number"])

    with bench.house.database.reading() as connection:
        whole = archive.whole(connection, number.lower())

    assert whole is not None
    said, answered = whole.entries
    assert ("See there.", "customer", "in", START, 1, False) == (
        said.text,
        said.kind,
        said.direction,
        said.at,
        said.spool_id,
        said.internal,
    )
    assert [("figures.csv", "text/csv")] == [(a.name, a.media_type) for a in said.attachments]
    assert ("out", None, True) == (answered.direction, answered.spool_id, answered.automatic)
    kinds = [event.kind for event in whole.events]
    assert [EventKind.OPENED, EventKind.ANSWERED, EventKind.NOTIFIED] == kinds
    assert () == whole.links


def test_links_are_shown_by_case_number(bench: Workbench) -> None:
    """With why there is one."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.work()
    eve = "eve@elsewhere.example"
    bench.deliver(mail(author=eve, answers="<1@klant.example>", body="Me too."), sender=eve)
    bench.work()
    first, second = (str(row["number"]) for row in bench.rows("tickets"))

    with bench.house.database.reading() as connection:
        whole = archive.whole(connection, second)

    assert whole is not None
    assert ((first, "opened-claiming-a-case"),) == whole.links


def test_what_became_of_a_mail_is_explained(bench: Workbench) -> None:
    """Before it is taken in, and after."""
    bench.deliver(mail())
    with bench.house.database.reading() as connection:
        before = archive.explained(connection, 1)
    bench.work()
    with bench.house.database.reading() as connection:
        after = archive.explained(connection, 1)

    assert before is not None
    assert ("waiting", "", {}) == (before.state, before.case_number, before.trace)
    assert after is not None
    assert ("filed", "opened", "north") == (after.state, after.reason, after.desk)
    assert after.case_number.startswith("NO-0001")
    assert "person" == after.trace["kind"]


def test_of_what_nobody_knows_nothing_is_shown(bench: Workbench) -> None:
    """No ticket of that number, no mail of that id."""
    with bench.house.database.reading() as connection:
        assert archive.whole(connection, "NO-99999") is None
        assert archive.explained(connection, 99) is None


def test_a_ticket_is_shown_with_what_it_is_part_of(bench: Workbench) -> None:
    """Other tickets by their numbers, in the list and by itself; times, defects, failed mail."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.deliver(mail(subject="Another", body="Something else."))
    bench.work()
    first, second = (str(row["number"]) for row in bench.rows("tickets"))
    change = {
        "merged_into": 1,
        "parent": 1,
        "organisation": "Klant",
        "answered_by": "ada@north.example",
        "answered_at": START,
        "hold_until": START + timedelta(days=1),
        "time_spent": 5400,
        "defects": [["D-17", "https://defects.example/17"]],
    }
    with bench.house.database.writing() as connection:
        connection.execute(update(tickets).where(tickets.c.id == 2).values(change))
        connection.execute(update(entries).values(undelivered=[["jan@klant.example", "full"]]))

    with bench.house.database.reading() as connection:
        whole = archive.whole(connection, second)
        listed = archive.list_tickets(connection)

    assert whole is not None
    one, other = plain.shown(whole, None, START), plain.listed(listed[1], None, START)
    expected = {
        "merged_into": first,
        "parent": first,
        "organisation": "Klant",
        "answered_by": "ada@north.example",
        "answered_at": START.isoformat(),
        "hold_until": (START + timedelta(days=1)).isoformat(),
        "time_spent": 5400,
        "defects": [{"number": "D-17", "url": "https://defects.example/17"}],
    }
    assert [expected] * 2 == [{key: shown[key] for key in expected} for shown in (one, other)]
    assert set(plain.TICKET_KEYS) == set(one)
    assert plain.listed(listed[0], None, START)["parent"] is None
    assert (("jan@klant.example", "full"),) == whole.entries[0].undelivered


def test_what_is_due_is_told(bench: Workbench) -> None:
    """By the desk's targets, at any time; of a desk that is not known nothing."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.work()
    target = Target("response", "4h", met_by_answer=True)
    desk = replace(bench.house.desks[0], target=(target,))
    with bench.house.database.reading() as connection:
        (listed,) = archive.list_tickets(connection)
        whole = archive.whole(connection, listed.ticket.number)

    assert whole is not None
    due, later = START + timedelta(hours=4), START + timedelta(hours=3, seconds=1.5)
    one = plain.shown(whole, desk, later)
    assert {"response": due.isoformat()} == one["due"]
    assert one["due"] == plain.listed(listed, desk, later)["due"]
    assert [
        {
            "name": "response",
            "state": "at-risk",
            "due": due.isoformat(),
            "met_at": None,
            "spent": 3 * 3600 + 1,
            "allowed": 4 * 3600,
        }
    ] == one["targets"]
    assert ({}, []) == (
        plain.listed(listed, None, later)["due"],
        plain.shown(whole, None, later)["targets"],
    )
