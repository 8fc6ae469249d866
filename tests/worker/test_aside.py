"""Suspect mails are taken beside the worker, which they cannot end and do not hold up."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.house import open_house
from gateway.store.house_time import HouseTime
from gateway.store.migrate import migrate
from gateway.store.waiting import Wanted
from gateway.worker import crew, forked
from gateway.worker.crew import Crew
from lib.workbench import Workbench, mail, write_house
from servers.process import wait_until
from worker.test_worker import Works, works

SUSPECT, FRESH = 0, 1


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    """A pipe that a mail with `READ` and its path waits for, as long as the pipe is there."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def parent(pid: int) -> int:
    """Give whose child a process is."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def make_suspect(bench: Workbench) -> None:
    """Let the first mail be one whose worker died, for whatever reason."""
    with bench.house.database.writing() as connection:
        connection.exec_driver_sql("UPDATE spool SET alone = true WHERE id = 1")


@contextmanager
def in_hand(folder: Path, fifo: Path) -> Iterator[tuple[Works, list[int]]]:
    """Give the processes, as numbers, that have a suspect and a fresh mail in their hands."""
    with works(folder) as place:
        for subject in ("suspect", "fresh"):
            place.bench.deliver(mail(subject=subject, body=f"READ {fifo}"))
        make_suspect(place.bench)
        place.supervisor.start()
        wait_until(lambda: all(place.claimed()), what="both are in somebody's hands")
        yield place, place.claimed()


@pytest.mark.thorough
def test_a_mail_that_kills_is_taken_again_without_another_worker(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Only the first death is the worker's: its place is taken once."""
    with works(tmp_path) as place:
        place.bench.deliver(mail(body="ABORT"))
        place.supervisor.start()

        place.wait_for(["filed"])
        assert ["unreadable"] == place.column("reason")
        assert [3] == place.column("attempts")
    assert 1 == caplog.text.count("a worker ended with status -6 by itself")


@pytest.mark.usefixtures("measured_processes")
def test_the_worker_goes_on_while_a_suspect_hangs(tmp_path: Path, fifo: Path) -> None:
    """What waits behind it is filed before it."""
    with works(tmp_path) as place:
        place.bench.deliver(mail(body=f"READ {fifo}"))
        make_suspect(place.bench)
        place.supervisor.start()
        wait_until(lambda: all(place.claimed()), what="the suspect is in somebody's hands")
        place.bench.deliver(mail(body="Two."))
        place.wait_for(["waiting", "filed"])
        fifo.write_bytes(b"go on")

        place.wait_for(["filed"] * 2)
        assert [1, 1] == place.column("attempts")


@pytest.mark.thorough
def test_who_kills_a_worker_kills_what_is_beside_it(tmp_path: Path, fifo: Path) -> None:
    """The kernel sees to that; nobody is charged, and both mails are filed."""
    with in_hand(tmp_path, fifo) as (place, pids):
        fifo.unlink()
        os.kill(pids[FRESH], signal.SIGKILL)
        wait_until(lambda: not Path(f"/proc/{pids[SUSPECT]}").exists(), what="it is gone")

        place.wait_for(["filed"] * 2)
        assert [1, 1] == place.column("attempts")


@pytest.mark.thorough
def test_a_process_that_is_killed_charges_nobody(tmp_path: Path, fifo: Path) -> None:
    """Its mail is taken again, beside the same worker."""
    with works(tmp_path) as place:
        place.bench.deliver(mail(body=f"READ {fifo}"))
        make_suspect(place.bench)
        place.supervisor.start()
        wait_until(lambda: all(place.claimed()), what="it is in somebody's hands")
        pid = place.claimed()[SUSPECT]
        worker = parent(pid)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: place.claimed()[SUSPECT] not in {0, pid}, what="another has it")

        assert worker == parent(place.claimed()[SUSPECT])
        assert [1] == place.column("attempts")
        fifo.write_bytes(b"go on")


class Told:
    """Batches of nothing, of which it is known what was asked for."""

    def __init__(self) -> None:
        """Begin without any."""
        self.wanted: list[Wanted] = []

    def take(self, wanted: Wanted) -> bool:
        """Take it down."""
        self.wanted.append(wanted)
        return True


def test_where_other_threads_run_nothing_is_forked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker takes suspects itself, guarded or not."""
    house = open_house(load(write_house(tmp_path / "house", "sqlite:///casepost.db")))
    migrate(house.database)
    bench = Workbench(house)
    bench.deliver(mail())
    make_suspect(bench)
    for thread in ("1", "2"):
        (tmp_path / "task" / thread).mkdir(parents=True)
    monkeypatch.setattr(forked, "_THREADS", tmp_path / "task")
    told = Told()
    monkeypatch.setattr(crew, "Batches", lambda *_: told)
    for guarded in (True, False):
        own = Crew(house, HouseTime(house.database, lambda: bench.time), guarded=guarded)

        assert own.take(idle=True)
        assert () == own.lines()

    assert [Wanted.ALL, Wanted.ALL] == told.wanted
    house.database.close()


def test_who_died_of_a_mail_is_guarded(tmp_path: Path) -> None:
    """The next one that dies is a process in the worker's place, and the worker stays."""
    with works(tmp_path) as place:
        place.bench.deliver(mail(body="ABORT"))
        place.supervisor.start()
        place.wait_for(["filed"])
        worker = place.worker()
        place.bench.deliver(mail(subject="another", body="ABORT"))

        place.wait_for(["filed"] * 2)
        assert ["unreadable"] * 2 == place.column("reason")
        assert worker == place.worker()
