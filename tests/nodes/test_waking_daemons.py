"""What one daemon has made, others of the house hear of at once, whichever roles they have."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.daemon import Daemon
from gateway.roles import Role
from gateway.waking import Channel
from lib.workbench import mail, write_house
from servers import process

_LISTENER = """
[[listener]]
port = {port}
"""


class Heard:
    """What the part of a daemon was woken for, after its first look."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.times = 0

    def wake(self) -> None:
        """Wake."""
        self.times += 1


@contextmanager
def started(path: Path, *roles: Role) -> Iterator[Daemon]:
    """Run a daemon with these roles in this process; none of them ticks."""
    daemon = Daemon(path, load(path), roles)
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.stop()


@pytest.mark.thorough
def test_mail_that_one_node_took_wakes_the_worker_of_another(
    tmp_path: Path, postgresql_house_url: str
) -> None:
    """And mail that is to be sent wakes its courier; no clock ticks in either of them."""
    port = process.free_port()
    path = write_house(tmp_path / "house", postgresql_house_url)
    path.write_text(path.read_text() + _LISTENER.format(port=port))
    with started(path, Role.LISTENER) as taking, started(path) as working:
        worker, courier = Heard(), Heard()
        working.workers, working.courier = [worker], courier  # type: ignore[list-item,assignment]
        # It looks for everything once when it begins to listen, and hears this after that.
        process.wait_until(lambda: _hears(taking, courier), what="a courier that is woken")
        before = worker.times
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.sendmail("jan@klant.example", "help@north.example", mail())
        process.wait_until(lambda: worker.times > before, what="a worker that is woken")
        working.workers, working.courier = [], None


def _hears(other: Daemon, courier: Heard) -> bool:
    other.mail_queued()
    return courier.times > 0


@pytest.mark.parametrize("channel", list(Channel))
def test_a_daemon_has_something_to_do_for_each_hint(tmp_path: Path, channel: Channel) -> None:
    """Also where it has none of the parts that it is for."""
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    daemon = Daemon(path, load(path), ())
    daemon._heard(channel)  # noqa: SLF001  what the thread that listens calls
    daemon.stop()
