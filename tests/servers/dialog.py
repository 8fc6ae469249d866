"""A listener on a free port with a real database behind it, and a client that shows every byte."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Row, select

from gateway.config.desk import Desk, Lifecycle, Phase, Status
from gateway.config.kinds import Network
from gateway.config.settings import Limits, Listener, Settings
from gateway.desk.route import Routes
from gateway.listener.news import News
from gateway.listener.reception import Reception
from gateway.listener.server import ListenerThread
from gateway.store.database import Database
from gateway.store.group_commit import GroupCommit
from gateway.store.large_mails import Place
from gateway.store.raw import keep
from gateway.store.schema import metadata, raw_mails, spool
from gateway.store.spool import Accepted, Delivery, accept
from lib.large import large_in

ADDRESSES = ("support@desk.example", "hilfe@xn--bcher-kva.example")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SMALL = b"From: a@b.example\r\nSubject: x\r\nMessage-ID: <1@b.example>\r\n\r\ntext\r\n"

Take = Callable[[tuple[Delivery, ...]], Future[tuple[Accepted, ...]]]


def desk(*addresses: str) -> Desk:
    """Make a desk that has these addresses."""
    return Desk(
        name="test",
        title="Test",
        addresses=addresses,
        languages=("en",),
        case_number="T-{n}",
        status=(Status("Open", Phase.OPEN),),
        lifecycle=Lifecycle("Open", "Open"),
    )


@dataclass(slots=True)
class Running:
    """A listener at work: where it listens, and what it wrote down."""

    thread: ListenerThread
    database: Database
    folder: Path
    submitted: Callable[[], int]
    woken: list[None]

    @property
    def port(self) -> int:
        """Give the port of the only listener."""
        return self.thread.ports[0]

    def rows(self) -> list[Row[tuple[object, ...]]]:
        """Give the spool, oldest first, with the raw mails."""
        with self.database.reading() as connection:
            return list(
                connection.execute(
                    select(spool, raw_mails.c.content)
                    .join(raw_mails, raw_mails.c.sha256 == spool.c.raw)
                    .order_by(spool.c.id)
                )
            )

    def client(self) -> "Client":
        """Connect, and read the greeting."""
        client = Client(self.port)
        client.reply()
        return client

    def greeted(self, hello: str = "EHLO client.example") -> "Client":
        """Connect, and say hello."""
        client = self.client()
        client.say(hello)
        return client


@contextmanager
def listening(
    folder: Path,
    *,
    limits: Limits | None = None,
    listener: Listener | None = None,
    trusted: tuple[Network, ...] = (ip_network("127.0.0.0/8"),),
    take: Take | None = None,
    before_write: Callable[[int], None] = lambda _: None,
    large_mail: int = 512 * 1024,
    places: Sequence[Place] = (),
) -> Iterator[Running]:
    """Run a listener for one test; `take` in place of the real group commit.

    `before_write` is called in each transaction, with the number of mails in it. `places` are where
    large mails are kept, the data folder if there are none.
    """
    database = Database("sqlite:///casepost.db", folder)
    large = large_in(folder, large_mail, *places)
    with database.writing() as connection:
        metadata.create_all(connection)

    def write(
        connection: Connection, groups: Sequence[tuple[Delivery, ...]]
    ) -> Sequence[tuple[Accepted, ...]]:
        before_write(len(groups))
        return accept(connection, groups, "node")

    woken: list[None] = []
    news = News(lambda: woken.append(None))
    commits = GroupCommit(database, write, "test", after=news.tell)
    submitted: list[None] = []

    def submit(deliveries: tuple[Delivery, ...]) -> Future[tuple[Accepted, ...]]:
        future = commits.submit(deliveries)
        submitted.append(None)
        return future

    settings = Settings(
        path=folder / "casepost.toml",
        hostname="mx.desk.example",
        listener=(listener or Listener(port=0),),
        limits=limits or Limits(free_bytes=1, free_inodes=1),
        large_mail=large_mail,
        trusted_networks=trusted,
    )
    routes = Routes([desk(*ADDRESSES)])
    reception = Reception(
        settings=settings,
        routes=lambda: routes,
        take=_telling(take, news) if take else submit,
        large=large,
        keep=lambda mail: keep(database, mail, large),
        folder=folder,
        now=lambda: NOON,
        news=news,
    )
    thread = ListenerThread(reception)
    thread.start()
    try:
        yield Running(thread, database, folder, lambda: len(submitted), woken)
    finally:
        thread.stop(seconds=0)
        commits.close()
        database.close()


def _telling(take: Take, news: News) -> Take:
    """Pass news on after each commit, where a test stands in for who makes them."""

    def told(deliveries: tuple[Delivery, ...]) -> Future[tuple[Accepted, ...]]:
        said: Future[tuple[Accepted, ...]] = Future()

        def done(future: Future[tuple[Accepted, ...]]) -> None:
            error = future.exception()
            if error is None:
                said.set_result(future.result())
            else:
                said.set_exception(error)
            news.tell()

        take(deliveries).add_done_callback(done)
        return said

    return told


class Client:
    """The client's end of a dialog, a line at a time; it hides nothing and adds nothing."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection((host, port), timeout=30)
        self._read = b""

    def __enter__(self) -> Self:
        """Give the client."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up."""
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.socket.sendall(data)

    def say(self, line: str) -> str:
        """Send a command, and give its reply."""
        self.send(line.encode() + b"\r\n")
        return self.reply()

    def reply(self) -> str:
        """Read one reply, all its lines; "" when the server has hung up."""
        lines: list[str] = []
        while not lines or lines[-1][3:4] == "-":
            line = self._line()
            if not line:
                return "\n".join(lines)
            lines.append(line)
        return "\n".join(lines)

    def _line(self) -> str:
        while b"\r\n" not in self._read:
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                return ""
            self._read += more
        line, _, self._read = self._read.partition(b"\r\n")
        return line.decode("ascii")

    def begin(self, *recipients: str, sender: str = "a@b.example", parameters: str = "") -> None:
        """Go up to the point where the mail's bytes are wanted."""
        assert self.say(f"MAIL FROM:<{sender}>{parameters}").startswith("250")
        for recipient in recipients or ADDRESSES[:1]:
            assert self.say(f"RCPT TO:<{recipient}>").startswith("250")
        assert self.say("DATA").startswith("354")

    def deliver(self, content: bytes = SMALL, *recipients: str, sender: str = "a@b.example") -> str:
        """Send a mail, dots stuffed, and give the reply."""
        self.begin(*recipients, sender=sender)
        self.send(stuffed(content))
        return self.reply()

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Go on under TLS."""
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self._read = b""


def stuffed(content: bytes) -> bytes:
    """Write a mail for the wire, with its end."""
    text = content.replace(b"\r\n.", b"\r\n..")
    return (b"." if content.startswith(b".") else b"") + text + b".\r\n"


class Store:
    """A store under the test's hand: it says yes, no, or nothing until it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.taken: list[tuple[Delivery, ...]] = []
        self.pending: list[Future[tuple[Accepted, ...]]] = []
        self.asked = threading.Event()
        self.holding = False

    def take(self, deliveries: tuple[Delivery, ...]) -> Future[tuple[Accepted, ...]]:
        """Take deliveries as the listener hands them over."""
        future: Future[tuple[Accepted, ...]] = Future()
        self.taken.append(deliveries)
        if self.holding:
            self.pending.append(future)
        elif self.error is not None:
            future.set_exception(self.error)
        else:
            future.set_result(
                tuple(Accepted(n, repeated=False) for n in range(1, len(deliveries) + 1))
            )
        self.asked.set()
        return future
