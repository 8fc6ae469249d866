"""Mails by Dovecot and by the listener, twice each: two hundred, and five hundred with `kill -9`.

The end is the same: an entry for each, books that balance, one acknowledgement for each new ticket.
"""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Event, Thread

import pytest
from sqlalchemy import ColumnElement, Table, func, select

from gateway.bench.mix import Asked, Letter, mix
from gateway.store import books, outbox
from gateway.store.database import Database
from gateway.store.schema import entries, message_ids, spool, tickets
from gateway.store.schema import outbox as outbox_table
from lib.daemon import DaemonProcess, Sink, insist
from lib.workbench import write_house
from servers import process
from servers.dovecot import Dovecot

_RECIPIENT = "help@north.example"
_AGENT = "ada@north.example"
_TO_CUSTOMERS = outbox_table.c.recipient != _AGENT
_CLIENTS = 8
# A machine too slow to start a daemon between two of them would otherwise never be done.
_DEATHS = 9

_MORE = """
[[listener]]
host = "127.0.0.1"
port = {smtp}

[[imap]]
name = "north"
host = "127.0.0.1"
port = {imap}
tls = "none"
user = "{user}"
password_file = "imap-password"
address = "help@north.example"
reconnect_first = 0.1
reconnect_most = 1

[msa]
host = "127.0.0.1"
port = {msa}
tls = "none"
uncertain_retry = 1
retry_first = 1

[sending]
domain_hour = 1000000
house_hour = 1000000
"""
# Nobody is told, and no flood is one: each mail has its own effects.
_NO_AGENTS = """incident = { most = 1000000 }
strangers = { most = 1000000 }
"""


@dataclass(frozen=True)
class Size:
    """How many mails there are, in multiples of twenty."""

    mails: int

    @property
    def persons(self) -> int:
        """Those by which persons open tickets."""
        return self.mails * 13 // 20

    @property
    def opening(self) -> int:
        """Those that open tickets, machines' among them."""
        return self.mails * 3 // 4

    @property
    def answers(self) -> int:
        """Those by which persons answer; what is left are absence notices."""
        return self.mails // 5


@dataclass(frozen=True)
class Scene:
    """A running daemon between Dovecot, a listener and an MSA."""

    daemon: DaemonProcess
    database: Database
    dovecot: Dovecot
    user: str
    port: int
    sink: Sink


@pytest.fixture
def scene(tmp_path: Path, dovecot_server: Dovecot) -> Iterator[Scene]:
    """Start everything on an empty SQLite database."""
    sink = Sink()
    port, user = process.free_port(), dovecot_server.new_user()
    path = write_house(tmp_path / "house", "sqlite:///casepost.db")
    for desk in (path.parent / "desks").glob("*.toml"):
        alone = re.sub(r"\[\[agent\]\][^\[]*", "", desk.read_text())
        desk.write_text(_NO_AGENTS + alone)
    password = path.with_name("imap-password")
    password.write_text(dovecot_server.password)
    password.chmod(0o600)
    more = _MORE.format(smtp=port, imap=dovecot_server.imap, user=user, msa=sink.port)
    path.write_text(path.read_text() + more)
    daemon = DaemonProcess(path, port, tmp_path / "log")
    daemon.start()
    database = Database("sqlite:///casepost.db", path.parent / "data")
    yield Scene(daemon, database, dovecot_server, user, port, sink)
    daemon.stop()
    database.close()
    sink.stop()


def deliver(scene: Scene, letters: list[Letter]) -> None:
    """Deliver half of the mails by each way, each of them twice."""

    def one(numbered: tuple[int, Letter]) -> None:
        number, letter = numbered
        if number % 2:
            insist(scene.port, letter.sender, letter.recipient, letter.content)
        else:
            scene.dovecot.deliver(letter.content, scene.user, letter.sender)

    with ThreadPoolExecutor(_CLIENTS) as clients:
        list(clients.map(one, [*enumerate(letters), *enumerate(letters)]))


def count(scene: Scene, table: Table, *conditions: ColumnElement[bool]) -> int:
    """Count rows."""
    with scene.database.reading() as connection:
        query = select(func.count()).select_from(table).where(*conditions)
        return int(connection.execute(query).scalar_one())


def settled(scene: Scene, received: int) -> Callable[[], bool]:
    """Say when so many mails came, none waits, and all that is to be sent is sent."""

    def all_done() -> bool:
        with scene.database.reading() as connection:
            accounts = books.accounts(connection)
            waiting = outbox.counts(connection)
        return (
            sum(account.received for account in accounts) >= received
            and not any(account.waiting for account in accounts)
            and waiting["queued"] == waiting["deferred"] == 0
            and outbox_open(scene) == 0
        )

    return all_done


def outbox_open(scene: Scene) -> int:
    """Count outgoing mails that will be tried again."""
    return count(scene, outbox_table, outbox_table.c.settled_at.is_(None))


def letters_of(size: Size, run: str) -> list[Letter]:
    """Give the mails that open tickets: most from persons, some from machines."""
    asked = [Asked("x@klant.example", "", "<x>")] * (size.mails - size.opening)
    persons = [
        letter
        for letter in mix(size.mails, _RECIPIENT, asked, run)
        if b"In-Reply-To" not in letter.content
    ]
    machines = [
        Letter(
            letter.sender,
            letter.recipient,
            letter.content.replace(
                b"MIME-Version", b"Auto-Submitted: auto-generated\r\nMIME-Version"
            ),
        )
        for letter in persons[size.persons : size.opening]
    ]
    return persons[: size.persons] + machines


def answers_to(scene: Scene, size: Size, run: str) -> list[Letter]:
    """Give answers to acknowledgements: most from persons, and absence notices."""
    with scene.database.reading() as connection:
        rows = connection.execute(
            select(outbox_table.c.recipient, tickets.c.number, outbox_table.c.message_id)
            .join(tickets, tickets.c.id == outbox_table.c.ticket)
            .where(_TO_CUSTOMERS)
            .order_by(outbox_table.c.id)
            .limit(size.mails - size.opening)
        )
        asked = [Asked(*row) for row in rows]
    answers = [
        letter
        for letter in mix(size.mails, _RECIPIENT, asked, f"answer-{run}")
        if b"In-Reply-To" in letter.content
    ]
    notices = [
        Letter(
            "",
            letter.recipient,
            letter.content.replace(
                b"MIME-Version", b"Auto-Submitted: auto-replied (vacation)\r\nMIME-Version"
            ),
        )
        for letter in answers[size.answers :]
    ]
    return answers[: size.answers] + notices


def take(scene: Scene, size: Size, run: str) -> None:
    """Deliver all mails, and wait until nothing is left to do."""
    deliver(scene, letters_of(size, run))
    process.wait_until(settled(scene, 2 * size.opening), seconds=120, what="the first mails")
    deliver(scene, answers_to(scene, size, run))
    process.wait_until(settled(scene, 2 * size.mails), seconds=120, what="the answers")


def check(scene: Scene, size: Size) -> None:
    """See that the end is as it must be."""
    with scene.database.reading() as connection:
        accounts = books.accounts(connection)
        sent = outbox.counts(connection)
    assert size.mails == count(scene, entries, entries.c.direction == "in")
    assert size.mails == count(scene, spool, spool.c.state == "filed")
    assert [] == [account for account in accounts if account.difference]
    assert 0 == sum(account.failed + account.held + account.waiting for account in accounts)
    assert size.mails == sum(account.filed for account in accounts)
    assert size.opening == count(scene, tickets)
    assert size.persons == count(scene, outbox_table, _TO_CUSTOMERS)
    to_others = message_ids.c.given_to.not_in(["", _AGENT])
    assert size.persons == count(scene, message_ids, to_others)
    assert 0 == sent["failed"]
    to_customers = [who for who in scene.sink.recipients.values() if who != _AGENT]
    assert size.persons == len(to_customers) == len(set(to_customers))
    assert count(scene, outbox_table) == len(scene.sink.copies)
    assert {1} == {len(contents) for contents in scene.sink.contents.values()}
    assert max(scene.sink.copies.values()) <= 2


@pytest.mark.timeout(400)
@pytest.mark.usefixtures("measured_processes")
def test_mails_by_two_ways_twice_each(scene: Scene) -> None:
    """400 deliveries are 200 entries; 200 are known; each new ticket is acknowledged once."""
    size = Size(200)
    take(scene, size, "calm")

    check(scene, size)
    with scene.database.reading() as connection:
        accounts = books.accounts(connection)
    assert 400 == sum(account.received for account in accounts)
    assert 200 == sum(account.duplicate for account in accounts)
    assert {1} == set(scene.sink.copies.values())


@pytest.mark.thorough
@pytest.mark.timeout(400)
def test_the_same_end_when_every_process_is_killed_at_random(scene: Scene) -> None:
    """`kill -9` of the daemon or a worker, again and again, loses nothing and doubles nothing.

    Five hundred mails come meanwhile, twice each.
    """
    size, random, over = Size(500), Random(2026), Event()  # noqa: S311
    deaths: list[str] = []

    def storm() -> None:
        while len(deaths) < _DEATHS and not over.wait(random.uniform(0.2, 3.0)):
            alive = scene.daemon.processes()
            # Each third time it is the daemon, which stands first.
            victim = alive[0] if len(deaths) % 3 == 1 else random.choice(alive[1:] or alive)
            deaths.append("daemon" if victim == alive[0] else "worker")
            scene.daemon.kill(victim)
            if scene.daemon.ended:
                scene.daemon.start()

    killer = Thread(target=storm)
    killer.start()
    try:
        take(scene, size, "storm")
    finally:
        over.set()
        killer.join()

    assert {"daemon", "worker"} == set(deaths)
    check(scene, size)
