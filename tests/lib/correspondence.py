"""Houses and others who write to each other, in virtual time, through a relay that changes mail.

A house is real but for its clock, its DNS, and the disk's promise to keep what it is told.
"""

import heapq
import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from sqlalchemy import event, select

from gateway.store import books, schema
from lib.workbench import START, Workbench, workbench

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
_TEMPLATES_OF_AGENTS = "agent/"
_KEPT = re.compile(rb"(?i)(from|to|subject|mime-version|content-[a-z-]+):")


@dataclass(frozen=True, slots=True)
class Carried:
    """A mail on its way."""

    reverse_path: str
    recipient: str
    content: bytes

    def header(self, name: str) -> str:
        """Give a header field's unfolded value, "" if there is none."""
        head = re.sub(rb"\r\n[ \t]+", b" ", self.content.partition(b"\r\n\r\n")[0])
        for line in head.split(b"\r\n"):
            if line.lower().startswith(name.lower().encode() + b":"):
                return line.partition(b":")[2].strip().decode("utf-8", "replace")
        return ""

    @property
    def author(self) -> str:
        """Give the bare address of From."""
        return self.header("from").rpartition("<")[2].strip("<> ")


Relay = Callable[[Carried, datetime, int], Carried]
Responder = Callable[[Carried], Carried | None]


def straight(mail: Carried, now: datetime, number: int) -> Carried:
    """Change nothing."""
    del now, number
    return mail


def stripping(mail: Carried, now: datetime, number: int) -> Carried:
    """Take away all that marks a mail or ties it to another, and number its subject."""
    head, _, body = mail.content.partition(b"\r\n\r\n")
    kept: list[bytes] = []
    keeps = False
    for line in head.split(b"\r\n"):
        if not line.startswith((b" ", b"\t")):
            keeps = _KEPT.match(line) is not None
        if keeps:
            kept.append(re.sub(rb"^(?i:subject:)", b"Subject: #%d:" % number, line))
    kept.append(f"Message-ID: <{number}.{now:%H%M%S}@relay.example>".encode())
    kept.append(b"Date: " + format_datetime(now).encode())
    author = mail.author
    content = b"\r\n".join(kept) + b"\r\n\r\n" + body
    return Carried(author, mail.recipient, content)


@dataclass(slots=True)
class World:
    """Who is there, and what is on its way; `time` passes from one mail to the next."""

    relay: Relay = straight
    delay: timedelta = timedelta(seconds=2)
    houses: dict[str, Workbench] = field(default_factory=dict)
    others: dict[str, Responder] = field(default_factory=dict)
    # Where a relay takes mail that is not for an agent, by the domain that it comes from.
    detours: dict[str, str] = field(default_factory=dict)
    time: datetime = START
    _way: list[tuple[datetime, int, Carried]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _seen: dict[str, int] = field(default_factory=dict)
    delivered: dict[str, int] = field(default_factory=dict)

    def post(self, mail: Carried, at: datetime) -> None:
        """Put a mail on its way, so that it arrives at that time."""
        number = next(self._numbers)
        heapq.heappush(self._way, (at, number, self.relay(mail, at, number)))

    def run(self, until: datetime) -> None:
        """Let everybody read and answer until then."""
        while self._way and self._way[0][0] <= until:
            self.time, _, mail = heapq.heappop(self._way)
            domain = mail.recipient.rpartition("@")[2]
            here = self.houses.get(domain)
            answer = self.others.get(mail.recipient)
            if here is not None and here.house.routes.is_ours(mail.recipient):
                self._into(domain, mail)
            elif answer is not None and (answered := answer(mail)) is not None:
                self.post(answered, self.time + self.delay)
        self.time = until

    def _into(self, domain: str, mail: Carried) -> None:
        house = self.houses[domain]
        house.time = self.time
        house.deliver_bytes(mail.content, mail.recipient, mail.reverse_path)
        self.delivered[domain] = self.delivered.get(domain, 0) + 1
        house.work()
        for sent in self._sent(domain, house):
            is_agents = sent.recipient.endswith(f"@{domain}")
            to = sent.recipient if is_agents else self.detours.get(domain, sent.recipient)
            self.post(replace(sent, recipient=to), self.time + self.delay)

    def _sent(self, domain: str, house: Workbench) -> list[Carried]:
        """Give what a house queued since it was asked last."""
        outbox = schema.outbox
        with house.house.database.reading() as connection:
            rows = connection.execute(
                select(outbox.c.id, outbox.c.reverse_path, outbox.c.recipient, outbox.c.content)
                .where(outbox.c.id > self._seen.get(domain, 0))
                .order_by(outbox.c.id)
            ).all()
        if rows:
            self._seen[domain] = rows[-1].id
        return [Carried(row.reverse_path, row.recipient, row.content) for row in rows]

    def keeps_all(self, domain: str) -> bool:
        """Say whether every mail that came to a house is filed, and its books balance."""
        house = self.houses[domain]
        with house.house.database.reading() as connection:
            balanced = all(account.difference == 0 for account in books.accounts(connection))
        states = house.states()
        return balanced and states == ["filed"] * self.delivered[domain]

    def sent(self, domain: str, to: str = "", *, agents: bool = False) -> list[datetime]:
        """Give when a house sent automatic mail, to agents or others, to all or to one of them."""
        return [
            row["queued_at"]
            for row in self.houses[domain].rows("outbox")
            if row["automatic"]
            and row["template"].startswith(_TEMPLATES_OF_AGENTS) == agents
            and (not to or row["recipient"] == to)
        ]


def fullest(times: list[datetime], window: timedelta) -> int:
    """Count the most of these times within any window, both ends included."""
    return max((sum(a <= b <= a + window for b in times) for a in times), default=0)


@contextmanager
def house(folder: Path, domain: str) -> Iterator[Workbench]:
    """Open a house whose desk is `help@DOMAIN`; SQLite, which forgets in a power cut."""
    url = f"sqlite:///{folder / 'casepost.db'}"
    folder.mkdir()
    with workbench(folder, url, {"north.example": domain}) as opened:
        database = opened.house.database
        for engine in (database._writers, database._lazy_writers):  # noqa: SLF001  for speed
            event.listen(engine, "connect", _forgetful)
            engine.dispose()
        yield opened


def _forgetful(connection: object, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]  # the driver's
