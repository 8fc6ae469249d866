"""Erasing received mails: their bytes, their envelopes, and why they went their way."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from gateway.desk.decision import Reason
from gateway.store import removals
from gateway.store.claims import FREED
from gateway.store.large_mails import Named
from gateway.store.personal import marks
from gateway.store.personal.scrubbed import scrubbed
from gateway.store.schema import entries, lessons, message_ids, raw_mails, spool
from gateway.store.spool import State

_READ = ("id", "raw", "state", "reason", "trace", "message_id")
_ASIDE = frozenset({State.HELD.value, State.FAILED.value})


def erase_mails(connection: Connection, ids: Collection[int], now: datetime) -> set[Named]:
    """Erase mails that do not wait; give the names of large ones that are to be removed then.

    Where each stands stays, so that the books balance; one that waits for a person is filed, since
    there is nothing to decide on any more, and what was dropped cannot be held again. What was said
    on tickets is not erased here.
    """
    rows = connection.execute(
        select(*(spool.c[name] for name in _READ))
        .where(spool.c.id.in_(ids), spool.c.state != State.WAITING.value)
        .order_by(spool.c.id)
        .with_for_update()
    ).all()
    if not rows:
        return set()
    marks.keep_mark(connection)
    known = [row.id for row in rows]
    connection.execute(
        update(spool)
        .where(spool.c.id.in_(known))
        .values(
            **FREED, raw=marks.RAW, reverse_path=None, peer="", helo="", message_id="", author=""
        )
    )
    _rewrite(connection, [(row.id, scrubbed(row.trace)) for row in rows if row.trace])
    aside = [row.id for row in rows if row.state in _ASIDE or row.reason == Reason.DROPPED.value]
    if aside:
        filed = {"state": State.FILED, "reason": Reason.ERASED, "settled_at": now}
        connection.execute(update(spool).where(spool.c.id.in_(aside)).values(**filed))
    connection.execute(delete(lessons).where(lessons.c.spool.in_(known)))
    connection.execute(
        delete(message_ids).where(
            message_ids.c.message_id.in_({row.message_id for row in rows} - {""}),
            message_ids.c.given_to == "",
        )
    )
    return forget_raw(connection, {row.raw for row in rows}, now)


def erase_raw(connection: Connection, ids: Collection[int], now: datetime) -> set[Named]:
    """Erase the bytes of mails alone; give the names of large ones that are to be removed then."""
    if not ids:
        return set()
    found = select(spool.c.raw).where(spool.c.id.in_(ids)).distinct()
    hashes = set(connection.execute(found).scalars())
    marks.keep_mark(connection)
    connection.execute(update(spool).where(spool.c.id.in_(ids)).values(raw=marks.RAW))
    return forget_raw(connection, hashes, now)


def scrub_traces(connection: Connection, ids: Collection[int]) -> None:
    """Take what was written and by whom out of why mails went their way."""
    rows = connection.execute(
        select(spool.c.id, spool.c.trace).where(spool.c.id.in_(ids)).with_for_update()
    ).all()
    _rewrite(connection, [(row.id, scrubbed(row.trace)) for row in rows if row.trace])


def forget_raw(connection: Connection, hashes: Collection[str], now: datetime) -> set[Named]:
    """Forget bytes that no mail has any more; give the names of large ones, which are given up."""
    wanted = set(hashes) - {marks.RAW}
    if not wanted:
        return set()
    # Whoever takes in the same bytes just now has this row already, or comes after us.
    rows = connection.execute(
        select(raw_mails.c.sha256, raw_mails.c.generation, raw_mails.c.content.is_(None))
        .where(raw_mails.c.sha256.in_(wanted))
        .order_by(raw_mails.c.sha256)
        .with_for_update()
    ).all()
    used = connection.execute(select(spool.c.raw).where(spool.c.raw.in_(wanted))).scalars()
    gone = wanted - set(used)
    named = {Named(row[0], row[1]) for row in rows if row[2] and row[0] in gone}
    connection.execute(delete(raw_mails).where(raw_mails.c.sha256.in_(gone)))
    return removals.give_up(connection, named, now) if named else set()


def _rewrite(connection: Connection, traces: list[tuple[int, dict[str, object]]]) -> None:
    if traces:
        connection.execute(
            update(spool)
            .where(spool.c.id == bindparam("of_mail"))
            .values(trace=bindparam("scrubbed", type_=spool.c.trace.type)),
            [{"of_mail": mail, "scrubbed": trace} for mail, trace in traces],
        )


def with_entries(connection: Connection, tickets: Collection[int]) -> list[int]:
    """Give the mails by which entries came to tickets."""
    found = select(entries.c.spool).where(
        entries.c.ticket.in_(tickets), entries.c.spool.is_not(None)
    )
    return list(connection.execute(found).scalars())
