"""How often rules hit, by day (UTC), for people: nothing is decided by it.

Counted in the transaction that writes what a rule led to. Each process adds to rows of its own, so
far as there are enough, so that many do not wait for each other.
"""

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, case, delete, func, select

from gateway.store.database import insert
from gateway.store.schema import rule_counts

KEPT_DAYS = 90
"""How long counts are kept."""

_SHARDS = 16
_WEEK_DAYS = 7
_MONTH_DAYS = 30


@dataclass(frozen=True, slots=True)
class Counted:
    """How often a rule hit: today, in 7 and in 30 days with today; `last` is the latest day."""

    today: int
    week: int
    month: int
    last: date


def add(connection: Connection, hits: Iterable[tuple[str, str]], now: datetime) -> None:
    """Count hits, each a desk's name and a rule's; the last thing that a transaction does.

    Rows are locked in one order, and nothing is locked after them, so that nobody waits in a ring.
    """
    counted = Counter(hits)
    if not counted:
        return
    entry = insert(connection, rule_counts)
    connection.execute(
        entry.on_conflict_do_update(
            index_elements=list(rule_counts.primary_key),
            set_={"hits": rule_counts.c.hits + entry.excluded.hits},
        ),
        [
            {
                "desk": desk,
                "rule": rule,
                "day": now.date().isoformat(),
                "shard": os.getpid() % _SHARDS,
                "hits": count,
            }
            for (desk, rule), count in sorted(counted.items())
        ],
    )


def read(connection: Connection, desk: str, now: datetime) -> dict[str, Counted]:
    """Give the counts of a desk's rules by their names; none of a rule that did not hit."""
    today = now.date()
    day, hits = rule_counts.c.day, rule_counts.c.hits

    def since(days: int) -> ColumnElement[int]:
        first = (today - timedelta(days=days - 1)).isoformat()
        return func.sum(case((day >= first, hits), else_=0))

    rows = connection.execute(
        select(
            rule_counts.c.rule,
            since(1).label("today"),
            since(_WEEK_DAYS).label("week"),
            since(_MONTH_DAYS).label("month"),
            func.max(day).label("last"),
        )
        .where(rule_counts.c.desk == desk)
        .group_by(rule_counts.c.rule)
    )
    return {
        row.rule: Counted(
            int(row.today), int(row.week), int(row.month), date.fromisoformat(row.last)
        )
        for row in rows
    }


def forget(connection: Connection, now: datetime) -> None:
    """Delete what is too old to be shown."""
    before = (now.date() - timedelta(days=KEPT_DAYS)).isoformat()
    connection.execute(delete(rule_counts).where(rule_counts.c.day < before))
