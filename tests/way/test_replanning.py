"""Timers of open cases after their desk's file was changed: nobody waits for a mail to notice."""

from dataclasses import replace
from datetime import timedelta

from gateway import agenda
from gateway.config.service_time import Timer
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
