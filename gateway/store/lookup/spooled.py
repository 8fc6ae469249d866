"""What else of the spool matters to a mail: its like, the one it answers, held ones it is about."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, select

from gateway.desk.known import HeldMail, SentMail
from gateway.store.lookup.question import Question
from gateway.store.portions import portions
from gateway.store.schema import fingerprints, spool
from gateway.store.spool import is_waiting


@dataclass(frozen=True, slots=True)
class Spooled:
    """What was read of the spool for a whole batch."""

    originals: dict[tuple[str, str], Row[tuple[object, ...]]]
    waiting: dict[str, int]
    held: dict[int, HeldMail]

    def duplicate_of(self, question: Question) -> int | None:
        """Give the mail, filed already, that a mail repeats."""
        original = self.originals.get((question.desk, question.fingerprint))
        if original is None or original.spool == question.spool_id:
            return None
        over = original.expires_at is not None and original.expires_at <= question.received_at
        return None if over else int(original.spool)

    def waits_for(self, question: Question) -> int | None:
        """Give the earliest mail that a mail answers and that still waits; never a later one."""
        own = question.spool_id
        earlier = (self.waiting[i] for i in question.ids if self.waiting.get(i, own) < own)
        return min(earlier, default=None)

    def held_of(self, replied: Iterable[SentMail]) -> tuple[HeldMail, ...]:
        """Give the mails, held at some time, that these mails of ours are about."""
        found = dict.fromkeys(sent.spool for sent in replied)
        return tuple(self.held[i] for i in found if i in self.held)


def read_spooled(
    connection: Connection, questions: Sequence[Question], replied: Iterable[SentMail]
) -> Spooled:
    """Read what of the spool matters to mails."""
    return Spooled(
        originals=_originals(connection, questions),
        waiting=_waiting(connection, {i for q in questions for i in q.ids}),
        held=_held(connection, {sent.spool for sent in replied if sent.spool}),
    )


def _originals(
    connection: Connection, questions: Sequence[Question]
) -> dict[tuple[str, str], Row[tuple[object, ...]]]:
    # Desk and fingerprint are one key; both are named for the sake of its index.
    rows = connection.execute(
        select(fingerprints).where(
            fingerprints.c.desk.in_({q.desk for q in questions}),
            fingerprints.c.fingerprint.in_({q.fingerprint for q in questions}),
        )
    )
    return {(row.desk, row.fingerprint): row for row in rows}


def _waiting(connection: Connection, ids: Collection[str]) -> dict[str, int]:
    """Find mails still in the spool that bear one of these ids: the earliest of each."""
    found: dict[str, int] = {}
    for some in portions(ids):
        rows = connection.execute(
            select(spool.c.message_id, spool.c.id)
            .where(is_waiting(), spool.c.message_id.in_(some))
            .order_by(spool.c.id.desc())
        )
        found.update({row.message_id: row.id for row in rows})
    return found


def _held(connection: Connection, ids: Collection[int]) -> dict[int, HeldMail]:
    found: dict[int, HeldMail] = {}
    for some in portions(ids):
        rows = connection.execute(
            select(spool.c.id, spool.c.desk, spool.c.state, spool.c.reason, spool.c.author).where(
                spool.c.id.in_(some)
            )
        )
        found.update(
            (row.id, HeldMail(row.id, row.desk, row.state, row.reason, row.author)) for row in rows
        )
    return found
