"""Raw mails, kept byte for byte under the SHA-256 of their content.

Small ones stand in the database; large ones are files `large/ab/abcdef...` under the data folder.
A large mail is written to `large/incoming/` while it arrives and gets its name, after an fsync of
file and folder, before the transaction that speaks of it commits: a crash can leave a file that
nobody names, never a name without its file. `store/leftovers.py` removes such files.
"""

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from sqlalchemy import Connection, select, text

from gateway.errors import Transient
from gateway.store.database import insert
from gateway.store.schema import raw_mails, spool

_HEAD = 64 * 1024
_DIGITS = 64
# Any number will do, as long as nobody else on this server locks the same.
_LOCK = 0x6C617267656D6C73


@dataclass(frozen=True, slots=True)
class RawMail:
    """A mail's bytes on their way into the spool: in memory, or in an unnamed file.

    `head` is the beginning, enough for a cheap scan of the header block.
    """

    sha256: str
    size: int
    head: bytes
    content: bytes | None
    file: Path | None = None


class RawWriter:
    """Takes a mail's bytes as they arrive, with bounded memory; `close` when it comes to nothing.

    What is over `large_mail` bytes goes on in a file under `folder`.
    """

    def __init__(self, folder: Path, large_mail: int) -> None:
        """Start an empty mail."""
        self._folder = folder
        self._large_mail = large_mail
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
            if self.size > self._large_mail:
                self._move_to_file()
        else:
            self._file.write(data)
            self._head += bytes(data[: _HEAD - len(self._head)])

    def _move_to_file(self) -> None:
        folder = incoming(self._folder)
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
        os.fsync(self._file.fileno())
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


def from_bytes(content: bytes, folder: Path, large_mail: int) -> RawMail:
    """Make a raw mail of bytes that are all there."""
    writer = RawWriter(folder, large_mail)
    writer.write(content)
    return writer.finish()


def keep(connection: Connection, raw: RawMail, folder: Path) -> None:
    """Keep a mail's bytes for good, once; the caller's commit makes it so.

    A file of a large mail gets its name here. Raises OSError.
    """
    if raw.file is not None:
        lock_files(connection, alone=False)
        _name(raw.file, _path(folder, raw.sha256))
    connection.execute(
        insert(connection, raw_mails).on_conflict_do_nothing(),
        {"sha256": raw.sha256, "size": raw.size, "content": raw.content},
    )


def load(connection: Connection, sha256: str, folder: Path) -> bytes:
    """Read a mail's bytes. Raises Transient when its file can't be read just now."""
    content = connection.execute(
        select(raw_mails.c.content).where(raw_mails.c.sha256 == sha256)
    ).scalar_one()
    if content is not None:
        return bytes(content)
    try:
        return _path(folder, sha256).read_bytes()
    except OSError as error:
        raise Transient(f"the file of mail {sha256} can't be read: {error}") from error


def load_head(folder: Path, sha256: str, size: int) -> bytes:
    """Read the beginning of a large mail's file. Raises Transient when it can't be read."""
    try:
        with _path(folder, sha256).open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise Transient(f"the file of mail {sha256} can't be read: {error}") from error


def load_of(connection: Connection, spool_id: int, folder: Path) -> bytes | None:
    """Read the bytes of a mail by its number in the spool; None if there is no such mail.

    Raises Transient when its file can't be read just now.
    """
    sha256 = connection.execute(select(spool.c.raw).where(spool.c.id == spool_id)).scalar()
    return None if sha256 is None else load(connection, sha256, folder)


def lock_files(connection: Connection, *, alone: bool) -> None:
    """Until the transaction ends, let nobody remove named files, or, `alone`, nobody name any.

    On SQLite whoever writes is alone anyhow.
    """
    if connection.dialect.name != "sqlite":
        way = "" if alone else "_shared"
        connection.execute(text(f"SELECT pg_advisory_xact_lock{way}(:key)"), {"key": _LOCK})


def without_row(connection: Connection, hashes: Collection[str]) -> set[str]:
    """Give those of the hashes that no row speaks of."""
    known = select(raw_mails.c.sha256).where(raw_mails.c.sha256.in_(hashes))
    return set(hashes) - set(connection.execute(known).scalars())


def incoming(folder: Path) -> Path:
    """Give the folder of files that have no name yet."""
    return folder / "large" / "incoming"


def named_files(folder: Path) -> Iterator[Path]:
    """Give the files of large mails, each named by its hash; nothing else that lies there."""
    large = folder / "large"
    for prefix in (f"{number:02x}" for number in range(256)):
        if (large / prefix).is_dir():
            for path in sorted((large / prefix).iterdir()):
                if len(path.name) == _DIGITS and path.name.startswith(prefix):
                    yield path


def _path(folder: Path, sha256: str) -> Path:
    return folder / "large" / sha256[:2] / sha256


def _name(file: Path, path: Path) -> None:
    """Give a synced file its final name, so that a crash leaves it under one name or the other."""
    if not file.exists() and path.exists():
        return  # The same mail again, after a commit that failed.
    path.parent.mkdir(parents=True, exist_ok=True)
    file.replace(path)
    # Up to the data folder: whoever made one of these folders may not have synced it yet.
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        sync_folder(folder)


def sync_folder(path: Path) -> None:
    """Make sure that the names in a folder last. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
