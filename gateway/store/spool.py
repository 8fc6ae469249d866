"""The spool: each mail received, and where it stands.

    waiting -> filed | duplicate | held | failed

A row is written once, by `accept`, before anybody is told that we have the mail. Workers claim
waiting rows (`store/claims.py`); `store/filing.py` ends a row's way, if the claim is still theirs.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

from sqlalchemy import ColumnElement, Connection, Insert, literal_column, select

from gateway.mail.model import Envelope
from gateway.store import raw
from gateway.store.bulk import write_returning, write_rows
from gateway.store.database import insert_into
from gateway.store.raw import RawMail
from gateway.store.schema import ledger, spool

CONSOLE = "console"
"""The source of what agents write in the console."""


class State(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    FILED = "filed"
    DUPLICATE = "duplicate"
    HELD = "held"
    FAILED = "failed"

    @classmethod
    def _missing_(cls, value: object) -> "State":
        """Take what a newer version made for something that waits, for all that this one knows."""
        del value
        return cls.WAITING


def is_waiting() -> ColumnElement[bool]:
    """Say that a row waits, spelt out: a partial index is not found by a bound parameter."""
    return spool.c.state == literal_column(f"'{State.WAITING}'")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail for one recipient, as an intake hands it over.

    `key` tells whether we were given this very delivery before. `message_id` is what a cheap scan
    of the header block found. A `quiet` mail is filed and never answered.
    """

    key: str
    source: str
    envelope: Envelope
    raw: RawMail
    message_id: str
    received_at: datetime
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """A delivery's spool id; `repeated` if that very delivery had been accepted before."""

    spool_id: int
    repeated: bool


def smtp_key(envelope: Envelope, raw_mail: RawMail) -> str:
    """Give the key of a delivery by SMTP: envelope, recipient and raw bytes, nothing less."""
    return _digest(envelope.reverse_path or "", envelope.recipient, raw_mail.sha256)


def imap_key(account: str, folder: str, uidvalidity: int, uid: int) -> str:
    """Give the key of a mail in a mailbox (RFC 9051 section 2.3.1.1)."""
    return _digest("imap", account, folder, str(uidvalidity), str(uid))


def console_key(author: str, recipient: str, once: str, text: str) -> str:
    """Give the key of what somebody wrote in the console, by a form that was shown `once`.

    Browsers show the same form again to whoever goes back: with another text it is another mail.
    """
    return _digest(CONSOLE, author, recipient, once, text)


def _digest(*fields: str) -> str:
    parts = [field.encode("utf-8", "surrogateescape") for field in fields]
    return hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in parts)).hexdigest()


def accept(
    connection: Connection, groups: Sequence[Sequence[Delivery]], node: str
) -> list[tuple[Accepted, ...]]:
    """Write down deliveries, a group for each mail with its recipients; durable with the commit.

    A delivery that was accepted before changes nothing but the ledger. Large mails are kept
    already. Raises NameRemoved.
    """
    deliveries = [delivery for group in groups for delivery in group]
    raw.record(connection, (delivery.raw for delivery in deliveries))
    statement = _accepted_once(connection.dialect.name)
    new: dict[str, int] = dict(
        write_returning(connection, statement, [_row(d) for d in deliveries])
    )
    known = _known(connection, {d.key for d in deliveries} - new.keys())
    accepted = []
    for group in groups:
        ids = []
        for delivery in group:
            fresh = new.pop(delivery.key, None)
            ids.append(Accepted(fresh or known[delivery.key], repeated=fresh is None))
            known[delivery.key] = ids[-1].spool_id
        accepted.append(tuple(ids))
    _count(connection, deliveries, [a for ids in accepted for a in ids], node)
    return accepted


def _row(delivery: Delivery) -> dict[str, object]:
    envelope = delivery.envelope
    return {
        "delivery_key": delivery.key,
        "source": delivery.source,
        "raw": delivery.raw.sha256,
        "reverse_path": envelope.reverse_path,
        "recipient": envelope.recipient,
        "peer": envelope.peer,
        "helo": envelope.helo,
        "tls": envelope.tls,
        "quiet": delivery.quiet,
        "message_id": delivery.message_id,
        "received_at": delivery.received_at,
        "day": delivery.received_at.date().isoformat(),
        "state": State.WAITING.value,
    }


@cache
def _accepted_once(dialect: str) -> Insert:
    """Give the statement that writes down a delivery, unless it has been, and gives its id."""
    once = insert_into(dialect, spool).on_conflict_do_nothing()
    return once.returning(spool.c.delivery_key, spool.c.id)


def _known(connection: Connection, keys: Collection[str]) -> dict[str, int]:
    if not keys:
        return {}
    rows = connection.execute(
        select(spool.c.delivery_key, spool.c.id).where(spool.c.delivery_key.in_(keys))
    )
    return {row.delivery_key: row.id for row in rows}


def _count(
    connection: Connection, deliveries: Sequence[Delivery], accepted: list[Accepted], node: str
) -> None:
    """Enter into the ledger how many deliveries came, by source and day, and how many again."""
    counts: dict[tuple[str, str], list[int]] = {}
    for delivery, result in zip(deliveries, accepted, strict=True):
        day = delivery.received_at.date().isoformat()
        count = counts.setdefault((delivery.source, day), [0, 0])
        count[0] += 1
        count[1] += result.repeated
    rows = [
        {"source": source, "day": day, "node": node, "received": received, "repeated": repeated}
        for (source, day), (received, repeated) in sorted(counts.items())
    ]
    write_rows(connection, _counted(connection.dialect.name), rows)


@cache
def _counted(dialect: str) -> Insert:
    """Give the statement that adds to what the ledger has."""
    entry = insert_into(dialect, ledger)
    return entry.on_conflict_do_update(
        index_elements=[ledger.c.source, ledger.c.day, ledger.c.node],
        set_={
            "received": ledger.c.received + entry.excluded.received,
            "repeated": ledger.c.repeated + entry.excluded.repeated,
        },
    )
