"""Claims: which worker has which waiting mails, and what a worker's end says about them.

A claim is a lease with an epoch. An attempt is counted and committed with the claim, so that a
mail that ends its worker is known; whoever learns that a mail was not at fault takes the attempt
back. After a worker's death its mails are taken one by one, and only one that was alone when its
worker died by itself stays charged (`attempts`). `claims_alone` counts deaths that nobody saw as
well: a mail that takes the whole machine with it is noticed in the end.
"""

import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    and_,
    bindparam,
    case,
    not_,
    select,
    update,
)

from gateway import in_hand
from gateway.errors import Transient
from gateway.mail.model import Envelope
from gateway.store.claimant import Claimant, is_dead
from gateway.store.large_mails import LargeMails, Named
from gateway.store.schema import raw_mails, spool
from gateway.store.spool import State, is_waiting
from gateway.store.waiting import Wanted, oldest

_log = logging.getLogger("casepost.store")

# Of each byte of a mail there are several copies: in its parts, and in what is told to agents.
_MOST_BYTES = 64 * 1024 * 1024

# What a row looks like that nobody holds.
FREED = {"claimed_by": "", "lease_until": None}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A waiting mail in a worker's hands. `epoch` proves, when it is settled, whose it is.

    `admitted_by` is who let it in after it was held, "" if it never was.
    """

    spool_id: int
    epoch: int
    source: str
    envelope: Envelope
    content: bytes
    received_at: datetime
    quiet: bool
    attempts: int
    claims_alone: int
    admitted_by: str = ""


def claim(
    connection: Connection,
    claimant: Claimant,
    now: datetime,
    lease: timedelta,
    limit: int,
    wanted: Wanted = Wanted.ALL,
) -> tuple[tuple[int, int], ...]:
    """Claim the oldest waiting mails: (spool id, epoch) of each, oldest first.

    They are no more together than a worker can have in memory with all that is written of them.
    A mail whose worker died before is taken alone, so that it can harm no other; one whose lease
    ended counts as such, and the attempt that nobody saw the end of is taken back.
    """
    found = oldest(connection, now, wanted, limit)
    if not found:
        return ()
    taken = found[:1] if found[0].suspect else [row for row in found if not row.suspect]
    sizes = accumulate(row.size for row in taken)
    fitting = [row for row, size in zip(taken, sizes, strict=True) if size <= _MOST_BYTES]
    taken = fitting or taken[:1]
    alone = len(taken) == 1
    values = {
        "taken": [row.id for row in taken],
        "whose": str(claimant),
        "until": now + lease,
        "by_itself": alone,
        "charged": int(alone),
    }
    claimed = connection.execute(_CLAIM, values)
    return tuple(sorted((row.id, row.epoch) for row in claimed))


# Statements that all batches need are made once: to make one takes as long as to carry it out.
_UNSEEN = case((and_(spool.c.alone, spool.c.claimed_by != ""), 1), else_=0)
_CLAIM = (
    update(spool)
    .where(spool.c.id.in_(bindparam("taken", expanding=True)))
    .values(
        claimed_by=bindparam("whose", type_=spool.c.claimed_by.type),
        lease_until=bindparam("until", type_=spool.c.lease_until.type),
        epoch=spool.c.epoch + 1,
        alone=bindparam("by_itself", type_=spool.c.alone.type),
        attempts=spool.c.attempts + bindparam("charged", type_=Integer) - _UNSEEN,
        claims_alone=spool.c.claims_alone + bindparam("charged", type_=Integer),
    )
    .returning(spool.c.id, spool.c.epoch)
)
_LOAD = (
    select(spool, raw_mails.c.content, raw_mails.c.generation, raw_mails.c.size)
    .join(raw_mails, raw_mails.c.sha256 == spool.c.raw)
    .where(spool.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(spool.c.id)
)


def load(
    connection: Connection, claims: Sequence[tuple[int, int]], large: LargeMails
) -> tuple[Claimed, ...]:
    """Read claimed mails with their bytes, in the order of their ids.

    A large one that can't be read just now, or not in time, is left out, and holds up no other.
    """
    epochs = dict(claims)
    loaded = []
    late = time.monotonic() + large.patience
    for row in _rows(connection, epochs):
        if row.content is None and time.monotonic() > late:
            with in_hand.mail(row.id):
                _log.warning("a mail is taken in later: reading the others took too long")
            continue
        try:
            loaded.append(_claimed(row, epochs[row.id], large))
        except Transient as error:
            with in_hand.mail(row.id):
                _log.error("a mail can't be taken in: %s", error)
    return tuple(loaded)


def load_one(connection: Connection, spool_id: int, large: LargeMails) -> Claimed | None:
    """Read one mail for a look at it, without any claim; None if there is none.

    Raises Transient when it can't be read just now.
    """
    row = next(iter(_rows(connection, (spool_id,))), None)
    return None if row is None else _claimed(row, row.epoch, large)


def _rows(connection: Connection, ids: Collection[int]) -> Sequence[Row[tuple[object, ...]]]:
    return connection.execute(_LOAD, {"ids": list(ids)}).all()


def _claimed(row: Row[tuple[object, ...]], epoch: int, large: LargeMails) -> Claimed:
    content = row.content
    if content is None:
        content = large.read(Named(row.raw, row.generation), row.size)
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
        admitted_by=row.admitted_by,
    )


def _still_held(spool_id: object, epoch: object) -> ColumnElement[bool]:
    """Say that a mail is still in the hands of this claim, and did not come to its end in them."""
    return and_(spool.c.id == spool_id, spool.c.epoch == epoch, is_waiting())


def give_back(
    connection: Connection, claims: Sequence[tuple[int, int]], not_before: datetime | None
) -> None:
    """Let others have mails that were claimed for nothing; nothing is charged."""
    if claims:
        alone = case((and_(spool.c.alone, spool.c.claimed_by != ""), 1), else_=0)
        connection.execute(
            update(spool)
            .where(_still_held(bindparam("spool_id"), bindparam("claim")))
            .values(
                **FREED,
                alone=False,
                not_before=bindparam("later", type_=spool.c.not_before.type),
                attempts=spool.c.attempts - alone,
                claims_alone=spool.c.claims_alone - alone,
            ),
            [{"spool_id": i, "claim": epoch, "later": not_before} for i, epoch in claims],
        )


def charge(connection: Connection, claim: tuple[int, int], not_before: datetime) -> int:
    """Give back one mail that made its own processing fail; how many attempts are charged to it.

    0 if the claim was lost.
    """
    charged = connection.execute(
        update(spool)
        .where(_still_held(*claim))
        .values(
            **FREED,
            alone=True,
            not_before=not_before,
            attempts=spool.c.attempts + case((spool.c.alone, 0), else_=1),
        )
        .returning(spool.c.attempts)
    )
    return charged.scalar_one_or_none() or 0


def take_apart(connection: Connection, claims: Sequence[tuple[int, int]]) -> None:
    """Give back mails one of which made their processing fail: they will be taken one by one."""
    for claimed in claims:
        connection.execute(update(spool).where(_still_held(*claimed)).values(**FREED, alone=True))


def fail(connection: Connection, claim: tuple[int, int], reason: str, now: datetime) -> None:
    """Set a mail aside that nothing could be done with; a person can look and retry."""
    connection.execute(
        update(spool)
        .where(_still_held(*claim))
        .values(**FREED, state=State.FAILED, reason=reason, settled_at=now)
    )


def retry(connection: Connection, spool_ids: Collection[int]) -> int:
    """Let failed mails be taken in again, one by one and with nothing charged; how many they were.

    An id that is no failed mail's changes nothing.
    """
    waiting = connection.execute(
        update(spool)
        .where(spool.c.id.in_(spool_ids), spool.c.state == State.FAILED)
        .values(
            **FREED,
            state=State.WAITING,
            reason="",
            settled_at=None,
            not_before=None,
            alone=True,
            attempts=0,
            claims_alone=0,
        )
    )
    return waiting.rowcount


def free_dead(
    connection: Connection,
    node: str,
    died_by_themselves: Collection[str],
    later: datetime | None = None,
) -> int:
    """Free the mails that dead processes of this machine had claimed; the number of mails.

    They will be taken one by one. A mail that was alone keeps the charge only if its worker is
    known to have died by itself; a worker that was killed from outside proves nothing. One that
    is charged is not taken before `later`, so that mails which came after it do not wait for it.
    """
    claimants = connection.execute(
        select(spool.c.claimed_by).where(is_waiting(), spool.c.claimed_by != "").distinct()
    ).scalars()
    dead = [c for c in claimants if c in died_by_themselves or is_dead(c, node)]
    if not dead:
        return 0
    guilty = and_(spool.c.alone, spool.c.claimed_by.in_(list(died_by_themselves)))
    forgiven = case((and_(spool.c.alone, not_(guilty)), 1), else_=0)
    freed = connection.execute(
        update(spool)
        .where(is_waiting(), spool.c.claimed_by.in_(dead))
        .values(
            **FREED,
            alone=True,
            attempts=spool.c.attempts - forgiven,
            not_before=case((guilty, later), else_=spool.c.not_before),
        )
    )
    return freed.rowcount
