"""Mails made to stop their reader, on their way: each is read in time, and each is a ticket."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lib import hostile_reader
from lib.hostile import TICKETS, WORSE
from lib.workbench import workbench

SECONDS = 2
BYTES = 256 * 1024 * 1024


def test_each_is_a_ticket(tmp_path: Path) -> None:
    """Whatever cannot be read of it, somebody is to look at it."""
    with workbench(tmp_path, f"sqlite:///{tmp_path / 'casepost.db'}") as bench:
        for written in TICKETS.values():
            bench.deliver_bytes(written())
        bench.work()

        assert len(TICKETS) * ["filed"] == bench.states()
        assert len(TICKETS) == len({row["ticket"] for row in bench.rows("spool")} - {None})
        assert len(TICKETS) == len(bench.rows("tickets"))


@pytest.mark.thorough
def test_time_and_memory_are_bounded() -> None:
    """No stage that reads a mail takes long or much, be it a bounce, a forward or an answer."""
    done = subprocess.run(
        [sys.executable, "-P", hostile_reader.__file__], capture_output=True, check=True
    )
    cost = json.loads(done.stdout)

    assert {*TICKETS, *WORSE} == set(cost["seconds"])
    assert {} == {name: took for name, took in cost["seconds"].items() if took >= SECONDS}
    assert cost["bytes"] < BYTES
