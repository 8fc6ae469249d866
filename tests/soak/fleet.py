"""Two nodes on one PostgreSQL: each a daemon with all roles, and a folder of its own."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.store.database import Database
from lib.daemon import DaemonProcess, share_keys
from lib.workbench import write_house
from servers import postgresql, process
from soak.msa import Msa

_TESTS = Path(__file__).resolve().parents[1]

# No flood is one, since each mail is to have its own effects. A worker that is harmed may take a
# few seconds of a processor, so that what one mail costs the others is seen soon.
_MORE = """
[[listener]]
host = "127.0.0.1"
port = {listener}

[worker]
cpu_seconds = 2
wall_seconds = 20
lease = 30

[authenticity]
nameservers = ["127.0.0.1"]
dns_timeout = 0.5

[msa]
host = "127.0.0.1"
port = {msa}
tls = "none"
retry_first = 1
retry_most = 5
uncertain_retry = 1

[raw]
folder = "{large}"

[sending]
domain_hour = 1000000
house_hour = 1000000
"""
_DESK = """incident = { most = 1000000 }
strangers = { most = 1000000 }
"""


class Node(DaemonProcess):
    """A daemon whose workers mails can harm; `broken` names the promise that it breaks."""

    def __init__(self, path: Path, port: int, log: Path, broken: str) -> None:
        """Prepare."""
        super().__init__(path, port, log)
        self.port = port
        self.log = log
        both = os.pathsep.join([str(_TESTS), str(_TESTS.parent)])
        self._environment = {**os.environ, "PYTHONPATH": both}
        breaking = ["--broken", broken] if broken else []
        self._command = [sys.executable, "-P", "-m", "soak.wrapped", *breaking, *self._command[4:]]


@dataclass(frozen=True, slots=True)
class Fleet:
    """The nodes, what they share, and who takes what they send."""

    nodes: tuple[Node, ...]
    database: Database
    msa: Msa


@contextmanager
def fleet(count: int, broken: str) -> Iterator[Fleet]:
    """Start so many nodes on an empty database, one after the other."""
    msa = Msa()
    with process.folder("soak") as folder, postgresql.running() as server:
        url = server.url(server.create())
        nodes: list[Node] = []
        database: Database | None = None
        try:
            for number in range(count):
                nodes.append(_node(folder, number, url, msa.port, broken))
                nodes[-1].start()
            database = Database(url, folder / "node-0" / "data")
            yield Fleet(tuple(nodes), database, msa)
        finally:
            for node in nodes:
                node.stop()
            if database is not None:
                database.close()
            msa.stop()


def _node(folder: Path, number: int, url: str, msa: int, broken: str) -> Node:
    path = write_house(folder / f"node-{number}", url)
    for desk in (path.parent / "desks").glob("*.toml"):
        alone = re.sub(r"\[\[agent\]\][^\[]*", "", desk.read_text())
        desk.write_text(_DESK + alone)
    port = process.free_port()
    more = _MORE.format(listener=port, msa=msa, large=folder / "large")
    path.write_text(path.read_text() + more)
    if number:
        share_keys(folder / "node-0" / "data", path.parent / "data")
    return Node(path, port, folder / f"log-{number}", broken)
