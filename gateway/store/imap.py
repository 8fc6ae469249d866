"""What the IMAP sources know: folders, the UIDs that were seen in them, how each account fares.

A UID means one mail for ever only together with its account, folder and UIDVALIDITY (RFC 9051
section 2.3.1.1). Rows of an old UIDVALIDITY stay: a server that goes back to it is known again.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Connection, Insert, select, update

from gateway.store.bulk import write_rows
from gateway.store.database import insert, insert_into
from gateway.store.schema import imap_folders, imap_uids, sources, spool

# Well under what either database takes as parameters of one statement.
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class UidSpace:
    """Where UIDs are unique: an account's folder under one UIDVALIDITY."""

    account: str
    folder: str
    uidvalidity: int


@dataclass(frozen=True, slots=True)
class FolderState:
    """What is known of a folder: since when, and the UIDVALIDITY of its last whole scan."""

    first_seen_at: datetime
    uidvalidity: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A UID that is dealt with; `spool` is None for a mail that was passed over."""

    uid: int
    spool: int | None
    marked: bool


def meet_folder(connection: Connection, space: UidSpace, now: datetime) -> FolderState:
    """Give what is known of a folder, which is written down when it is seen for the first time."""
    connection.execute(
        insert(connection, imap_folders)
        .values(
            account=space.account,
            folder=space.folder,
            uidvalidity=space.uidvalidity,
            first_seen_at=now.replace(microsecond=0),  # INTERNALDATE has whole seconds.
        )
        .on_conflict_do_nothing()
    )
    row = connection.execute(
        select(imap_folders.c.first_seen_at, imap_folders.c.uidvalidity).where(
            imap_folders.c.account == space.account, imap_folders.c.folder == space.folder
        )
    ).one()
    return FolderState(row.first_seen_at, row.uidvalidity)


def finish_scan(connection: Connection, space: UidSpace) -> None:
    """Write down that every mail of a folder is dealt with under its new UIDVALIDITY."""
    connection.execute(
        update(imap_folders)
        .where(imap_folders.c.account == space.account, imap_folders.c.folder == space.folder)
        .values(uidvalidity=space.uidvalidity)
    )


def unseen(connection: Connection, space: UidSpace, uids: Sequence[int]) -> list[int]:
    """Give those of the UIDs that were not dealt with yet, in their order."""
    seen: set[int] = set()
    for start in range(0, len(uids), _AT_ONCE):
        found = select(imap_uids.c.uid).where(
            *_within(space), imap_uids.c.uid.in_(uids[start : start + _AT_ONCE])
        )
        seen.update(connection.execute(found).scalars())
    return [uid for uid in uids if uid not in seen]


def record(connection: Connection, space: UidSpace, seen: Iterable[Seen]) -> None:
    """Write down UIDs that are dealt with; one that another node was faster with stays as it is."""
    rows = [
        {
            "account": space.account,
            "folder": space.folder,
            "uidvalidity": space.uidvalidity,
            "uid": one.uid,
            "spool": one.spool,
            "marked": one.marked,
        }
        for one in seen
    ]
    write_rows(connection, _recorded_once(connection.dialect.name), rows)


@cache
def _recorded_once(dialect: str) -> Insert:
    """Give the statement that enters a UID unless it is there."""
    return insert_into(dialect, imap_uids).on_conflict_do_nothing()


def unmarked(connection: Connection, space: UidSpace, after: int, limit: int) -> list[int]:
    """Give UIDs above `after`, lowest first, of mails that we have and that are not marked yet."""
    found = (
        select(imap_uids.c.uid)
        .where(
            *_within(space),
            imap_uids.c.uid > after,
            imap_uids.c.marked.is_(False),
            imap_uids.c.spool.is_not(None),
        )
        .order_by(imap_uids.c.uid)
        .limit(limit)
    )
    return list(connection.execute(found).scalars())


def set_marked(connection: Connection, space: UidSpace, uids: Sequence[int]) -> None:
    """Write down that mails bear their keyword, or were moved."""
    for start in range(0, len(uids), _AT_ONCE):
        connection.execute(
            update(imap_uids)
            .where(*_within(space), imap_uids.c.uid.in_(uids[start : start + _AT_ONCE]))
            .values(marked=True)
        )


def spooled(connection: Connection, source: str, hashes: Collection[str]) -> dict[str, int]:
    """Give the spool ids of raw mails (by SHA-256) that this source has delivered before."""
    if not hashes:
        return {}
    found = select(spool.c.raw, spool.c.id).where(spool.c.source == source, spool.c.raw.in_(hashes))
    return {row.raw: row.id for row in connection.execute(found.order_by(spool.c.id.desc()))}


def last_success(connection: Connection, source: str) -> datetime | None:
    """Give when the source last knew all of its mailbox; None if never."""
    found = select(sources.c.last_success_at).where(sources.c.name == source)
    return connection.execute(found).scalar()


def succeeded(connection: Connection, source: str, now: datetime) -> None:
    """Write down that the source knew all of its mailbox at `now`."""
    entry = insert(connection, sources).values(name=source, last_success_at=now)
    connection.execute(
        entry.on_conflict_do_update(index_elements=[sources.c.name], set_={"last_success_at": now})
    )


def failed(connection: Connection, source: str, now: datetime, sentence: str) -> None:
    """Write down what is wrong with the source, for people to read."""
    error = {"last_error_at": now, "last_error": sentence}
    entry = insert(connection, sources).values(name=source, **error)
    connection.execute(entry.on_conflict_do_update(index_elements=[sources.c.name], set_=error))


def _within(space: UidSpace) -> tuple[ColumnElement[bool], ...]:
    return (
        imap_uids.c.account == space.account,
        imap_uids.c.folder == space.folder,
        imap_uids.c.uidvalidity == space.uidvalidity,
    )
