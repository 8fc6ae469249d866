"""The outbox: outgoing mails as rendered bytes, and what became of each.

    queued -> sent | deferred | failed | uncertain

A mail is claimed, marked before DATA, and settled. Between the mark and the settlement nobody can
know whether the other side has it; if we die there, it is `uncertain` and goes out again, byte for
byte, an automatic one at most once. `settled_at` is set when nothing more will be tried.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, or_, select, update

from gateway.desk.asking import Request
from gateway.desk.tally import is_counted
from gateway.desk.ticket import Entry
from gateway.store.bulk import Row
from gateway.store.claimant import Claimant, is_dead
from gateway.store.claims import FREED
from gateway.store.handover import MARKED, SETTLED, each
from gateway.store.schema import outbox


class OutboxState(StrEnum):
    """Where an outgoing mail stands."""

    QUEUED = "queued"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"

    @classmethod
    def _missing_(cls, value: object) -> "OutboxState":
        """Take what a newer version made for something that waits, for all that this one knows."""
        del value
        return cls.QUEUED


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail to be queued. It has one recipient.

    It is about the ticket with the id `ticket`, or about the held mail `spool`, or about neither
    (0). `entry_id` is the id of the entry whose words it bears, 0 if it bears none; `entry` is that
    entry where the mail itself is one. `topic` is its subject without what varies, by which mails
    are counted; `vouched` says whether somebody vouches for the recipient, and `failed` that their
    domain disowns the mail that it answers; an agent may have `prompted` it. `request` is set where
    it asks for feedback.
    """

    id: int
    ticket: int
    template: str
    recipient: str
    reverse_path: str
    message_id: str
    content: bytes
    automatic: bool
    queued_at: datetime
    entry_id: int = 0
    entry: Entry | None = None
    spool: int = 0
    topic: str = ""
    vouched: bool = True
    failed: bool = False
    prompted: bool = False
    request: Request | None = None

    @property
    def domain(self) -> str:
        """Give the recipient's domain."""
        return self.recipient.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """An outgoing mail in a courier's hands; `because_of` is the received one that led to it."""

    id: int
    epoch: int
    recipient: str
    reverse_path: str
    message_id: str
    content: bytes
    automatic: bool
    attempts: int
    uncertain_times: int
    queued_at: datetime
    because_of: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one attempt; `due_at` is None when nothing more will be tried.

    `reply` is what the other side said, for people.
    """

    id: int
    epoch: int
    state: OutboxState
    due_at: datetime | None
    reply: str


def row_of(mail: Outgoing) -> dict[str, object]:
    """Give the row of a mail that is queued and due at once."""
    return {
        "id": mail.id,
        "ticket": mail.ticket or None,
        "spool": mail.spool or None,
        "entry": mail.entry_id or None,
        "template": mail.template,
        "recipient": mail.recipient,
        "reverse_path": mail.reverse_path,
        "message_id": mail.message_id,
        "content": mail.content,
        "automatic": mail.automatic,
        "domain": mail.domain if is_counted(mail) else "",
        "topic": mail.topic,
        "vouched": mail.vouched,
        "failed": mail.failed,
        "queued_at": mail.queued_at,
        "state": OutboxState.QUEUED,
        "due_at": mail.queued_at,
    }


def _open() -> ColumnElement[bool]:
    """Say which rows will be tried; a state that a newer version made is left to that one."""
    known = (OutboxState.QUEUED, OutboxState.DEFERRED, OutboxState.UNCERTAIN)
    return and_(outbox.c.settled_at.is_(None), outbox.c.state.in_(known))


_DUE = (
    select(outbox.c.id)
    # Free are those that are due, open, and not somebody's who may have reached DATA. A lease that
    # ended before the mark is simply over; one that ended after it goes by `recover`.
    .where(
        _open(),
        outbox.c.due_at <= bindparam("now"),
        outbox.c.data_at.is_(None),
        or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= bindparam("now")),
    )
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIMED = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        claimed_by=bindparam("claimant"),
        lease_until=bindparam("until", type_=outbox.c.lease_until.type),
        epoch=outbox.c.epoch + 1,
        attempts=outbox.c.attempts + 1,
    )
    .returning(
        outbox.c.id,
        outbox.c.epoch,
        outbox.c.recipient,
        outbox.c.reverse_path,
        outbox.c.message_id,
        outbox.c.content,
        outbox.c.automatic,
        outbox.c.attempts,
        outbox.c.uncertain_times,
        outbox.c.queued_at,
        outbox.c.spool,
    )
)
_NEXT_DUE = select(func.min(outbox.c.due_at)).where(_open(), outbox.c.claimed_by == "")


def claim(
    connection: Connection, claimant: Claimant, now: datetime, lease: timedelta, limit: int
) -> tuple[ClaimedMail, ...]:
    """Claim the mails that have been due longest."""
    ids = list(connection.execute(_DUE, {"now": now, "most": limit}).scalars())
    if not ids:
        return ()
    whose = {"claimant": str(claimant), "until": now + lease, "ids": ids}
    claimed = [ClaimedMail(*row) for row in connection.execute(_CLAIMED, whose)]
    return tuple(sorted(claimed, key=lambda mail: ids.index(mail.id)))


def mark_data(
    connection: Connection, marks: Sequence[tuple[int, int, datetime, datetime]]
) -> list[bool]:
    """Note, before DATA is said, that each of these is about to go: (id, epoch, now, lease until).

    False for one whose claim is lost: it must not be sent.
    """
    rows: list[Row] = [
        {"mail": mail, "claim": epoch, "now": now, "until": until}
        for mail, epoch, now, until in marks
    ]
    return each(connection, MARKED, rows)


def settle(connection: Connection, results: Sequence[Result], now: datetime) -> list[bool]:
    """Write down what came of attempts; False for one whose claim is lost to somebody else."""
    rows: list[Row] = [
        {
            "mail": result.id,
            "claim": result.epoch,
            "became": result.state,
            "again": result.due_at,
            "at": None if result.due_at else now,
            "unsure": int(result.state is OutboxState.UNCERTAIN),
            "reply": result.reply,
        }
        for result in results
    ]
    return each(connection, SETTLED, rows)


def give_back(connection: Connection, claims: Sequence[tuple[int, int]]) -> None:
    """Let others have mails, (id, epoch), that were claimed for nothing; no attempt is charged."""
    for mail_id, epoch in claims:
        connection.execute(
            update(outbox)
            .where(
                outbox.c.id == mail_id,
                outbox.c.epoch == epoch,
                outbox.c.claimed_by != "",
                outbox.c.settled_at.is_(None),
            )
            .values(**FREED, data_at=None, attempts=outbox.c.attempts - 1)
        )


def recover(
    connection: Connection, node: str, now: datetime, uncertain_retry: timedelta
) -> tuple[int, ...]:
    """Take back what dead or vanished couriers held; the ids of mails that are now uncertain.

    A claim that had not reached DATA is free at once; one that had is uncertain. An automatic mail
    that was uncertain before is not tried again.
    """
    held = connection.execute(
        select(outbox.c.claimed_by).where(_open(), outbox.c.claimed_by != "").distinct()
    ).scalars()
    dead = [claimant for claimant in held if is_dead(claimant, node)]
    lost = and_(
        _open(),
        outbox.c.claimed_by != "",
        or_(outbox.c.claimed_by.in_(dead), outbox.c.lease_until <= now),
    )
    connection.execute(update(outbox).where(lost, outbox.c.data_at.is_(None)).values(**FREED))
    enough = and_(outbox.c.automatic, outbox.c.uncertain_times >= 1)
    unsure = connection.execute(
        update(outbox)
        .where(lost, outbox.c.data_at.is_not(None))
        .values(
            **FREED,
            state=OutboxState.UNCERTAIN,
            data_at=None,
            due_at=now + uncertain_retry,
            settled_at=case((enough, bindparam("now", now, outbox.c.settled_at.type)), else_=None),
            uncertain_times=outbox.c.uncertain_times + 1,
            last_reply="the courier ended before the final reply",
        )
        .returning(outbox.c.id)
    )
    return tuple(unsure.scalars())


def templates(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Give the names of the templates that these mails were made of, by their ids."""
    rows = connection.execute(select(outbox.c.id, outbox.c.template).where(outbox.c.id.in_(ids)))
    return {row.id: row.template for row in rows}


def next_due(connection: Connection) -> datetime | None:
    """Say when the next mail may be tried, or None if nothing waits."""
    due_at: datetime | None = connection.execute(_NEXT_DUE).scalar_one()
    return due_at


def counts(connection: Connection) -> dict[str, int]:
    """Count the outgoing mails by state."""
    rows = connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
    found = {row[0]: row[1] for row in rows}
    return {state.value: found.get(state.value, 0) for state in OutboxState}
