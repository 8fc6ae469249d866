"""Do the books balance? What was received against where each mail stands.

The ledger counts deliveries as they come; the spool's rows say what became of them. They are
written in one transaction and counted apart, so a row that vanishes is a difference.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from gateway.store.schema import ledger, sources, spool
from gateway.store.spool import State


@dataclass(frozen=True, slots=True)
class Account:
    """The figures of one source on one day; a delivery that came again counts as a duplicate."""

    source: str
    day: str
    received: int
    waiting: int
    filed: int
    duplicate: int
    held: int
    failed: int

    @property
    def difference(self) -> int:
        """Give how many mails are missing (above zero) or too many."""
        told = self.waiting + self.filed + self.duplicate + self.held + self.failed
        return self.received - told


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """When a source last worked, and what went wrong since."""

    name: str
    last_success_at: datetime | None
    last_error_at: datetime | None
    last_error: str


def accounts(connection: Connection, since: date = date.min) -> tuple[Account, ...]:
    """Give the account of every source and day from `since` on, oldest day first."""
    first = since.isoformat()
    received: dict[tuple[str, str], tuple[int, int]] = {
        (row.source, row.day): (int(row.received), int(row.repeated))
        for row in connection.execute(
            select(
                ledger.c.source,
                ledger.c.day,
                func.sum(ledger.c.received).label("received"),
                func.sum(ledger.c.repeated).label("repeated"),
            )
            .where(ledger.c.day >= first)
            .group_by(ledger.c.day, ledger.c.source)
        )
    }
    stands: dict[tuple[str, str], dict[str, int]] = {}
    for source, day, state, count in connection.execute(
        select(spool.c.source, spool.c.day, spool.c.state, func.count())
        .where(spool.c.day >= first)
        .group_by(spool.c.day, spool.c.source, spool.c.state)
    ):
        stands.setdefault((source, day), {})[state] = count
    return tuple(
        _account(key, received.get(key, (0, 0)), stands.get(key, {}))
        for key in sorted(received.keys() | stands.keys(), key=lambda key: (key[1], key[0]))
    )


def _account(key: tuple[str, str], counted: tuple[int, int], stands: dict[str, int]) -> Account:
    received, repeated = counted
    # What a newer version has set aside waits, for all that this one knows.
    unknown = sum(count for state, count in stands.items() if state not in set(State))
    return Account(
        source=key[0],
        day=key[1],
        received=received,
        waiting=stands.get(State.WAITING, 0) + unknown,
        filed=stands.get(State.FILED, 0),
        duplicate=stands.get(State.DUPLICATE, 0) + repeated,
        held=stands.get(State.HELD, 0),
        failed=stands.get(State.FAILED, 0),
    )


def health(connection: Connection) -> tuple[SourceHealth, ...]:
    """Give the health of every source that keeps account of it."""
    rows = connection.execute(select(sources).order_by(sources.c.name))
    return tuple(
        SourceHealth(row.name, row.last_success_at, row.last_error_at, row.last_error)
        for row in rows
    )
