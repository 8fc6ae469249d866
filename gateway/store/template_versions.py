"""Templates as they were written in the console: of each file the newest version holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, Select, func, select, text
from sqlalchemy import tuple_ as together

from gateway.store.conflict import Conflict
from gateway.store.schema import template_versions
from gateway.templates.folder import Edited, Key

MOST_SHOWN = 200
"""How many versions of a file a history goes back."""

LONGEST_NOTE = 500

# What PostgreSQL knows the lock of all that is saved by; any number will do.
_LOCK = 0x7E3B1A7E

_FILE = tuple(template_versions.c[name] for name in ("folder", "language", "name", "part"))


@dataclass(frozen=True, slots=True)
class Version:
    """A template's file as somebody wrote it; without `text` the file of the folder holds again.

    `folder` is that of a desk, "" for a general file. `beneath` is the SHA-256 of the file that
    held without it when it was saved, "" for none.
    """

    id: int
    folder: str
    language: str
    name: str
    part: str
    text: str | None
    author: str
    at: datetime
    note: str
    beneath: str = ""

    @property
    def key(self) -> Key:
        """Give which file it is a version of."""
        return Key(self.folder, self.language, self.name, self.part)


def newest(connection: Connection) -> tuple[Version, ...]:
    """Give the newest version of each file that has any, in the order of their names."""
    last = select(func.max(template_versions.c.id)).group_by(*_FILE)
    query = select(template_versions).where(template_versions.c.id.in_(last)).order_by(*_FILE)
    return tuple(_version(row) for row in connection.execute(query))


def history(connection: Connection, key: Key) -> tuple[Version, ...]:
    """Give the versions of a file, the newest first."""
    query = _of(key).limit(MOST_SHOWN)
    return tuple(_version(row) for row in connection.execute(query))


def find(connection: Connection, version_id: int) -> Version | None:
    """Give a version by its id."""
    query = select(template_versions).where(template_versions.c.id == version_id)
    row = connection.execute(query).first()
    return _version(row) if row is not None else None


def edited(versions: Iterable[Version]) -> tuple[Edited, ...]:
    """Give those versions that hold in place of a file."""
    return tuple(
        Edited(one.key, one.text, one.id, one.author, one.beneath)
        for one in versions
        if one.text is not None
    )


def last_id(connection: Connection) -> int:
    """Give the id of the version that was saved last, 0 for none: it changes with each."""
    found: int | None = connection.scalar(select(func.max(template_versions.c.id)))
    return found or 0


def save(  # noqa: PLR0913, PLR0917  they are the columns
    connection: Connection,
    key: Key,
    text: str | None,
    author: str,
    note: str,
    now: datetime,
    based_on: int,
    beneath: str = "",
) -> int:
    """Add a version and give its id; without a text the file of the folder holds again.

    `based_on` is the id of the version that its author saw, 0 for none. Raises Conflict where
    there is another by now. Whether the text is sound is for `editing` to see to.
    """
    lock(connection)
    found: int | None = connection.scalar(
        _of(key).with_only_columns(template_versions.c.id).limit(1)
    )
    if (found or 0) != based_on:
        raise Conflict(f"somebody else has saved {key.name or key.part} in the meantime")
    row = {
        "folder": key.desk,
        "language": key.language,
        "name": key.name,
        "part": key.part,
        "text": text,
        "author": author,
        "at": now,
        "note": note[:LONGEST_NOTE],
        "beneath": beneath,
    }
    insert = template_versions.insert().values(row).returning(template_versions.c.id)
    saved: int = connection.execute(insert).scalar_one()
    return saved


def lock(connection: Connection) -> None:
    """Let nobody else save until this transaction is over, so that ids come in their order.

    On SQLite whoever writes is alone anyhow.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _of(key: Key) -> Select[tuple[object, ...]]:
    wanted = (key.desk, key.language, key.name, key.part)
    return (
        select(template_versions)
        .where(together(*_FILE) == wanted)
        .order_by(template_versions.c.id.desc())
    )


def _version(row: Row[tuple[object, ...]]) -> Version:
    return Version(**row._mapping)  # noqa: SLF001  SQLAlchemy's public name
