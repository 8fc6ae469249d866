"""A node that is frozen in the middle of its work, and comes back when others have done it.

Two whole daemons on one PostgreSQL, each with all roles, between a mailbox, a listener each and an
MSA; one of them is stopped (SIGSTOP) where it hurts: while it files mails, and reads the mailbox.
"""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import func, select, text

from gateway.store import books, leases
from gateway.store.database import Database
from gateway.store.house_time import HouseTime
from gateway.store.schema import entries, spool, tickets
from gateway.store.schema import outbox as outbox_table
from lib.daemon import DaemonProcess, Sink, insist, share_keys
from lib.workbench import write_house
from servers import process
from servers.dovecot import Dovecot

_AGENT = "ada@north.example"
_BY_EACH_WAY = 3

_MORE = """
[[listener]]
host = "127.0.0.1"
port = {smtp}

[worker]
lease = 3
wall_seconds = 600

[[imap]]
name = "north"
host = "127.0.0.1"
port = {imap}
tls = "none"
user = "{user}"
password_file = "imap-password"
address = "help@north.example"
lease = 3

[msa]
host = "127.0.0.1"
port = {msa}
tls = "none"
"""


@dataclass(frozen=True)
class Node:
    """A daemon, and what it says of itself."""

    daemon: DaemonProcess
    port: int
    log: Path

    def signal(self, number: signal.Signals) -> None:
        """Send it and its worker a signal."""
        os.killpg(self.daemon.processes()[0], number)

    def says(self, sentence: str) -> bool:
        """Say whether that stands in its log."""
        return sentence in self.log.read_text()


@dataclass(frozen=True)
class Scene:
    """What nodes share, and the nodes that were started."""

    folder: Path
    database: Database
    dovecot: Dovecot
    user: str
    sink: Sink
    nodes: list[Node] = field(default_factory=list)

    def deliver(self, first: int, node: Node) -> None:
        """Deliver mails to a node and into the mailbox."""
        for number in range(first, first + _BY_EACH_WAY):
            sender = f"c{number}@klant.example"
            insist(node.port, sender, "help@north.example", _mail(sender, number))
            sender = f"m{number}@klant.example"
            self.dovecot.deliver(_mail(sender, number), self.user, sender)

    def is_filing(self) -> bool:
        """Say whether the first node is in a transaction that waits for a lock."""
        waits = """SELECT count(*) FROM pg_stat_activity
            WHERE application_name = 'one' AND wait_event_type = 'Lock'"""
        with self.database.reading() as connection:
            return bool(connection.execute(text(waits)).scalar_one())

    def filed(self) -> int:
        """Count the mails that are filed."""
        with self.database.reading() as connection:
            asked = select(func.count()).where(spool.c.state == "filed")
            return int(connection.execute(asked).scalar_one())

    def reader(self) -> str:
        """Give the node that reads the mailbox."""
        return _reader(self.database)


def _reader(database: Database) -> str:
    with database.reading() as connection:
        return leases.holders(connection, HouseTime(database)()).get("imap:north", "")


def _mail(sender: str, number: int) -> bytes:
    return (
        f"From: {sender}\r\nTo: help@north.example\r\nSubject: Report {number}\r\n"
        f"Message-ID: <{number}.{sender}>\r\n\r\nIt stays white.\r\n"
    ).encode()


def _start(scene: "Scene", name: str, url: str, keys: Path | None) -> Node:
    """Start a node, with the keys of another if there is one."""
    folder = scene.folder / name
    path = write_house(folder, url)
    (path.parent / "data").mkdir()
    if keys is not None:
        share_keys(keys.parent, path.parent / "data")
    password = path.with_name("imap-password")
    password.write_text(scene.dovecot.password)
    password.chmod(0o600)
    port, log = process.free_port(), folder.with_suffix(".log")
    ports = {"smtp": port, "imap": scene.dovecot.imap, "msa": scene.sink.port}
    path.write_text(path.read_text() + _MORE.format(user=scene.user, **ports))
    node = Node(DaemonProcess(path, port, log), port, log)
    scene.nodes.append(node)
    node.daemon.start()
    return node


@pytest.fixture
def scene(tmp_path: Path, postgresql_house_url: str, dovecot_server: Dovecot) -> Iterator[Scene]:
    """A mailbox, an MSA and a database for nodes to work with."""
    sink = Sink()
    database = Database(postgresql_house_url, tmp_path)
    found = Scene(tmp_path, database, dovecot_server, dovecot_server.new_user(), sink)
    try:
        yield found
    finally:
        for node in found.nodes:
            if not node.daemon.ended:
                node.signal(signal.SIGCONT)
                node.daemon.stop()
        database.close()
        sink.stop()


@pytest.mark.thorough
@pytest.mark.timeout(300)
def test_others_do_what_a_frozen_node_had_begun(scene: Scene, postgresql_house_url: str) -> None:
    """Its mails are filed and its mailbox is read; when it comes back, it writes none of it."""
    options = quote("-c lock_timeout=60s -c transaction_timeout=8s")
    url = f"{postgresql_house_url}&application_name=one&options={options}"
    one = _start(scene, "one", url, None)
    process.wait_until(lambda: scene.reader() != "", what="a reader")
    first = scene.reader()
    with scene.database.writing() as connection:
        # Claims go on, and what a mail becomes has to wait.
        connection.execute(text("LOCK TABLE tickets IN SHARE ROW EXCLUSIVE MODE"))
        scene.deliver(0, one)
        process.wait_until(scene.is_filing, seconds=50, what="the worker files mails")
        one.signal(signal.SIGSTOP)
    keys = scene.folder / "one" / "data" / "keys"
    other = _start(scene, "other", postgresql_house_url, keys)
    process.wait_until(lambda: scene.reader() not in {"", first}, seconds=60, what="a reader")
    scene.deliver(10, other)
    process.wait_until(lambda: scene.filed() == 4 * _BY_EACH_WAY, seconds=90, what="all mails")

    one.signal(signal.SIGCONT)
    scene.deliver(20, one)
    scene.deliver(30, other)
    process.wait_until(lambda: scene.filed() == 8 * _BY_EACH_WAY, seconds=90, what="the rest")
    for sentence in ("another node reads it now", "mails wait for a better moment"):
        process.wait_until(partial(one.says, sentence), what=sentence)
    process.wait_until(lambda: len(_customers(scene)) == 8 * _BY_EACH_WAY, what="all answers")
    _check(scene)


def _customers(scene: Scene) -> list[str]:
    return [who for who in scene.sink.recipients.values() if who != _AGENT]


def _check(scene: Scene) -> None:
    """See that each mail is one ticket, and that each ticket was acknowledged once."""
    count = 8 * _BY_EACH_WAY
    with scene.database.reading() as connection:
        accounts = books.accounts(connection)
        made = select(func.count()).select_from(tickets)
        told = select(func.count()).where(entries.c.direction == "in")
        rows = select(func.count()).where(outbox_table.c.recipient != _AGENT)
        found = [connection.execute(asked).scalar_one() for asked in (made, told, rows)]
    assert [count] * 3 == found
    assert [] == [account for account in accounts if account.difference or account.waiting]
    assert count == len(set(_customers(scene))) == len(_customers(scene))
    assert {1} == set(scene.sink.copies.values())
