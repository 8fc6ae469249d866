"""The spool: each mail received, and where it stands.

    waiting -> filed | duplicate | held | failed

A row is written once, by `accept`, before anybody is told that we have the mail. Workers claim
waiting rows under a lease; `store/filing.py` ends a row's way, if the claim is still theirs.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, Row, and_, bindparam, case, or_, select, update

from gateway.mail.model import Envelope
from gateway.store import raw
from gateway.store.claimant import Claimant, is_dead
from gateway.store.database import insert
from gateway.store.raw import RawMail
from gateway.store.schema import ledger, raw_mails, spool


class State(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    FILED = "filed"
    DUPLICATE = "duplicate"
    HELD = "held"
    FAILED = "failed"


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


@dataclass(frozen=True, slots=True)
class Claimed:
    """A waiting mail in a worker's hands. `epoch` proves, when it is settled, whose it is."""

    spool_id: int
    epoch: int
    source: str
    envelope: Envelope
    content: bytes
    received_at: datetime
    quiet: bool
    attempts: int
    claims_alone: int


def smtp_key(envelope: Envelope, raw_mail: RawMail) -> str:
    """Give the key of a delivery by SMTP: envelope, recipient and raw bytes, nothing less."""
    return _digest(envelope.reverse_path or "", envelope.recipient, raw_mail.sha256)


def imap_key(account: str, folder: str, uidvalidity: int, uid: int) -> str:
    """Give the key of a mail in a mailbox (RFC 9051 section 2.3.1.1)."""
    return _digest("imap", account, folder, str(uidvalidity), str(uid))


def _digest(*fields: str) -> str:
    parts = [field.encode("utf-8", "surrogateescape") for field in fields]
    return hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in parts)).hexdigest()


def accept(
    connection: Connection, groups: Sequence[Sequence[Delivery]], node: str, folder: Path
) -> list[tuple[Accepted, ...]]:
    """Write down deliveries, a group for each mail with its recipients; durable with the commit.

    A delivery that was accepted before changes nothing but the ledger. Raises OSError when a
    large mail can't be kept.
    """
    deliveries = [delivery for group in groups for delivery in group]
    for raw_mail in {d.raw.sha256: d.raw for d in deliveries}.values():
        raw.keep(connection, raw_mail, folder)
    statement = insert(connection, spool).on_conflict_do_nothing()
    returned = connection.execute(
        statement.returning(spool.c.delivery_key, spool.c.id), [_row(d) for d in deliveries]
    )
    new = {row.delivery_key: row.id for row in returned}
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
        "state": State.WAITING,
    }


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
    for (source, day), (received, repeated) in sorted(counts.items()):
        entry = insert(connection, ledger).values(
            source=source, day=day, node=node, received=received, repeated=repeated
        )
        connection.execute(
            entry.on_conflict_do_update(
                index_elements=[ledger.c.source, ledger.c.day, ledger.c.node],
                set_={
                    "received": ledger.c.received + entry.excluded.received,
                    "repeated": ledger.c.repeated + entry.excluded.repeated,
                },
            )
        )


def claim(
    connection: Connection, claimant: Claimant, now: datetime, lease: timedelta, limit: int
) -> tuple[tuple[int, int], ...]:
    """Claim the oldest waiting mails: (spool id, epoch) of each, oldest first.

    A mail whose worker died before is taken alone, so that it can harm no other; the attempt is
    counted with the claim and lasts unless somebody learns that the mail was not at fault.
    """
    free = and_(
        spool.c.state == State.WAITING,
        or_(spool.c.lease_until.is_(None), spool.c.lease_until <= now),
        or_(spool.c.not_before.is_(None), spool.c.not_before <= now),
    )
    found = connection.execute(
        select(spool.c.id, spool.c.alone)
        .where(free)
        .order_by(spool.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not found:
        return ()
    taken = found[:1] if found[0].alone else [row for row in found if not row.alone]
    alone = len(taken) == 1
    claimed = connection.execute(
        update(spool)
        .where(spool.c.id.in_([row.id for row in taken]))
        .values(
            claimed_by=str(claimant),
            lease_until=now + lease,
            epoch=spool.c.epoch + 1,
            alone=alone,
            attempts=spool.c.attempts + int(alone),
            claims_alone=spool.c.claims_alone + int(alone),
        )
        .returning(spool.c.id, spool.c.epoch)
    )
    return tuple(sorted((row.id, row.epoch) for row in claimed))


def load(
    connection: Connection, claims: Sequence[tuple[int, int]], folder: Path
) -> tuple[Claimed, ...]:
    """Read claimed mails with their bytes, in the order of the claims."""
    return _read(connection, dict(claims), folder)


def load_one(connection: Connection, spool_id: int, folder: Path) -> Claimed | None:
    """Read one mail for a look at it, without any claim; None if there is none."""
    return next(iter(_read(connection, {spool_id: -1}, folder)), None)


def _read(connection: Connection, epochs: dict[int, int], folder: Path) -> tuple[Claimed, ...]:
    rows = connection.execute(
        select(spool, raw_mails.c.content)
        .join(raw_mails, raw_mails.c.sha256 == spool.c.raw)
        .where(spool.c.id.in_(epochs))
        .order_by(spool.c.id)
    )
    return tuple(_claimed(connection, row, epochs[row.id], folder) for row in rows)


def _claimed(
    connection: Connection, row: Row[tuple[object, ...]], epoch: int, folder: Path
) -> Claimed:
    content = row.content if row.content is not None else raw.load(connection, row.raw, folder)
    return Claimed(
        spool_id=row.id,
        epoch=epoch,
        source=row.source,
        envelope=Envelope(row.reverse_path, row.recipient, row.peer, row.helo, row.tls),
        content=bytes(content),
        received_at=row.received_at,
        quiet=row.quiet,
        attempts=row.attempts,
        claims_alone=row.claims_alone,
    )


# What a row looks like that nobody holds.
FREED = {"claimed_by": "", "lease_until": None}


def give_back(
    connection: Connection, claims: Sequence[tuple[int, int]], not_before: datetime | None
) -> None:
    """Let others have mails that were claimed for nothing; the attempt is not charged."""
    if claims:
        connection.execute(
            update(spool)
            .where(spool.c.id == bindparam("spool_id"), spool.c.epoch == bindparam("claim"))
            .values(
                **FREED,
                alone=False,
                not_before=bindparam("later", type_=spool.c.not_before.type),
                attempts=spool.c.attempts - case((spool.c.alone, 1), else_=0),
            ),
            [{"spool_id": i, "claim": epoch, "later": not_before} for i, epoch in claims],
        )


def charge(connection: Connection, claim: tuple[int, int], not_before: datetime) -> int:
    """Give back one mail that made its own processing fail; how many attempts are charged to it.

    0 if the claim was lost.
    """
    return connection.execute(
        update(spool)
        .where(spool.c.id == claim[0], spool.c.epoch == claim[1])
        .values(
            **FREED,
            alone=True,
            not_before=not_before,
            attempts=spool.c.attempts + case((spool.c.alone, 0), else_=1),
        )
        .returning(spool.c.attempts)
    ).scalar_one_or_none() or 0


def take_apart(connection: Connection, claims: Sequence[tuple[int, int]]) -> None:
    """Give back mails one of which made their processing fail: they will be taken one by one."""
    for spool_id, epoch in claims:
        connection.execute(
            update(spool)
            .where(spool.c.id == spool_id, spool.c.epoch == epoch)
            .values(**FREED, alone=True)
        )


def fail(connection: Connection, claim: tuple[int, int], reason: str, now: datetime) -> None:
    """Set a mail aside that nothing could be done with; a person can look and retry."""
    connection.execute(
        update(spool)
        .where(spool.c.id == claim[0], spool.c.epoch == claim[1])
        .values(**FREED, state=State.FAILED, reason=reason, settled_at=now)
    )


def free_dead(connection: Connection, node: str, died_by_themselves: Collection[str]) -> int:
    """Free the mails that dead processes of this machine had claimed; the number of mails.

    They will be taken one by one. A mail that was alone keeps the charge only if its worker is
    known to have died by itself; a worker that was killed from outside proves nothing.
    """
    claimants = connection.execute(
        select(spool.c.claimed_by)
        .where(spool.c.state == State.WAITING, spool.c.claimed_by != "")
        .distinct()
    ).scalars()
    dead = [c for c in claimants if c in died_by_themselves or is_dead(c, node)]
    if not dead:
        return 0
    guilty = and_(spool.c.alone, spool.c.claimed_by.in_(list(died_by_themselves)))
    forgiven = case((and_(spool.c.alone, ~guilty), 1), else_=0)
    freed = connection.execute(
        update(spool)
        .where(spool.c.state == State.WAITING, spool.c.claimed_by.in_(dead))
        .values(**FREED, alone=True, attempts=spool.c.attempts - forgiven)
    )
    return freed.rowcount
