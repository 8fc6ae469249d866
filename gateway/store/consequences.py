"""What a decision changes beside tickets: held mails, absences, lessons, mails back, ratings.

Whoever does one of these without a mail, a command of ours, calls the same functions.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from gateway.desk.decision import (
    Absence,
    Answered,
    Consequence,
    Lesson,
    Outcome,
    Reason,
    Release,
    Undelivered,
    Unmuted,
)
from gateway.store import feedback, lessons
from gateway.store.claims import FREED
from gateway.store.conflict import expect
from gateway.store.database import insert
from gateway.store.schema import absences, correspondents, entries, outbox, spool
from gateway.store.spool import State


def carry_out(
    connection: Connection, wanted: Iterable[Consequence], now: datetime, muted: timedelta
) -> tuple[Release, ...]:
    """Carry out consequences; give the held mails that were released by it.

    `muted` is how long an address gets no automatic mail after one came back for good. Raises
    Conflict if a mail to be released is not held any more, or a request for feedback was answered
    meanwhile: whoever wants it is told otherwise.
    """
    released: list[Release] = []
    taught: list[Lesson] = []
    for one in wanted:
        match one:
            case Release():
                done = release(connection, [one], now)
                expect(len(done), 1, "a mail is not held any more")
                released += done
            case Absence():
                _note_absence(connection, one)
            case Lesson():
                taught.append(one)
            case Undelivered():
                _note_undelivered(connection, one, now + muted)
            case Unmuted():
                _unmute(connection, one)
            case Answered():
                feedback.rate(connection, one.requested, one.rating)
    lessons.put(connection, taught, now)
    return tuple(released)


def release(connection: Connection, wanted: Sequence[Release], now: datetime) -> list[Release]:
    """Let held mails be taken in again, or end their way as dropped; those that were held.

    A mail that is not held any more, since somebody was faster, is left as it is.
    """
    return [one for one in wanted if (_admit if one.admit else _drop)(connection, one, now)]


def _admit(connection: Connection, one: Release, now: datetime) -> bool:
    del now
    admitted = connection.execute(
        update(spool)
        .where(spool.c.id == one.spool, spool.c.state == State.HELD)
        .values(
            **FREED,
            state=State.WAITING,
            reason="",
            admitted_by=one.by,
            settled_at=None,
            not_before=None,
            attempts=0,
            claims_alone=0,
            alone=False,
            # Whoever decided to hold it has nothing to say about it any more.
            epoch=spool.c.epoch + 1,
        )
    )
    return admitted.rowcount == 1


def _drop(connection: Connection, one: Release, now: datetime) -> bool:
    found = connection.execute(
        select(spool.c.trace, spool.c.reason)
        .where(spool.c.id == one.spool, spool.c.state == State.HELD)
        .with_for_update()
    ).first()
    if found is None:
        return False
    trace = found.trace or {}
    end = {
        "outcome": Outcome.FILED.value,
        "reason": Reason.DROPPED.value,
        "by": one.by,
        "held_for": found.reason,
    }
    trace = {**trace, "decision": {**trace.get("decision", {}), **end}}
    dropped = connection.execute(
        update(spool)
        .where(spool.c.id == one.spool, spool.c.state == State.HELD)
        .values(state=State.FILED, reason=Reason.DROPPED, settled_at=now, trace=trace)
    )
    return dropped.rowcount == 1


def take_back(connection: Connection, spool_ids: Iterable[int]) -> tuple[int, ...]:
    """Hold mails again that somebody dropped, for what they were held for; give those that were.

    Nothing came of them, so that nothing else has to be undone.
    """
    return tuple(one for one in sorted(set(spool_ids)) if _take_back(connection, one))


def _take_back(connection: Connection, spool_id: int) -> bool:
    dropped = (
        spool.c.id == spool_id,
        spool.c.state == State.FILED,
        spool.c.reason == Reason.DROPPED,
    )
    found = connection.execute(select(spool.c.trace).where(*dropped).with_for_update()).first()
    if found is None:
        return False
    trace = found.trace or {}
    decision = dict(trace.get("decision", {}))
    decision.pop("by", None)
    reason = decision.pop("held_for", "")
    decision |= {"outcome": Outcome.HELD.value, "reason": reason}
    held = connection.execute(
        update(spool)
        .where(*dropped)
        .values(state=State.HELD, reason=reason, trace={**trace, "decision": decision})
    )
    return held.rowcount == 1


def _note_absence(connection: Connection, one: Absence) -> None:
    if one.until is None:
        connection.execute(delete(absences).where(absences.c.agent == one.agent))
        return
    connection.execute(
        insert(connection, absences)
        .values(agent=one.agent, until=one.until)
        .on_conflict_do_update(index_elements=[absences.c.agent], set_={"until": one.until})
    )


def _note_undelivered(connection: Connection, one: Undelivered, muted_until: datetime) -> None:
    """Mark the entry whose words did not arrive, and mute an address that takes none for good."""
    found = connection.execute(
        select(entries.c.id, entries.c.undelivered)
        .join(outbox, outbox.c.entry == entries.c.id)
        .where(outbox.c.id == one.outbox)
        .with_for_update(of=entries)
    ).first()
    if found is not None:
        others = [kept for kept in found.undelivered if kept[0] != one.address]
        connection.execute(
            update(entries)
            .where(entries.c.id == found.id)
            .values(undelivered=[*others, [one.address, one.why]])
        )
    if one.lasting:
        values = {"muted_until": muted_until, "muted_why": one.why}
        connection.execute(
            insert(connection, correspondents)
            .values(address=one.address, **values)
            .on_conflict_do_update(index_elements=[correspondents.c.address], set_=values)
        )


def _unmute(connection: Connection, one: Unmuted) -> None:
    connection.execute(
        update(correspondents)
        .where(correspondents.c.address == one.address)
        .values(muted_until=None, muted_why="")
    )
