"""What a backup says of itself: `manifest.json`, the last file that is written into it.

A folder without one is no backup: making it was interrupted.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from gateway.errors import Misused
from gateway.store.large_folder import sync_folder

FILE = "manifest.json"
FORMAT = 1
_PIECE = 1024 * 1024
_MOST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of a backup: its bytes, and their SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup.

    `kind` is the database's, "sqlite" or "postgresql"; `name` is that of its file under the data
    folder, "" for a dump. `revision` is that of its tables, `rows` how many each has.
    `files` are all files but large mails, by their paths in the backup; of these `large` is how
    many the database names, and `large_bytes` their size. Where `has_large` is false they are left
    where they are, in an object store. `left_out` are files that the configuration names and that
    are not copied.
    """

    made_at: datetime
    version: str
    revision: str
    kind: str
    name: str
    rows: Mapping[str, int]
    files: Mapping[str, Kept]
    large: int
    large_bytes: int
    has_large: bool
    left_out: tuple[str, ...] = ()


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, durably, as the end of making a backup. Raises OSError."""
    plain = {"format": FORMAT, **asdict(manifest), "made_at": manifest.made_at.isoformat()}
    with private(folder / FILE) as file:
        file.write(json.dumps(plain, indent=1, sort_keys=True).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(folder)


def read(folder: Path) -> Manifest:
    """Read the manifest. Raises Misused where there is none that this version can read."""
    path = folder / FILE
    try:
        with path.open("rb") as file:
            plain = json.loads(file.read(_MOST))
        if plain.pop("format") != FORMAT:
            raise Misused(f"{path} is of another format; use the version that wrote it")
        files = {name: Kept(**kept) for name, kept in plain.pop("files").items()}
        made_at = datetime.fromisoformat(plain.pop("made_at"))
        left_out = tuple(plain.pop("left_out"))
        made = Manifest(**plain, files=files, made_at=made_at, left_out=left_out)
        _check(made)
    except FileNotFoundError:
        raise Misused(f"{folder} is no backup, or not a whole one: it has no {FILE}") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Misused(f"{path} cannot be read as a manifest") from error
    return made


def _check(made: Manifest) -> None:
    """Raise TypeError where a value is not of its field's type: JSON has others, too."""
    texts = (made.version, made.revision, made.kind, made.name, *made.left_out, *made.rows)
    texts += tuple(kept.sha256 for kept in made.files.values())
    numbers = (made.large, made.large_bytes, *made.rows.values())
    numbers += tuple(kept.size for kept in made.files.values())
    if not (
        all(type(one) is str for one in texts)
        and all(type(one) is int for one in numbers)
        and type(made.has_large) is bool
    ):
        raise TypeError


def private(path: Path) -> BinaryIO:
    """Open a new file for writing that only we can read. Raises OSError if there is one."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def kept(path: Path) -> Kept:
    """Say what a file is. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return Kept(size, digest.hexdigest())
