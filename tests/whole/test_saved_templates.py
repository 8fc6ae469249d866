"""Templates that are saved in the console hold on all nodes, and in their workers, at once."""

import signal
import smtplib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway import editing
from gateway.config.load import load
from gateway.house import House, open_house
from gateway.store import schema
from gateway.templates.folder import Key
from lib.daemon import share_keys, starting
from lib.workbench import START, mail, write_house
from servers import process

SUBJECT = Key("", "en", "customer/acknowledge", "subject.txt")
ADA = "ada@north.example"


class Node:
    """A daemon with a data folder of its own."""

    def __init__(
        self, folder: Path, database_url: str, *roles: str, like: "Node | None" = None
    ) -> None:
        """Start it, and wait until it listens; it has the keys of a node that it is `like`."""
        self.port = process.free_port()
        self.path = write_house(folder, database_url)
        self.path.write_text(f"{self.path.read_text()}\n[[listener]]\nport = {self.port}\n")
        if like is not None:
            share_keys(like.path.parent / "data", folder / "data")
        self._log = folder / "log"
        only = ("--only", ",".join(roles)) if roles else ()
        with self._log.open("wb") as log:
            command = [*starting(self.path), *only]
            self.daemon = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        process.wait_until(lambda: process.listens(self.port), seconds=120, what="the listener")

    def wait_for(self, said: str, count: int = 1) -> None:
        """Wait until it has said something so many times."""
        process.wait_until(
            lambda: self._log.read_text().count(said) >= count, seconds=60, what=said
        )

    def send(self, name: str) -> None:
        """Hand in a mail; it is accepted."""
        address = f"{name}@klant.example"
        text = mail(author=address, subject=f"Of {name}", message_id=f"<{address}>")
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
            client.sendmail(address, ["help@north.example"], text)

    def stop(self) -> None:
        """Ask it to end, unless it has ended."""
        if self.daemon.poll() is None:
            process.end(self.daemon, signal.SIGTERM, seconds=70)


@pytest.fixture
def nodes(tmp_path: Path, postgresql_house_url: str) -> Iterator[tuple[Node, Node]]:
    """Two nodes on one database; the second has no clock, and serves no page."""
    one = Node(tmp_path / "one", postgresql_house_url)
    two = Node(tmp_path / "two", postgresql_house_url, "listener", "worker", like=one)
    yield one, two
    one.stop()
    two.stop()


@pytest.fixture
def house(nodes: tuple[Node, Node]) -> Iterator[House]:
    """Somebody who saves, in a process of their own."""
    opened = open_house(load(nodes[0].path))
    yield opened
    opened.database.close()


def acknowledged(house: House, name: str) -> bytes:
    """Wait for what a customer is answered."""

    def found() -> list[bytes]:
        wanted = schema.outbox.c.recipient == f"{name}@klant.example"
        with house.database.reading() as connection:
            rows = connection.execute(select(schema.outbox.c.content).where(wanted))
            return [bytes(row.content) for row in rows]

    process.wait_until(lambda: bool(found()), seconds=60, what=f"the answer to {name}")
    return found()[0]


@pytest.mark.thorough
@pytest.mark.timeout(400)
def test_two_nodes_follow(nodes: tuple[Node, Node], house: House) -> None:
    """Neither is started anew, and each follows by itself; so does the way back."""
    one, two = nodes
    one.send("jan")
    assert b"We have it" not in acknowledged(house, "jan")
    saved = editing.save(house, SUBJECT, "We have it: {{ subject }}", ADA, "", START, 0)
    for node in nodes:
        node.wait_for("templates were saved: 1 from the console are in force")
    one.stop()
    two.send("piet")
    assert b"We have it:" in acknowledged(house, "piet")
    editing.save(house, SUBJECT, None, ADA, "", START, saved)
    two.wait_for("templates were saved: 0 from the console are in force")
    two.send("els")
    assert b"We have it" not in acknowledged(house, "els")
