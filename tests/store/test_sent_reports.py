"""Which reports were mailed: one node notes it, whichever others try."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from gateway.store import sent_reports
from lib.workbench import START, Workbench


def noted(bench: Workbench) -> bool:
    """Try to note a report, as one of the nodes."""
    with bench.house.database.writing() as connection:
        return sent_reports.note(connection, "north", "2026-02", START)


def test_of_nodes_that_tick_at_once_one_sends(bench: Workbench) -> None:
    """The others wait until it has, and find that it is done."""
    with ThreadPoolExecutor(4) as nodes:
        found = list(nodes.map(lambda _: noted(bench), range(4)))
    assert [False, False, False, True] == sorted(found)
    with bench.house.database.reading() as connection:
        assert sent_reports.is_sent(connection, "north", "2026-02")
        assert not sent_reports.is_sent(connection, "north", "2026-03")
        assert not sent_reports.is_sent(connection, "south", "2026-02")


def test_what_a_node_could_not_finish_another_sends(bench: Workbench) -> None:
    """It waits for the one that has begun, whose note goes with its mails."""
    others: list[Future[bool]] = []
    with ThreadPoolExecutor(1) as node:
        with pytest.raises(InterruptedError):
            _begin_in_vain(bench, node, others)
        assert [True] == [other.result() for other in others]


def _begin_in_vain(bench: Workbench, node: ThreadPoolExecutor, others: list[Future[bool]]) -> None:
    with bench.house.database.writing() as connection:
        assert sent_reports.note(connection, "north", "2026-02", START)
        others.append(node.submit(noted, bench))
        raise InterruptedError
