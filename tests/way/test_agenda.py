"""A due timer's way: on time, once, and never against somebody who has answered."""

import dataclasses
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway import agenda
from gateway.config.desk import Desk, Phase, Status
from gateway.config.settings import ImapAccount
from gateway.desk.lifecycle import blank, fold
from gateway.desk.limits import Restraint
from gateway.desk.person import Fact, Person
from gateway.desk.route import Routes
from gateway.desk.told import Told
from gateway.house import House
from gateway.mail.parse import parse
from gateway.rendering import Rendered
from gateway.store import directory, imap, limits
from gateway.store.archive import whole
from gateway.store.diary import Appointment, appointments
from lib.workbench import Workbench, mail, workbench

DAY = timedelta(days=1)


def sweep(bench: Workbench, after: timedelta) -> int:
    """Let time pass, and sweep."""
    bench.time += after
    return agenda.sweep(bench.house, bench.now())


def sent(bench: Workbench) -> list[dict[str, Any]]:
    """Give the outgoing mails to customers."""
    return [row for row in bench.rows("outbox") if not row["template"].startswith("agent/")]


def templates(bench: Workbench) -> list[str]:
    """Give the templates of all mails to customers."""
    return [row["template"] for row in sent(bench)]


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
    """Both are due; the second keeps its distance from the first, which was late."""
    bench.deliver(mail())
    bench.work()

    assert 1 == sweep(bench, 30 * DAY)
    assert ["customer/reminder"] == templates(bench)[1:]
    assert 0 == sweep(bench, 7 * DAY - timedelta(seconds=1))
    assert 1 == sweep(bench, timedelta(seconds=1))
    assert ("Done", "closed") == state(bench)


def test_a_reminder_continues_the_thread_and_asks_for_no_answer_from_machines(
    bench: Workbench,
) -> None:
    """It refers to our last mail, and is generated, not a reply (RFC 3834)."""
    bench.deliver(mail())
    bench.work()
    sweep(bench, 7 * DAY)

    acknowledgement, reminder = sent(bench)
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

    assert "The report does not open" in parse(bytes(sent(bench)[1]["content"])).subject


def test_nobody_is_reminded_while_their_answer_is_in_the_spool(bench: Workbench) -> None:
    """The answer came; it only was not filed yet."""
    bench.deliver(mail())
    bench.work()
    bench.time += 7 * DAY
    answers = sent(bench)[0]["message_id"]
    bench.deliver(mail(answers=answers, body="Here it is."), sender="Jan@Klant.example")

    assert 0 == sweep(bench, timedelta())
    bench.work()
    assert 1 == sweep(bench, timedelta(seconds=1))


def test_a_mail_by_another_reverse_path_may_be_the_answer_for_a_while(bench: Workbench) -> None:
    """Who wrote is not known before a mail is read; but one that is stuck must not stop time."""
    bench.deliver(mail())
    bench.work()
    bench.time += 7 * DAY
    bench.deliver(mail(body="Who may I be?"), sender="bounce-123@mailer.example")

    assert 0 == sweep(bench, timedelta())
    assert 0 == sweep(bench, timedelta(minutes=9))
    assert 1 == sweep(bench, timedelta(minutes=1))


def test_after_a_start_time_waits_for_what_came_before(bench: Workbench) -> None:
    """What waits in the spool since an outage has not had its time to be read."""
    bench.deliver(mail())
    bench.work()
    bench.time += 9 * DAY
    bench.deliver(mail(body="Who may I be?"), sender="bounce-123@mailer.example")
    began = bench.now()

    assert 0 == agenda.sweep(bench.house, bench.now() + timedelta(minutes=9), began)
    assert 1 == agenda.sweep(bench.house, bench.now() + timedelta(minutes=10), began)


def test_after_a_start_time_waits_for_each_mailbox(bench: Workbench) -> None:
    """In which answers may be: until it was looked at, but not for ever."""
    account = ImapAccount("support", "imap.example", "support")
    settings = dataclasses.replace(bench.house.settings, imap=(account,))
    house = dataclasses.replace(bench.house, settings=settings)
    for sender in ("jan@klant.example", "piet@klant.example"):
        bench.deliver(mail(author=sender), sender=sender)
    bench.work()
    began = bench.now() + 9 * DAY

    assert 0 == agenda.sweep(house, began, began)
    with house.database.writing() as connection:
        imap.succeeded(connection, "imap:support", began - timedelta(seconds=1))
    assert 0 == agenda.sweep(house, began + timedelta(minutes=9), began)
    with house.database.writing() as connection:
        imap.succeeded(connection, "imap:support", began)
    assert 2 == agenda.sweep(house, began + timedelta(minutes=9), began)


def test_what_can_not_fire_now_holds_up_nobody(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much of it there is: what is due after it is looked for, too."""
    monkeypatch.setattr(agenda, "_BATCH", 1)
    for name in ("jan", "piet", "kim"):
        sender = f"{name}@klant.example"
        bench.deliver(mail(author=sender), sender=sender)
        bench.work()
        bench.time += timedelta(seconds=1)
    bench.time += 7 * DAY
    for name in ("jan", "piet"):
        bench.deliver(mail(body="Again."), "help@south.example", sender=f"{name}@klant.example")

    assert 1 == sweep(bench, timedelta())
    assert ["kim@klant.example"] == [row["recipient"] for row in sent(bench)[3:]]


IN_HOURS = """
[[calendar]]
name = "office"
open = ["mon-fri 09:00-17:00"]

[[timer]]
name = "still-new"
status = "New"
after = "3d"
times = 2
only_in = "office"
notify = ["agents"]
"""


def test_a_timer_waits_for_hours(tmp_path: Path, house_url: str) -> None:
    """After an outage, too; meanwhile it is not looked at with every sweep."""
    with workbench(tmp_path, house_url, policy=IN_HOURS) as bench:
        bench.deliver(mail())
        bench.work()
        # Monday 09:00, and Friday 18:00.
        assert 0 == sweep(bench, 4 * DAY + timedelta(hours=9))
        (row,) = (row for row in bench.rows("timers") if row["timer"] == "still-new")
        assert 1 == sweep(bench, 2 * DAY + timedelta(hours=15))
        told = [row["template"] for row in bench.rows("outbox")]

    assert "Mon 09 09:00" == f"{row['due_at']:%a %d %H:%M}"
    assert 1 == told.count("agent/reminder")


def test_mail_for_another_desk_stops_no_timer(bench: Workbench) -> None:
    """Desks are organisations of their own."""
    bench.deliver(mail())
    bench.work()
    bench.time += 7 * DAY
    bench.deliver(mail(), "help@south.example", sender="piet@klant.example")

    assert 1 == sweep(bench, timedelta())


@pytest.mark.parametrize(
    "unanswered",
    [
        {"text": mail(headers="Precedence: bulk")},
        {"text": mail(headers="Auto-Submitted: auto-generated")},
        {"text": mail(author="noreply@klant.example")},
        {"text": mail(), "sender": ""},
        {"text": mail(), "quiet": True},
    ],
)
def test_who_gets_no_acknowledgement_is_not_reminded_either(
    bench: Workbench, unanswered: dict[str, Any]
) -> None:
    """The timer fires, and nothing is sent."""
    bench.deliver(**unanswered)
    bench.work()

    assert 1 == sweep(bench, 7 * DAY)
    assert [] == sent(bench)


def test_an_answer_restarts_the_timers_of_a_ticket_that_goes_on_waiting(bench: Workbench) -> None:
    """Nobody who has answered is told that they have not."""
    waiting = dataclasses.replace(bench.house.desks[0], status=(Status("New", Phase.WAITING),))
    lifecycle = dataclasses.replace(waiting.lifecycle, after_customer="")
    desks = (dataclasses.replace(waiting, lifecycle=lifecycle),)
    bench.house = dataclasses.replace(bench.house, desks=desks, routes=Routes(desks))
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.work()
    bench.time += 6 * DAY
    bench.deliver(mail(answers="<1@klant.example>", body="Here it is."))
    bench.work()

    assert 0 == sweep(bench, 2 * DAY)
    assert 1 == sweep(bench, 5 * DAY)


def test_one_ticket_that_can_not_fire_stops_no_other(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours with one ticket is logged, and the others have their time."""
    bench.deliver(mail(subject="one"))
    bench.deliver(mail(subject="two", body="Something else."))
    bench.work()
    settle = agenda.settle

    def faulty(
        house: House,
        desk: Desk,
        one: Appointment,
        restraint: Restraint,
        at: datetime,
        told: Told | None = None,
    ) -> Rendered | None:
        if one.ticket.id == 1:
            raise RuntimeError("no luck")
        return settle(house, desk, one, restraint, at, told)

    monkeypatch.setattr(agenda, "settle", faulty)

    assert 1 == sweep(bench, 7 * DAY)


def test_reopening_begins_a_new_stay(bench: Workbench) -> None:
    """What fired before the ticket was closed says nothing about the time after."""
    bench.deliver(mail())
    bench.work()
    for _ in range(2):
        sweep(bench, 14 * DAY)
    answers = sent(bench)[0]["message_id"]
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
        (seen,) = appointments(connection, {desk.name: desk.addresses}, bench.now(), 10)
    restraint = Restraint(bench.house.settings.sending, (), bench.house.routes.is_ours)
    late = agenda.settle(bench.house, desk, seen, restraint, bench.now())
    assert late is not None
    assert 1 == sweep(bench, timedelta())

    assert 0 == agenda.apply(bench.house, [late], bench.now())
    assert ["customer/reminder"] == templates(bench)[1:]


def test_one_ticket_that_changed_meanwhile_stops_no_other(bench: Workbench) -> None:
    """What is written together is written one by one where something conflicts."""
    for name in ("jan", "piet", "kim"):
        bench.deliver(mail(author=f"{name}@klant.example", subject=name, body=f"{name} is stuck."))
    bench.work()
    bench.time += 7 * DAY
    desk = bench.house.desks[0]
    with bench.house.database.reading() as connection:
        seen = appointments(connection, {desk.name: desk.addresses}, bench.now(), 10)
    restraint = Restraint(bench.house.settings.sending, (), bench.house.routes.is_ours)
    found = [agenda.settle(bench.house, desk, one, restraint, bench.now()) for one in seen]
    late = [one for one in found if one is not None]
    assert 1 == agenda.apply(bench.house, late[1:2], bench.now())

    assert 2 == agenda.apply(bench.house, late, bench.now())
    assert ["customer/reminder"] * 3 == templates(bench)[3:]


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


DAYS_AND_TARGETS = """
[[target]]
name = "answer"
within = "2d"
met_by_answer = true

[[timer]]
name = "late"
target = "answer"
escalate = "given"

[[timer]]
name = "long"
since = "evaluating_since"
after = "30d"
notify = ["agents"]

[[escalation]]
name = "given"
assign = "ada@north.example"
"""


def test_a_missed_target_and_a_day_of_the_requester(tmp_path: Path, house_url: str) -> None:
    """One gives the case away silently; a day that the directory has moved is waited for anew."""
    since = "evaluating_since"
    with workbench(tmp_path, house_url, policy=DAYS_AND_TARGETS) as bench:
        jan = Person("jan@klant.example", facts=(Fact(since, "2026-02-05"),))
        moved = dataclasses.replace(jan, facts=(Fact(since, "2026-02-06"),))
        with bench.house.database.writing() as connection:
            directory.put(connection, [jan])
        bench.deliver(mail())
        bench.work()
        with bench.house.database.writing() as connection:
            directory.put(connection, [moved])
        # Monday 09:00; the target is due on Wednesday, thirty days are over on Saturday 7 March.
        escalated = sweep(bench, 2 * DAY)
        assignee = bench.rows("tickets")[0]["assignee"]
        planned_anew = sweep(bench, timedelta(days=2, hours=15))
        early = [row["template"] for row in bench.rows("outbox")]
        told = sweep(bench, DAY)
        late = [row["template"] for row in bench.rows("outbox")]

    assert (1, "ada@north.example", 1, 1) == (escalated, assignee, planned_anew, told)
    assert [*early, "agent/reminder"] == late
    assert ["agent/new", "customer/acknowledge"] == sorted(early)


ROUND_AND_ROUND = """
[[timer]]
name = "there"
status = "Answered"
after = "1m"
then = "Again"

[[timer]]
name = "and-back"
status = "Again"
after = "1m"

[[rule]]
name = "and back"
on = ["time"]
when = 'timer == "and-back"'
set = { status = "Answered" }

[[rule]]
name = "it goes round"
when = "true"
set = { status = "Answered" }

[[rule]]
name = "somebody must look"
on = ["time"]
when = 'ticket.phase == "open"'
notify = ["agents"]
"""


def test_timers_that_never_end_tell_agents_only_so_often(tmp_path: Path, house_url: str) -> None:
    """Within an hour no agent is told of one case by timers more often than by its customer."""
    with workbench(tmp_path, house_url, policy=ROUND_AND_ROUND) as bench:
        bench.deliver(mail())
        bench.work()
        most = bench.house.settings.sending.news_hour
        moved = [sweep(bench, timedelta(minutes=1)) for _ in range(most + 5)]
        told = [row for row in bench.rows("outbox") if row["template"].startswith("agent/")]

    assert [1] * (most + 5) == moved
    assert most == len(told)


TELLS_THE_CHIEF = """
[[agent]]
address = "chief@north.example"
name = "Chief"
role = "manager"

[[timer]]
name = "nobody-looked"
status = "New"
after = "1h"
notify = ["managers"]
escalate = "up"

[[escalation]]
name = "up"
to = []
assign = "chief@north.example"
"""


def test_after_an_outage_nobody_is_told_thousands_of_things(tmp_path: Path, house_url: str) -> None:
    """What is due at once is done on each case; a manager gets so many mails in an hour."""
    with workbench(tmp_path, house_url, policy=TELLS_THE_CHIEF) as bench:
        sending = dataclasses.replace(bench.house.settings.sending, timers_hour=3)
        bench.house = dataclasses.replace(
            bench.house, settings=dataclasses.replace(bench.house.settings, sending=sending)
        )
        people = [f"p{number}@klant.example" for number in range(5)]
        bench.deliver_all(
            (mail(author=one, subject=f"It {one}", message_id=f"<{one}>"), one) for one in people
        )
        bench.work()
        assert 5 == sweep(bench, timedelta(hours=2))
        told = [row for row in bench.rows("outbox") if row["template"] == "agent/reminder"]
        assert 3 == len(told)
        assert {"chief@north.example"} == {row["assignee"] for row in bench.rows("tickets")}
        withheld = [row["why"] for row in bench.rows("events") if row["kind"] == "withheld"]
        assert 2 * ["told no more: chief@north.example got 3 mails within an hour"] == withheld
        with bench.house.database.reading() as connection:
            assert 1 == len(limits.raised(connection, bench.now()))
            assert () == limits.raised(connection, bench.now() + 2 * timedelta(hours=1))
