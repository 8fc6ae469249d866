"""Cases in what the desk's file has no more: mail on them goes on, and `doctor` says so."""

import dataclasses

from gateway.config.desk import Phase, Status
from gateway.doctor.cases import check_cases
from gateway.doctor.check import State
from lib.workbench import Workbench, mail


def test_a_status_that_is_gone(bench: Workbench) -> None:
    """A customer's answer arrives all the same; the administrator is told what to look at."""
    bench.deliver(mail())
    bench.work()
    north, south = bench.house.desks
    start = dataclasses.replace(north.lifecycle, start="Fresh")
    others = (Status("Fresh", Phase.OPEN), *north.status[1:])
    renamed = dataclasses.replace(north, status=others, lifecycle=start, timer=())
    bench.house = dataclasses.replace(bench.house, desks=(renamed, south))
    bench.deliver(mail(answers=bench.rows("outbox")[0]["message_id"], body="And more."))
    bench.work()

    assert ["filed", "filed"] == bench.states()
    with bench.house.database.reading() as connection:
        assert State.OK is check_cases(connection, (north, south)).state
        found = check_cases(connection, (renamed, south))
        gone = check_cases(connection, (south,))
    assert State.WARNING is found.state
    assert '1 with the status "New" (north)' in found.message
    assert '1 of the desk "north"' in gone.message
