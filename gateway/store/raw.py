"""Raw mails, kept byte for byte under the SHA-256 of their content.

Small ones stand in the database; large ones are files or objects outside of it, each under a name
made of that hash (`store/large_mails.py`). A large mail is written to a file while it arrives, and
is durable under its name before the transaction that speaks of it begins: a crash can leave a file
that nobody names, never a name without its file. `store/leftovers.py` removes such files.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import IO, Self

from sqlalchemy import Connection, Insert, select

from gateway.failpoint import reached
from gateway.store import removals
from gateway.store.bulk import write_rows
from gateway.store.database import Database, insert_into
from gateway.store.large_mails import LargeMails, Named
from gateway.store.schema import raw_mails, spool

_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class RawMail:
    """A mail's bytes on their way into the spool: in memory, or in an unnamed file.

    `head` is the beginning, enough for a cheap scan of the header block. `named` is what a large
    mail is kept by, once it is.
    """

    sha256: str
    size: int
    head: bytes
    content: bytes | None
    file: Path | None = None
    named: Named | None = None


class RawWriter:
    """Takes a mail's bytes as they arrive, with bounded memory; `close` when it comes to nothing.

    One that is large goes on in a file among those that come in.
    """

    def __init__(self, large: LargeMails) -> None:
        """Start an empty mail."""
        self._large = large
        self._hash = hashlib.sha256()
        self._memory = bytearray()
        self._head = b""
        self._file: IO[bytes] | None = None
        self.size = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take the next bytes. Raises OSError when the disk is full."""
        self._hash.update(data)
        self.size += len(data)
        if self._file is None:
            self._memory += data
            if self.size > self._large.bound:
                self._move_to_file()
        else:
            self._file.write(data)
            self._head += bytes(data[: _HEAD - len(self._head)])

    def _move_to_file(self) -> None:
        folder = self._large.incoming
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115
        self._file.write(self._memory)
        self._head = bytes(self._memory[:_HEAD])
        self._memory.clear()

    def finish(self) -> RawMail:
        """Give the whole mail; a large one is synced to the disk. Raises OSError."""
        digest = self._hash.hexdigest()
        if self._file is None:
            content = bytes(self._memory)
            return RawMail(digest, self.size, content[:_HEAD], content)
        self._file.flush()
        reached("raw.before_sync")
        os.fsync(self._file.fileno())
        reached("raw.synced")
        self._file.close()
        return RawMail(digest, self.size, self._head, None, Path(self._file.name))

    def close(self) -> None:
        """Forget the mail, and its file unless that has got its name."""
        if self._file is not None:
            self._file.close()
            Path(self._file.name).unlink(missing_ok=True)

    def __enter__(self) -> Self:
        """Start; leaving forgets what was not finished and named."""
        return self

    def __exit__(self, *_: object) -> None:
        """Forget what was not named."""
        self.close()


def from_bytes(content: bytes, large: LargeMails) -> RawMail:
    """Make a raw mail of bytes that are all there. Raises OSError when the disk is full."""
    if len(content) <= large.bound:
        return from_text(content)
    writer = RawWriter(large)
    try:
        writer.write(content)
        return writer.finish()
    except BaseException:
        # On a full disk each next try would leave its part of the mail as well.
        writer.close()
        raise


def from_text(content: bytes) -> RawMail:
    """Make a raw mail that stays in memory, as what a person typed does, however long."""
    digest = hashlib.sha256(content).hexdigest()
    return RawMail(digest, len(content), content[:_HEAD], content)


def keep(database: Database, raw: RawMail, large: LargeMails) -> RawMail:
    """Make a large mail's bytes durable under their name; a small one's need the row alone.

    Never called within a transaction: others would wait for it. Raises OSError and Transient.
    """
    if raw.file is None:
        return raw
    with database.reading() as connection:
        named = removals.name_for(connection, raw.sha256)
    large.keep(named, raw.file)
    reached("raw.kept")
    return replace(raw, named=named)


def record(connection: Connection, mails: Iterable[RawMail]) -> None:
    """Write down mails that are small or kept, each once; the caller's commit makes it so.

    Raises NameRemoved, and ValueError for a large mail that was not kept.
    """
    rows = []
    once = {raw.sha256: raw for raw in mails}
    # In one order everywhere: nodes that are handed the same mails at once would else wait for each
    # other in a circle.
    for _, raw in sorted(once.items()):
        if raw.named is not None:
            removals.expect_in_use(connection, raw.named)
        elif raw.content is None:
            raise ValueError("a large mail has to be kept before it is written down")
        rows.append(
            {
                "sha256": raw.sha256,
                "size": raw.size,
                "content": raw.content,
                "generation": raw.named.generation if raw.named else 0,
            }
        )
    write_rows(connection, _entered_once(connection.dialect.name), rows)


@cache
def _entered_once(dialect: str) -> Insert:
    """Give the statement that enters a mail unless it is there."""
    return insert_into(dialect, raw_mails).on_conflict_do_nothing()


def load(connection: Connection, sha256: str, large: LargeMails) -> bytes:
    """Read a mail's bytes. Raises Transient when they can't be read just now."""
    row = connection.execute(
        select(raw_mails.c.content, raw_mails.c.generation, raw_mails.c.size).where(
            raw_mails.c.sha256 == sha256
        )
    ).one()
    if row.content is not None:
        return bytes(row.content)
    return large.read(Named(sha256, row.generation), row.size)


def load_of(connection: Connection, spool_id: int, large: LargeMails) -> bytes | None:
    """Read the bytes of a mail by its number in the spool; None if there is no such mail.

    Raises Transient when they can't be read just now.
    """
    sha256 = connection.execute(select(spool.c.raw).where(spool.c.id == spool_id)).scalar()
    return None if sha256 is None else load(connection, sha256, large)
