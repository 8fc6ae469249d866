"""Backtests that were started in the console: one at a time, each with its result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, select, text, update

from gateway.store.schema import backtests

KEPT = 20
"""So many backtests are kept."""

SILENT = timedelta(minutes=2)
"""After so long without a word one that runs has ended with its process."""


class BacktestState(StrEnum):
    """Where a backtest stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Backtested:
    """A backtest over a desk's mails since then, "" for all desks.

    `done` of `total` mails are looked at while it runs. Then there are `totals`, and the first
    `differences`, to which `more` come, or there is the `problem` that it failed with.
    """

    id: int
    actor: str
    desk: str
    began_at: datetime
    since: datetime
    state: BacktestState
    ended_at: datetime | None
    done: int = 0
    total: int = 0
    totals: Mapping[str, Any] | None = None
    differences: Sequence[Mapping[str, Any]] = ()
    more: int = 0
    problem: str = ""
    findings: Sequence[str] = ()


def begin(
    connection: Connection, actor: str, desk: str, since: datetime, now: datetime
) -> int | None:
    """Begin a backtest; its id, None if another one runs. The oldest are forgotten."""
    if connection.dialect.name != "sqlite":
        # Two who begin at once would both see none; on SQLite whoever writes is alone anyhow.
        connection.execute(text("LOCK TABLE backtests IN SHARE ROW EXCLUSIVE MODE"))
    _give_up_the_silent(connection, now)
    running = select(backtests.c.id).where(_runs()).limit(1)
    if connection.execute(running).first() is not None:
        return None
    row = {
        "actor": actor,
        "desk": desk,
        "since": since,
        "began_at": now,
        "state": BacktestState.RUNNING.value,
        "result": _progress(0, 0, now),
    }
    inserted = connection.execute(backtests.insert().values(row).returning(backtests.c.id))
    found: int = inserted.scalar_one()
    connection.execute(delete(backtests).where(backtests.c.id <= found - KEPT))
    return found


def go_on(connection: Connection, backtest: int, done: int, total: int, now: datetime) -> bool:
    """Say how far a backtest is; False if somebody has ended it meanwhile."""
    changed = connection.execute(
        update(backtests)
        .where(backtests.c.id == backtest, _runs())
        .values(result=_progress(done, total, now))
    )
    return changed.rowcount == 1


def end(
    connection: Connection,
    backtest: int,
    state: BacktestState,
    result: Mapping[str, object],
    now: datetime,
) -> bool:
    """End a backtest that runs; False if none does by that id."""
    changed = connection.execute(
        update(backtests)
        .where(backtests.c.id == backtest, _runs())
        .values(state=state.value, result=dict(result), ended_at=now)
    )
    return changed.rowcount == 1


def find(connection: Connection, backtest: int, now: datetime) -> Backtested | None:
    """Give a backtest; None if there is none by that id."""
    row = connection.execute(select(backtests).where(backtests.c.id == backtest)).first()
    return None if row is None else _backtested(row, now)


def latest(connection: Connection, now: datetime) -> tuple[Backtested, ...]:
    """Give those that are kept, the newest first."""
    rows = connection.execute(select(backtests).order_by(backtests.c.id.desc()).limit(KEPT))
    return tuple(_backtested(row, now) for row in rows)


def _runs() -> ColumnElement[bool]:
    return and_(backtests.c.state == BacktestState.RUNNING.value)


def _progress(done: int, total: int, now: datetime) -> dict[str, object]:
    return {"done": done, "total": total, "seen_at": now.isoformat()}


_SILENCE: Mapping[str, Any] = {
    "problem": "It ended with the service that ran it, and has no result."
}


def _is_silent(result: Mapping[str, object], now: datetime) -> bool:
    """Say whether nothing was heard for so long of one that runs."""
    return now - datetime.fromisoformat(str(result["seen_at"])) > SILENT


def _give_up_the_silent(connection: Connection, now: datetime) -> None:
    for row in connection.execute(select(backtests).where(_runs())).all():
        if _is_silent(row.result, now):
            end(connection, row.id, BacktestState.FAILED, _SILENCE, now)


def _backtested(row: Row[tuple[object, ...]], now: datetime) -> Backtested:
    state, result = BacktestState(row.state), row.result or {}
    if state is BacktestState.RUNNING and _is_silent(result, now):
        state, result = BacktestState.FAILED, _SILENCE
    return Backtested(
        id=row.id,
        actor=row.actor,
        desk=row.desk,
        began_at=row.began_at,
        since=row.since,
        state=state,
        ended_at=row.ended_at,
        done=result.get("done", 0),
        total=result.get("total", 0),
        totals=result.get("totals"),
        differences=result.get("differences", ()),
        more=result.get("more", 0),
        problem=result.get("problem", ""),
        findings=result.get("findings", ()),
    )
