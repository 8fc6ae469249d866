"""Names of large mails that were given up, and never come back.

To remove a file or an object takes a while, and a process may be frozen before it does. So its name
is given up first, in a transaction that no row of that name can pass: whoever removes it, however
late, removes nothing that a row speaks of. The next mail of these very bytes has another name.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, text, tuple_

from gateway.errors import CasepostError
from gateway.store.database import insert
from gateway.store.large_mails import Named
from gateway.store.schema import raw_mails, raw_removals

# Any number will do, as long as nobody else on this server locks the same.
_LOCK = 0x6C617267656D6C73


class NameRemoved(CasepostError):
    """A mail's name was given up between its upload and its row; the next try takes another."""


def name_for(connection: Connection, sha256: str) -> Named:
    """Give the name for a large mail: the one that a row has, or the next that nobody gave up."""
    kept = select(raw_mails.c.generation).where(
        raw_mails.c.sha256 == sha256, raw_mails.c.content.is_(None)
    )
    generation = connection.execute(kept).scalar()
    if generation is None:
        last = select(func.max(raw_removals.c.generation)).where(raw_removals.c.sha256 == sha256)
        given_up = connection.execute(last).scalar()
        generation = 0 if given_up is None else given_up + 1
    return Named(sha256, generation)


def expect_in_use(connection: Connection, named: Named) -> None:
    """Make sure until the transaction ends that a name is not given up. Raises NameRemoved."""
    _lock(connection, alone=False)
    if _given_up(connection, {named}):
        raise NameRemoved(f"{named} was just given up: it was there, and no mail's, for a day")


def give_up(connection: Connection, names: Collection[Named], now: datetime) -> set[Named]:
    """Give up those of the names that no row speaks of; the caller removes them once committed."""
    _lock(connection, alone=True)
    unspoken = without_row(connection, names)
    if unspoken:
        connection.execute(
            insert(connection, raw_removals).on_conflict_do_nothing(),
            [{**one._asdict(), "removed_at": now} for one in sorted(unspoken)],
        )
    return unspoken


def without_row(connection: Connection, names: Collection[Named]) -> set[Named]:
    """Give those of the names that no row speaks of."""
    known = select(raw_mails.c.sha256, raw_mails.c.generation).where(
        raw_mails.c.sha256.in_({one.sha256 for one in names}), raw_mails.c.content.is_(None)
    )
    return set(names) - {Named(row.sha256, row.generation) for row in connection.execute(known)}


def forget(connection: Connection, before: datetime) -> None:
    """Forget what was given up so long ago that nobody can still be removing it."""
    connection.execute(delete(raw_removals).where(raw_removals.c.removed_at < before))


def _given_up(connection: Connection, names: Iterable[Named]) -> bool:
    key = tuple_(raw_removals.c.sha256, raw_removals.c.generation)
    found = select(raw_removals.c.sha256).where(key.in_([tuple(one) for one in names])).limit(1)
    return connection.execute(found).first() is not None


def _lock(connection: Connection, *, alone: bool) -> None:
    """Until the transaction ends, let nobody give up names, or, `alone`, nobody use any.

    On SQLite whoever writes is alone anyhow.
    """
    if connection.dialect.name != "sqlite":
        way = "" if alone else "_shared"
        connection.execute(text(f"SELECT pg_advisory_xact_lock{way}(:key)"), {"key": _LOCK})
