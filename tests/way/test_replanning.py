"""Timers of open cases after their desk's file was changed: nobody waits for a mail to notice."""

from dataclasses import replace
from datetime import timedelta

from gateway import agenda
from gateway.config.service_time import Target, Timer
from gateway.desk.route import Routes
from gateway.house import House
from gateway.replanning import Replanning
from lib.workbench import Workbench, mail

DAY = timedelta(days=1)
SOONER = Timer("sooner", "New", after="2d", mail="customer/reminder")


def with_timers(house: House, *timers: Timer) -> House:
    """Give the house after the file of its first desk was changed to have these timers."""
    first, *others = house.desks
    return replace(house, desks=(replace(first, timer=timers), *others))


def stored(bench: Workbench) -> list[str]:
    """Give the names of the stored timers, by ticket."""
    rows = sorted(bench.rows("timers"), key=lambda row: (row["ticket"], row["timer"]))
    return [row["timer"] for row in rows]


def test_a_new_timer_is_found_by_cases_that_are_open(bench: Workbench) -> None:
    """And fires in its time, though nothing was written on them since; once."""
    for number in range(3):
        bench.deliver(
            mail(author=f"{number}@klant.example", message_id=f"<{number}@klant.example>")
        )
    bench.work()
    before = stored(bench)
    changed = with_timers(bench.house, SOONER)

    replanning = Replanning(changed)
    assert 3 == replanning.go_on(bench.now())
    assert ["sooner"] * 3 == stored(bench)
    assert before != stored(bench)
    assert 0 == replanning.go_on(bench.now())
    assert 0 == Replanning(changed).go_on(bench.now())
    assert 0 == agenda.sweep(changed, bench.now() + 2 * DAY - timedelta(seconds=1))
    assert 3 == agenda.sweep(changed, bench.now() + 2 * DAY)


def test_what_is_as_it_was_is_not_written_anew(bench: Workbench) -> None:
    """The usual start of a daemon changes nothing; a desk that is gone has its cases let be."""
    bench.deliver(mail())
    bench.work()
    before = bench.rows("timers")

    assert 0 == Replanning(bench.house).go_on(bench.now())
    gone = replace(bench.house, desks=bench.house.desks[1:])
    assert 0 == Replanning(gone).go_on(bench.now())
    assert before == bench.rows("timers")


def test_what_is_due_first_is_written_on_the_ticket(bench: Workbench) -> None:
    """With the mail that opens it, and when the desk's file was changed."""
    promising = Target("response", "4h", met_by_answer=True)
    first, *others = bench.house.desks
    desks = (replace(first, target=(promising,)), *others)
    bench.house = replace(bench.house, desks=desks, routes=Routes(desks))
    bench.deliver(mail())
    bench.work()
    (row,) = bench.rows("tickets")
    submitted = row["submitted_at"]
    hour = timedelta(hours=1)
    assert (submitted + 4 * hour, submitted + 3 * hour) == (row["due_at"], row["risk_at"])

    sooner = replace(promising, within="2h")
    changed = replace(bench.house, desks=(replace(first, target=(sooner,)), *others))
    assert 1 == Replanning(changed).go_on(bench.now())
    assert 0 == Replanning(changed).go_on(bench.now())
    (row,) = bench.rows("tickets")
    assert (submitted + 2 * hour, submitted + 1.5 * hour) == (row["due_at"], row["risk_at"])
    assert 1 == Replanning(replace(changed, desks=(first, *others))).go_on(bench.now())
    (row,) = bench.rows("tickets")
    assert (None, None) == (row["due_at"], row["risk_at"])
