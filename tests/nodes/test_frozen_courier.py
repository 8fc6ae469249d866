"""A courier that is frozen with a mail in hand, past its lease, while another one goes on."""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.config.settings import Msa, Settings, TlsMode
from gateway.courier.courier import Courier
from gateway.store.database import Database
from lib.outgoing import content_of, database_at, queue, row
from servers import courier_process, smtp_peer
from servers.process import wait_until
from servers.smtp_peer import STALL, Peer

pytestmark = pytest.mark.thorough

# Longer than any lease.
LATER = timedelta(hours=2)


@contextmanager
def frozen(url: str, folder: Path, peer: Peer, at: str) -> Iterator[subprocess.Popen[bytes]]:
    """Freeze a courier where the MSA lets it wait; at the end let it go on, and wait for it."""
    process = subprocess.Popen(
        [sys.executable, courier_process.__file__, url, str(folder), str(peer.port)],
        stdin=subprocess.PIPE,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": ""},
    )
    try:
        wait_until(lambda: at in peer.reached, seconds=60, what=f"{at} was reached")
        process.send_signal(signal.SIGSTOP)
        yield process
        process.send_signal(signal.SIGCONT)
        peer.go_on()
        process.communicate(timeout=60)
        assert 0 == process.returncode
    finally:
        process.kill()
        process.communicate()


def another(database: Database, folder: Path, port: int) -> Courier:
    """Make the courier of another node, two hours later."""
    msa = Msa(host="127.0.0.1", port=port, tls=TlsMode.NONE, connections=1, uncertain_retry=0.2)
    return Courier(
        Settings(path=folder / "casepost.toml", msa=msa),
        database,
        "another.test",
        folder,
        lambda: "",
        lambda: datetime.now(UTC) + LATER,
        random.random,
    )


def send_meanwhile(database: Database, folder: Path, peer: Peer) -> None:
    """Let the other courier take over, and send what it finds."""
    courier = another(database, folder, peer.port)
    courier.start()
    wait_until(lambda: row(database, 1).state == "sent", what="the other one has sent it")
    courier.stop(20)


def test_frozen_before_the_mark(postgresql_house_url: str, tmp_path: Path) -> None:
    """The other one sends it; the first one is refused the mark, and says no DATA."""
    peer = Peer({"RCPT": [STALL, "250 ok"]})
    with database_at(postgresql_house_url, tmp_path) as database, smtp_peer.running(peer):
        queue(database, 1, at=datetime.now(UTC))
        with frozen(postgresql_house_url, tmp_path, peer, "RCPT"):
            send_meanwhile(database, tmp_path, peer)
            settled = row(database, 1)
        assert [content_of(1)] == [taken.text for taken in peer.taken]
        assert settled == row(database, 1)
        assert (0, 2) == (settled.uncertain_times, settled.attempts)


@pytest.mark.parametrize("at", ["DATA", "DOT"])
def test_frozen_after_the_mark(postgresql_house_url: str, tmp_path: Path, at: str) -> None:
    """One more copy goes out, the same bytes; what the first one says of it later is not taken."""
    peer = Peer({at: [STALL, "354 go ahead" if at == "DATA" else "250 ok"]})
    with database_at(postgresql_house_url, tmp_path) as database, smtp_peer.running(peer):
        queue(database, 1, at=datetime.now(UTC))
        with frozen(postgresql_house_url, tmp_path, peer, at):
            send_meanwhile(database, tmp_path, peer)
            settled = row(database, 1)
        assert [content_of(1)] * 2 == [taken.text for taken in peer.taken]
        assert settled == row(database, 1)
        assert (1, 2) == (settled.uncertain_times, settled.attempts)
