"""A backup as one file: a tar archive of its folder."""

import lzma
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.backup.manifest import private
from gateway.errors import Misused
from gateway.store.large_folder import sync_folder

ENDING = ".tar"
# What a damaged archive shows as; somebody may have compressed it.
_BROKEN = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError)


@contextmanager
def packed(path: Path) -> Iterator[Path]:
    """Give an empty folder beside `path`; what is in it when leaving normally is packed there.

    Raises Misused where there is such a file, and OSError.
    """
    if path.exists():
        raise Misused(f"{path} is there already: name a file that is not")
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as scratch:
        folder = Path(scratch) / "backup"
        yield folder
        fresh = Path(scratch) / "packed"
        with private(fresh) as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                tar.add(folder, arcname=".")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_folder(path.parent)


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Give the folder of a backup; that of a packed one lasts for as long as it is looked at.

    Raises Misused where it is neither.
    """
    if not path.is_file():
        yield path
        return
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as scratch:
        try:
            with tarfile.open(path) as tar:
                tar.extractall(scratch, filter="data")
        except _BROKEN as error:
            raise Misused(f"{path} is no backup: {error}") from error
        yield Path(scratch)
