"""A small house to work in: two desks, a database, a clock that moves only when it is told to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from gateway import intake
from gateway.config.load import load
from gateway.house import House, open_house
from gateway.mail.authenticity.evidence import Evidence
from gateway.mail.format.prescan import first_message_id
from gateway.mail.model import Authenticity, Envelope, Verdict
from gateway.store import claims, raw, schema, spool
from gateway.store.claimant import this_process
from gateway.store.database import Database
from gateway.store.migrate import migrate

_HOUSE = """
desks = "desks/*.toml"
templates = "templates"
data = "data"
hostname = "mx.test"

[database]
url = "{url}"
"""

_DESK = """
title = "{title}"
addresses = ["help@{name}.example", "urgent@{name}.example"]
languages = ["en", "nl"]
case_number = "{prefix}-{{n:04}}{{check}}"

[lifecycle]
start = "New"
after_customer = "Answered"
reopened = "Again"

[[status]]
name = "New"
phase = "open"

[[status]]
name = "Answered"
phase = "open"

[[status]]
name = "Again"
phase = "open"

[[status]]
name = "Done"
phase = "closed"

[[agent]]
address = "ada@{name}.example"
name = "Ada"

[[timer]]
name = "remind"
status = "New"
after = "7d"
mail = "customer/reminder"

[[timer]]
name = "close"
status = "New"
after = "14d"
mail = "customer/closed"
then = "Done"
"""

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

_LEASE = timedelta(seconds=60)


def write_house(folder: Path, database_url: str) -> Path:
    """Write a configuration with the desks `north` and `south`; the path of its main file."""
    (folder / "desks").mkdir(parents=True)
    (folder / "templates").mkdir()
    for name, prefix in (("north", "NO"), ("south", "SO")):
        desk = _DESK.format(name=name, prefix=prefix, title=f"{name.title()} Help")
        (folder / "desks" / f"{name}.toml").write_text(desk)
    path = folder / "casepost.toml"
    path.write_text(_HOUSE.format(url=database_url))
    return path


class Workbench:
    """A house with its clock; mails go in by `deliver` and on their way by `work`."""

    def __init__(self, house: House) -> None:
        """Work in this house from START on."""
        self.house = house
        self.time = START
        self.verdict = Verdict.PASS

    def now(self) -> datetime:
        """Give the time of this workbench."""
        return self.time

    def deliver(
        self,
        text: str,
        recipient: str = "help@north.example",
        sender: str = "jan@klant.example",
        *,
        quiet: bool = False,
    ) -> spool.Accepted:
        """Accept a mail as the listener does."""
        content = text.replace("\n", "\r\n").encode()
        return self.deliver_bytes(content, recipient, sender, quiet=quiet)

    def deliver_bytes(
        self,
        content: bytes,
        recipient: str = "help@north.example",
        sender: str = "jan@klant.example",
        *,
        quiet: bool = False,
    ) -> spool.Accepted:
        """Accept a mail as the listener does, in whatever bytes it came."""
        return self._accept([self._delivery(content, recipient, sender, quiet=quiet)])[0]

    def deliver_all(
        self, mails: Iterable[tuple[str, str]], recipient: str = "help@north.example"
    ) -> list[spool.Accepted]:
        """Accept mails, each a text and its envelope sender, that share one commit."""
        return self._accept(
            self._delivery(text.replace("\n", "\r\n").encode(), recipient, sender)
            for text, sender in mails
        )

    def _accept(self, deliveries: Iterable[spool.Delivery]) -> list[spool.Accepted]:
        with self.house.database.writing() as connection:
            groups = [(delivery,) for delivery in deliveries]
            accepted = spool.accept(connection, groups, self.house.node)
        return [one for group in accepted for one in group]

    def _delivery(
        self, content: bytes, recipient: str, sender: str, *, quiet: bool = False
    ) -> spool.Delivery:
        raw_mail = raw.from_bytes(content, self.house.large)
        raw_mail = raw.keep(self.house.database, raw_mail, self.house.large)
        envelope = Envelope(sender, recipient, "192.0.2.1")
        return spool.Delivery(
            key=spool.smtp_key(envelope, raw_mail),
            source="smtp",
            envelope=envelope,
            raw=raw_mail,
            message_id=first_message_id(raw_mail.head),
            received_at=self.time,
            quiet=quiet,
        )

    def claim(self, limit: int = 50) -> tuple[tuple[int, int], ...]:
        """Claim mails as a worker does."""
        claimant = this_process(self.house.node)
        with self.house.database.writing(durable=False) as connection:
            return claims.claim(connection, claimant, self.time, _LEASE, limit)

    def load(self, claimed: tuple[tuple[int, int], ...]) -> tuple[claims.Claimed, ...]:
        """Read claimed mails."""
        with self.house.database.reading() as connection:
            return claims.load(connection, claimed, self.house.large)

    def work(self) -> None:
        """Take all waiting mails their way."""
        while claimed := self.claim():
            intake.take_in(self.house, self.load(claimed), self.now, self.authenticate)

    def authenticate(self, batch: Sequence[Evidence]) -> list[Authenticity]:
        """Vouch for every mail, or as `verdict` says."""
        return [Authenticity(self.verdict, "the test says so") for _ in batch]

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Give all rows of a table, oldest first."""
        tables = schema.metadata.tables
        with self.house.database.reading() as connection:
            key = list(tables[table].primary_key)
            found = connection.execute(select(tables[table]).order_by(*key))
            return [dict(row._mapping) for row in found]  # noqa: SLF001  SQLAlchemy's public name

    def to_customers(self) -> list[dict[str, Any]]:
        """Give the outgoing mails that agents do not get, oldest first."""
        return [row for row in self.rows("outbox") if not row["template"].startswith("agent/")]

    def states(self) -> list[object]:
        """Give where each mail of the spool stands, in order of arrival."""
        return [row["state"] for row in self.rows("spool")]


@contextmanager
def workbench(
    folder: Path,
    database_url: str,
    renamed: Mapping[str, str] = MappingProxyType({}),
    policy: str = "",
    *,
    pages: bool = False,
) -> Iterator[Workbench]:
    """Open a house under `folder` with an empty, migrated database.

    `renamed` gives other domains for those of its desks. `policy` are further tables of the desk
    `north`. With `pages` it serves some.
    """
    path = write_house(folder / "house", database_url)
    if pages:
        with path.open("a") as file:
            file.write('[web]\nbase_url = "https://desk.example/support"\n')
    with (path.parent / "desks" / "north.toml").open("a") as file:
        file.write(policy)
    for desk in (path.parent / "desks").glob("*.toml"):
        for domain, other in renamed.items():
            desk.write_text(desk.read_text().replace(f"@{domain}", f"@{other}"))
    house = open_house(load(path))
    make_tables(house.database)
    try:
        yield Workbench(house)
    finally:
        house.database.close()


def make_tables(database: Database) -> None:
    """Make all tables; of a SQLite file that is not there yet, by a copy of one that has them."""
    file = database.url.database
    if not database.is_sqlite or file is None or Path(file).exists():
        migrate(database)
    else:
        Path(file).write_bytes(_empty_file())


@cache
def _empty_file() -> bytes:
    """Give a SQLite file with all tables; to make them takes longer than most tests."""
    with TemporaryDirectory() as folder:
        database = Database("sqlite:///casepost.db", Path(folder))
        migrate(database)
        database.close()
        return (Path(folder) / "casepost.db").read_bytes()


def mail(
    *,
    author: str = "Jan <jan@klant.example>",
    to: str = "help@north.example",
    subject: str = "The report does not open",
    message_id: str = "",
    answers: str = "",
    body: str = "It stays white.",
    headers: str = "",
) -> str:
    """Write a mail."""
    lines = [f"From: {author}", f"To: {to}", f"Subject: {subject}"]
    lines += [f"Message-ID: {message_id}"] if message_id else []
    lines += [f"In-Reply-To: {answers}"] if answers else []
    lines += [headers] if headers else []
    return "\n".join([*lines, "", body, ""])
