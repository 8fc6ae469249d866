"""A worker's rules are those of the daemon that started it, whatever the files say by now."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.config.load import Configuration, load
from gateway.house import open_house
from gateway.store.migrate import migrate
from gateway.templates import Templates
from gateway.worker.handover import Orders, packed, receive
from gateway.worker.supervisor import PROGRAM, Supervisor
from lib.workbench import Workbench, mail, write_house
from servers.process import wait_until

ROOT = Path(__file__).resolve().parents[2]
SQLITE = "sqlite:///casepost.db"

# With what `write_house` writes, a value of each kind that a configuration is made of.
_MORE = """
[[listener]]
port = 0

[[imap]]
name = "north"
host = "imap.example"
user = "north"
password_file = "password"
address = "help@north.example"

[msa]
host = "msa.example"

[web]
"""


class Place:
    """A house with its supervisor."""

    def __init__(self, configuration: Configuration, program: tuple[str, ...]) -> None:
        """Open the house as a daemon does; the worker is not started."""
        house = open_house(configuration)
        migrate(house.database)
        self.bench = Workbench(house)
        self.supervisor = Supervisor(
            Orders(configuration, house.templates),
            house.database,
            house.node,
            lambda: None,
            self.bench.now,
            program,
        )

    def take(self) -> None:
        """Deliver a mail and wait until all are filed."""
        self.bench.deliver(mail(subject=f"Number {len(self.bench.states())}"))
        self.supervisor.wake()
        wait_until(
            lambda: set(self.bench.states()) == {"filed"}, seconds=60, what="every mail is filed"
        )

    def kill(self) -> None:
        """Kill the worker, and wait until it is gone."""
        (pid,) = _children()
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: pid not in _children(), what="the worker is gone")

    def prefixes(self) -> list[str]:
        """Give how each ticket's number begins, in order of their numbers."""
        return [str(row["number"]).partition("-")[0] for row in self.bench.rows("tickets")]


@contextmanager
def running(configuration: Configuration, program: tuple[str, ...] = PROGRAM) -> Iterator[Place]:
    """Open a house with a running worker."""
    place = Place(configuration, program)
    place.supervisor.start()
    try:
        yield place
    finally:
        place.supervisor.stop(20)
        place.bench.house.database.close()


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program can be imported by its processes, wherever they are started."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The main file of a house."""
    return write_house(tmp_path / "house", SQLITE)


def _children() -> list[int]:
    """Give the worker processes that this process started and that still run."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        for child in (task / "children").read_text().split():
            command = Path(f"/proc/{child}/cmdline").read_bytes()
            found += [int(child)] if b"gateway.worker" in command else []
    return found


def orders(path: Path) -> Orders:
    """Give orders with the configuration at a path, and without templates."""
    return Orders(load(path), Templates())


def test_a_configuration_comes_over_as_it_was(path: Path) -> None:
    """And the bytes behind it stay in the pipe."""
    networks = 'trusted_networks = ["192.0.2.0/24", "2001:db8::/32"]'
    path.write_text(networks + path.read_text() + _MORE)
    reader, writer = os.pipe()
    os.write(writer, packed(orders(path)) + b"!")

    received = receive(reader)
    assert received is not None
    assert load(path) == received.configuration
    assert b"!" == os.read(reader, 10)
    os.close(writer)
    os.close(reader)


@pytest.mark.parametrize("kept", [0, 5, 8, 200])
def test_half_a_configuration_is_none(path: Path, kept: int) -> None:
    """Wherever the pipe ends."""
    reader, writer = os.pipe()
    os.write(writer, packed(orders(path))[:kept])
    os.close(writer)

    assert receive(reader) is None
    os.close(reader)


def test_a_worker_without_a_whole_configuration_ends_in_order(path: Path) -> None:
    """Its supervisor was killed meanwhile."""
    ended = subprocess.run(
        PROGRAM, input=packed(orders(path))[:200], capture_output=True, check=False
    )

    assert (0, b"", b"") == (ended.returncode, ended.stdout, ended.stderr)


@pytest.mark.thorough
def test_a_desk_file_that_was_broken_meanwhile_holds_up_no_mail(path: Path) -> None:
    """A worker that dies is followed by one that follows the same rules."""
    with running(load(path)) as place:
        place.take()
        (path.parent / "desks/north.toml").write_text("title = ")
        place.kill()
        place.take()

        assert ["NO", "NO"] == place.prefixes()


@pytest.mark.thorough
def test_an_edited_file_changes_nothing_until_the_daemon_starts_again(path: Path) -> None:
    """Listener and workers follow one policy."""
    desk = path.parent / "desks/north.toml"
    with running(load(path)) as place:
        place.take()
        desk.write_text(desk.read_text().replace("NO-{n:04}", "XX-{n:04}"))
        place.kill()
        place.take()
        assert ["NO", "NO"] == place.prefixes()
    with running(load(path)) as place:
        place.take()

        assert ["NO", "NO", "XX"] == place.prefixes()


def test_a_folder_where_the_daemon_was_started_is_not_taken_for_the_program(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may write there must not run code as the daemon."""
    foreign = tmp_path / "cwd/gateway"
    foreign.mkdir(parents=True)
    (foreign / "__init__.py").write_text("open('imported', 'w')\n")
    monkeypatch.chdir(foreign.parent)
    with running(load(path)) as place:
        place.take()

    assert not (foreign.parent / "imported").exists()


@pytest.fixture
def large(path: Path) -> Configuration:
    """A configuration of more bytes than a pipe holds: two thousand agents who are told nothing."""
    desk = path.parent / "desks/north.toml"
    agent = '[[agent]]\naddress = "a{n}@north.example"\nname = "{n}"\nactive = false\n'
    agents = (agent.format(n=n) for n in range(2000))
    desk.write_text(desk.read_text() + "".join(agents))
    configuration = load(path)
    assert len(packed(Orders(configuration, Templates()))) > 1 << 16
    return configuration


@pytest.mark.thorough
def test_a_large_configuration_is_handed_over_whole(large: Configuration) -> None:
    """It goes over piece by piece, as the worker reads it."""
    with running(large) as place:
        place.take()


def test_a_worker_that_reads_nothing_holds_up_nobody(large: Configuration, tmp_path: Path) -> None:
    """It can be woken, and its supervisor stopped, while the pipe is full."""
    began = tmp_path / "began"
    script = f"import signal; open({str(began)!r}, 'w'); signal.pause()"
    with running(large, (sys.executable, "-c", script)) as place:
        wait_until(began.exists, what="the program runs")
        place.supervisor.wake()
        place.supervisor.stop(0.1)


def test_a_worker_that_dies_at_once_is_started_again(
    large: Configuration, caplog: pytest.LogCaptureFixture
) -> None:
    """The broken pipe is no more than its death."""
    with running(large, (sys.executable, "-c", "raise SystemExit(3)")):
        wait_until(
            lambda: caplog.text.count("a worker ended with status 3 by itself") > 1,
            what="two lives",
        )
