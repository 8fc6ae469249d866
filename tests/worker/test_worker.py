"""Real worker processes under their supervisor: what mails do to them, and they to mails."""

import errno
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from gateway.config.load import Configuration, load
from gateway.house import open_house
from gateway.store.migrate import migrate
from gateway.worker.handover import Orders, packed
from gateway.worker.supervisor import PROGRAM, Supervisor
from lib import deadly_worker
from lib.workbench import Workbench, mail, write_house
from servers.process import wait_until

DEADLY = (sys.executable, deadly_worker.__file__)
SQLITE = "sqlite:///casepost.db"


class Works:
    """A house with a worker in it; `told` counts how often the worker said that it did work."""

    def __init__(
        self, bench: Workbench, configuration: Configuration, program: tuple[str, ...]
    ) -> None:
        """Prepare; the worker is not started."""
        self.bench = bench
        self.told = 0
        house = bench.house
        self.orders = Orders(configuration, house.templates)
        # By the bench's time, which is over: what is charged is taken again at once.
        self.supervisor = Supervisor(
            self.orders, house.database, house.node, self._tell, bench.now, program
        )

    def _tell(self) -> None:
        self.told += 1

    def wait_for(self, states: list[str]) -> None:
        """Wait until the mails stand there."""
        wait_until(lambda: states == self.bench.states(), seconds=60, what=f"mails are {states}")

    def claimed(self) -> list[int]:
        """Give the process number of each mail's worker, 0 where nobody has it."""
        holders = [str(row["claimed_by"]) for row in self.bench.rows("spool")]
        return [int(holder.split("/")[2]) if holder else 0 for holder in holders]

    def worker(self) -> int:
        """Give the process number of the worker, which may have forked others."""
        process = self.supervisor._process  # noqa: SLF001  nobody else knows
        assert process is not None
        return process.pid

    def column(self, name: str) -> list[object]:
        """Give a column of the spool."""
        return [row[name] for row in self.bench.rows("spool")]


@contextmanager
def works(
    folder: Path, *, settings: str = "", url: str = SQLITE, program: tuple[str, ...] = DEADLY
) -> Iterator[Works]:
    """Open a house with a supervisor, which is stopped in the end."""
    path = write_house(folder / "house", url)
    path.write_text(f"{path.read_text()}\n[worker]\n{settings}\n")
    configuration = load(path)
    house = open_house(configuration)
    migrate(house.database)
    opened = Works(Workbench(house), configuration, program)
    try:
        yield opened
    finally:
        opened.supervisor.stop(20)
        house.database.close()


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    """A pipe that a mail with `READ` and its path waits for, as long as the pipe is there."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def during(action: Callable[[], None]) -> Thread:
    """Do something meanwhile."""
    thread = Thread(target=action)
    thread.start()
    return thread


@pytest.mark.usefixtures("measured_processes")
def test_a_fresh_mail_waits_for_no_tick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Woken, the worker takes each at once, and says so; left alone it looks once a second."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    with works(tmp_path, program=PROGRAM) as place:
        place.bench.deliver(mail(subject="the first"))
        place.supervisor.start()
        place.wait_for(["filed"])
        started = time.monotonic()
        for number in range(10):
            place.bench.deliver(mail(subject=f"Number {number}"))
            place.supervisor.wake()
            place.wait_for(["filed"] * (number + 2))

        assert time.monotonic() - started < 6
        wait_until(lambda: place.told >= 11, what="the worker says what it did")


def test_a_mail_that_nobody_announced_is_found_all_the_same(tmp_path: Path) -> None:
    """Another node accepted it, or the wake-up was lost."""
    with works(tmp_path) as place:
        place.supervisor.start()
        place.bench.deliver(mail())

        place.wait_for(["filed"])


def test_a_killed_worker_charges_nobody(tmp_path: Path, fifo: Path) -> None:
    """Its batch is taken one by one; each mail becomes one ticket."""
    with works(tmp_path) as place:
        for body in ("One.", f"READ {fifo}", "Three."):
            place.bench.deliver(mail(body=body))
        place.supervisor.start()
        wait_until(lambda: all(place.claimed()), what="the worker has all three")
        pid = place.claimed()[0]
        assert pid  # 0 would mean this test's own process group.
        fifo.unlink()
        os.kill(pid, signal.SIGKILL)

        place.wait_for(["filed"] * 3)
        assert [1, 1, 1] == place.column("attempts")  # The attempt that filed it.
        assert [1, 1, 1] == place.column("claims_alone")
        assert 3 == len(place.bench.rows("tickets"))


@pytest.mark.thorough
def test_a_mail_that_kills_its_workers_is_filed_unread_the_third_time(tmp_path: Path) -> None:
    """Those beside it are filed as they are; it becomes a ticket with the original attached."""
    with works(tmp_path) as place:
        for body in ("One.", "ABORT", "Three."):
            place.bench.deliver(mail(body=body))
        place.supervisor.start()

        place.wait_for(["filed"] * 3)
        assert ["opened", "unreadable", "opened"] == place.column("reason")
        assert [1, 3, 1] == place.column("attempts")
        names = [row["attachments"] for row in place.bench.rows("entries") if row["spool"] == 2]
        assert "message.eml" in str(names)
        assert 2 == len(place.bench.to_customers())


@pytest.mark.thorough
@pytest.mark.usefixtures("measured_processes")
def test_a_mail_that_makes_its_worker_raise_is_filed_unread_the_third_time(tmp_path: Path) -> None:
    """The worker lives on; the batch is taken apart to find the mail at fault."""
    with works(tmp_path) as place:
        for body in ("One.", "RAISE", "Three."):
            place.bench.deliver(mail(body=body))
        place.supervisor.start()

        place.wait_for(["filed"] * 3)
        assert ["opened", "unreadable", "opened"] == place.column("reason")


@pytest.mark.thorough
def test_a_mail_that_asks_for_too_much_memory_is_filed_unread(tmp_path: Path) -> None:
    """The kernel refuses it to the worker, and to nobody else."""
    with works(tmp_path) as place:
        place.bench.deliver(mail(body="ALLOCATE"))
        place.supervisor.start()

        place.wait_for(["filed"])
        assert ["unreadable"] == place.column("reason")


@pytest.mark.thorough
@pytest.mark.parametrize(("body", "limit"), [("SPIN", "cpu_seconds"), ("HANG", "wall_seconds")])
def test_a_mail_that_takes_too_long_ends_its_worker(tmp_path: Path, body: str, limit: str) -> None:
    """By the processor's time and by the clock; the mail is charged with it."""
    with works(tmp_path, settings=f"{limit} = 1") as place:
        place.bench.deliver(mail(body=body))
        place.supervisor.start()

        wait_until(lambda: place.column("attempts") == [2], seconds=60, what="a second attempt")


@pytest.mark.usefixtures("measured_processes")
def test_a_worker_ends_in_order_when_its_supervisor_is_gone(tmp_path: Path) -> None:
    """However that ended; the numbers that were not used are given back."""
    with works(tmp_path) as place:
        place.bench.deliver(mail())
        worker = subprocess.Popen(
            DEADLY, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, bufsize=0
        )
        with worker:
            assert worker.stdin is not None
            worker.stdin.write(packed(place.orders))
            place.wait_for(["filed"])
            worker.stdin.close()
            assert 0 == worker.wait(20)

        counters = {row["name"]: row["next"] for row in place.bench.rows("counters")}
        assert {"case:NO-||": 2, "ticket": 2, "entry": 3, "outbox": 3} == counters


@pytest.mark.thorough
@pytest.mark.usefixtures("measured_processes")
def test_stopping_finishes_the_batch_in_hand(tmp_path: Path, fifo: Path) -> None:
    """And takes no other."""
    with works(tmp_path, settings="batch = 1") as place:
        place.bench.deliver(mail(body=f"READ {fifo}"))
        place.bench.deliver(mail(body="Two."))
        place.supervisor.start()
        wait_until(lambda: any(place.claimed()), what="the worker has the first")
        stopping = during(lambda: place.supervisor.stop(20))
        fifo.write_bytes(b"go on")
        stopping.join()

        assert ["filed", "waiting"] == place.bench.states()


def test_stopping_waits_no_longer_than_it_may(tmp_path: Path) -> None:
    """The mail goes back to the spool at the next start, charged with nothing."""
    with works(tmp_path) as place:
        place.bench.deliver(mail(body="HANG"))
        place.supervisor.start()
        wait_until(lambda: any(place.claimed()), what="the worker has it")
        pid = place.claimed()[0]
        assert pid  # 0 would mean this test's own process group.

        place.supervisor.stop(0.1)

        assert not Path(f"/proc/{pid}").exists()
        assert ["waiting"] == place.bench.states()


def test_a_worker_that_cannot_be_started_is_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The machine may have room later."""
    caplog.set_level(logging.ERROR)
    with works(tmp_path, program=(str(tmp_path / "nothing"),)) as place:
        place.supervisor.start()

        wait_until(lambda: caplog.text.count("no worker can be started") > 1, what="two attempts")


@pytest.mark.thorough
def test_a_worker_that_does_not_get_its_orders_is_followed_by_another(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the machine lacked: mail does not wait for a person."""
    failures = [OSError(errno.ENOSPC, "No space left on device")]

    def write(file: int, data: bytes) -> int:
        if failures:
            raise failures.pop()
        return real(file, data)

    real = os.write
    monkeypatch.setattr("gateway.worker.supervisor.os.write", write)
    with works(tmp_path) as place:
        place.bench.deliver(mail())
        place.supervisor.start()
        place.wait_for(["filed"])
    assert "a worker does not get its orders: [Errno 28]" in caplog.text


def test_a_supervisor_that_was_not_started_can_be_woken_and_stopped(tmp_path: Path) -> None:
    """A daemon that fails half-way through its start stops all of its parts."""
    with works(tmp_path) as place:
        place.supervisor.wake()
        place.supervisor.stop(1)
