"""An address in what others wrote of somebody: in our own words it is replaced, wherever it stands.

What other customers wrote is theirs and stays as it is; it is counted.
"""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, and_, or_, select, tuple_, update

from gateway.desk.ticket import Direction
from gateway.mail.parse import parse
from gateway.store import raw
from gateway.store.database import Database
from gateway.store.large_mails import LargeMails
from gateway.store.personal.columns import PERSONAL
from gateway.store.personal.found import Wanted
from gateway.store.personal.marks import ERASED, ERASED_TEXT
from gateway.store.schema import audit, backtests, entries, metadata

_AT_ONCE = 200


def replace_mentions(database: Database, wanted: Wanted) -> int:
    """Replace a person's addresses in every table's words of ours; give in how many rows.

    Each few rows are a transaction of their own. Raises Transient.
    """
    replaced = 0
    for name, holds in sorted(PERSONAL.items()):
        table = metadata.tables[name]
        columns = [table.c[one] for one in (*holds.address.split(), *holds.text.split())]
        if columns:
            replaced += _replace(database, wanted, table, columns)
    return replaced + _replace(database, wanted, entries, [entries.c.text])


def _replace(
    database: Database, wanted: Wanted, table: Table, columns: Collection[Column[Any]]
) -> int:
    replaced = 0
    for rows in _looking_so(database, wanted, table, columns):
        with database.writing() as connection:
            for row in rows:
                replaced += _replace_in(connection, wanted, table, columns, row)
    return replaced


def _looking_so(
    database: Database, wanted: Wanted, table: Table, columns: Collection[Column[Any]]
) -> Iterator[list[Row[Any]]]:
    """Give the keys of rows that may mention the person, a few at a time."""
    key = list(table.primary_key)
    looks = or_(*(wanted.theirs.may_be_in(one) for one in columns))
    after: tuple[Any, ...] | None = None
    while True:
        later = () if after is None else (tuple_(*key) > after,)
        with database.reading() as connection:
            rows = connection.execute(
                select(*key).where(looks, *later).order_by(*key).limit(_AT_ONCE)
            ).all()
        if rows:
            yield list(rows)
        if len(rows) < _AT_ONCE:
            return
        after = tuple(rows[-1])


def _replace_in(
    connection: Connection,
    wanted: Wanted,
    table: Table,
    columns: Collection[Column[Any]],
    key: Row[Any],
) -> bool:
    own = and_(*(one == value for one, value in zip(table.primary_key, key, strict=True)))
    row = connection.execute(select(table).where(own).with_for_update()).first()
    if row is None or (table is entries and _is_anothers(wanted, row, columns)):
        return False
    before = {one.name: row._mapping[one] for one in columns}  # noqa: SLF001  SQLAlchemy's name
    after = {name: wanted.theirs.replaced(value, ERASED) for name, value in before.items()}
    changed = {name: value for name, value in after.items() if value != before[name]}
    if changed:
        connection.execute(update(table).where(own).values(changed))
    return bool(changed)


def _is_anothers(wanted: Wanted, row: Row[Any], columns: Collection[Column[Any]]) -> bool:
    """Say whether what an entry says is another customer's."""
    says = any(one.name == "text" for one in columns)
    return says and row.direction == Direction.IN.value and wanted.is_anothers(row.author)


def quoting(connection: Connection, wanted: Wanted) -> tuple[int, ...]:
    """Give the tickets on which other customers wrote a person's address; that stays."""
    rows = connection.execute(
        select(entries.c.ticket, entries.c.author, entries.c.text).where(
            wanted.theirs.may_be_in(entries.c.text), entries.c.direction == Direction.IN.value
        )
    )
    found = {
        row.ticket
        for row in rows
        if wanted.is_anothers(row.author) and wanted.theirs.are_in(row.text)
    }
    return tuple(sorted(found))


def naming(
    connection: Connection, mails: Collection[int], wanted: Wanted, large: LargeMails
) -> list[int]:
    """Give those of some mails in which a person's address is written.

    Raises Transient where a large one cannot be read just now.
    """
    found = []
    for mail in mails:
        content = raw.load_of(connection, mail, large) or b""
        written = (content.decode("latin-1"), parse(content).text)
        if any(wanted.theirs.are_in(one) for one in written):
            found.append(mail)
    return found


def erase_from_backtests(connection: Connection, mails: Collection[int]) -> None:
    """Erase what backtests list of mails: their subjects and authors."""
    gone = set(mails)
    rows = connection.execute(
        select(backtests.c.id, backtests.c.result).where(backtests.c.result.is_not(None))
    ).all()
    for row in rows:
        after = _without(row.result, gone)
        if after != row.result:
            own = update(backtests).where(backtests.c.id == row.id)
            connection.execute(own.values(result=after))


def _without(value: Any, mails: set[int]) -> Any:  # noqa: ANN401  whatever JSON has
    if isinstance(value, list):
        return [_without(one, mails) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _without(one, mails) for key, one in value.items()}
    if value.get("mail") in mails:
        kept |= {key: ERASED_TEXT for key in ("subject", "author", "then", "now") if key in kept}
    return kept


def erase_visits(connection: Connection, wanted: Wanted) -> None:
    """Erase from where a person asked for what the audit trail says they did."""
    own = audit.c.actor.in_(wanted.theirs.all)
    connection.execute(update(audit).where(own).values(peer=""))
