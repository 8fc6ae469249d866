"""A due timer's way: on time, once, and never against somebody who has answered."""

import dataclasses
from datetime import timedelta

from gateway import agenda
from gateway.desk.lifecycle import blank, fold
from gateway.desk.model import Person
from gateway.mail.parse import parse
from gateway.store import directory
from gateway.store.archive import whole
from gateway.store.diary import appointments
from lib.workbench import Workbench, mail

DAY = timedelta(days=1)


def sweep(bench: Workbench, after: timedelta) -> int:
    """Let time pass, and sweep."""
    bench.time += after
    return agenda.sweep(bench.house, bench.now())


def templates(bench: Workbench) -> list[str]:
    """Give the templates of all outgoing mails."""
    return [row["template"] for row in bench.rows("outbox")]


def state(bench: Workbench) -> tuple[str, str]:
    """Give status and phase of the only ticket."""
    (ticket,) = bench.rows("tickets")
    return ticket["status"], ticket["phase"]


def test_a_reminder_after_seven_days_and_closed_after_fourteen(bench: Workbench) -> None:
    """Each fires once, at its time and not before; then there is no timer left."""
    bench.deliver(mail())
    bench.work()

    assert 0 == sweep(bench, 7 * DAY - timedelta(seconds=1))
    assert 1 == sweep(bench, timedelta(seconds=1))
    assert 0 == sweep(bench, DAY)
    assert ("New", "open") == state(bench)
    assert 1 == sweep(bench, 6 * DAY)

    assert ("Done", "closed") == state(bench)
    assert ["customer/acknowledge", "customer/reminder", "customer/closed"] == templates(bench)
    assert [] == bench.rows("timers")
    assert 0 == sweep(bench, 100 * DAY)


def test_after_an_outage_one_timer_at_a_time(bench: Workbench) -> None:
    """Both are due; the second is decided on what the first has left."""
    bench.deliver(mail())
    bench.work()

    assert 1 == sweep(bench, 30 * DAY)
    assert ["customer/reminder"] == templates(bench)[1:]
    assert 1 == sweep(bench, timedelta())
    assert 0 == sweep(bench, timedelta())
    assert ("Done", "closed") == state(bench)


def test_a_reminder_continues_the_thread_and_asks_for_no_answer_from_machines(
    bench: Workbench,
) -> None:
    """It refers to our last mail, and is generated, not a reply (RFC 3834)."""
    bench.deliver(mail())
    bench.work()
    sweep(bench, 7 * DAY)

    acknowledgement, reminder = bench.rows("outbox")
    read = parse(bytes(reminder["content"]))

    assert (acknowledgement["message_id"],) == read.in_reply_to
    assert "auto-generated" == read.header("auto-submitted")
    assert "" == reminder["reverse_path"]
    assert "report" not in read.subject


def test_somebody_in_the_directory_is_reminded_with_their_own_subject(bench: Workbench) -> None:
    """The words of a known person may be repeated to that person."""
    with bench.house.database.writing() as connection:
        directory.put(connection, [Person("jan@klant.example", "Jan")])
    bench.deliver(mail())
    bench.work()
    sweep(bench, 7 * DAY)

    assert "The report does not open" in parse(bytes(bench.rows("outbox")[1]["content"])).subject


def test_nobody_is_reminded_while_their_answer_is_in_the_spool(bench: Workbench) -> None:
    """The answer came; it only was not filed yet."""
    bench.deliver(mail())
    bench.work()
    bench.time += 7 * DAY
    answers = bench.rows("outbox")[0]["message_id"]
    bench.deliver(mail(answers=answers, body="Here it is."), sender="Jan@Klant.example")

    assert 0 == sweep(bench, timedelta())
    bench.work()
    assert 1 == sweep(bench, timedelta(seconds=1))


def test_reopening_begins_a_new_stay(bench: Workbench) -> None:
    """What fired before the ticket was closed says nothing about the time after."""
    bench.deliver(mail())
    bench.work()
    for _ in range(2):
        sweep(bench, 14 * DAY)
    answers = bench.rows("outbox")[0]["message_id"]
    bench.deliver(mail(answers=answers, body="Not solved."))
    bench.work()

    assert ("Again", "open") == state(bench)
    assert [] == bench.rows("timers")


def test_a_ticket_that_changed_meanwhile_is_left_alone(bench: Workbench) -> None:
    """Two sweeps saw the same timer; only the first writes."""
    bench.deliver(mail())
    bench.work()
    bench.time += 7 * DAY
    desk = bench.house.desks[0]
    with bench.house.database.reading() as connection:
        (seen,) = appointments(connection, [desk.name], bench.now(), 10)
    late = agenda.settle(bench.house, desk, seen, bench.now())
    assert late is not None
    assert 1 == sweep(bench, timedelta())

    assert 0 == agenda.apply(bench.house, [late])
    assert ["customer/reminder"] == templates(bench)[1:]


def test_a_timer_that_the_desk_no_longer_has_is_forgotten(bench: Workbench) -> None:
    """The desk's file was changed since; the stored row says only when to look."""
    bench.deliver(mail())
    bench.work()
    desks = tuple(dataclasses.replace(desk, timer=()) for desk in bench.house.desks)
    house = dataclasses.replace(bench.house, desks=desks)

    assert 0 == agenda.sweep(house, bench.now() + 30 * DAY)

    assert [] == bench.rows("timers")


def test_a_tickets_row_and_events_agree_about_timers(bench: Workbench) -> None:
    """Folding the events gives the row, timers included."""
    bench.deliver(mail())
    bench.work()
    sweep(bench, 7 * DAY)

    with bench.house.database.reading() as connection:
        found = whole(connection, str(bench.rows("tickets")[0]["number"]))

    assert found is not None
    ticket = found.ticket
    assert ("remind",) == ticket.fired
    assert ticket == fold(
        blank(ticket.id, ticket.number, ticket.desk, ticket.opened_at), found.events
    )
