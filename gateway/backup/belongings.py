"""What a backup has beside database and mails: keys, configuration, templates.

What is no plain file, or larger than files of these kinds can be, is left out; so are passwords
and private keys that the configuration names by path, for they are the machine's. All are named.
"""

import dataclasses
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from gateway.backup.manifest import private
from gateway.config.load import desk_files
from gateway.config.settings import Settings

KEYS = "keys"
CONFIGURATION = "config"
TEMPLATES = "templates"
# What keys end in that name a file of secrets.
_ENDINGS = ("_file", "private_key")
_PUBLIC = frozenset({"ca_file"})
# One file of a desk, or one template, is some kilobytes.
_LARGEST = 16 * 1024 * 1024


def copy(path: Path, settings: Settings, folder: Path) -> tuple[str, ...]:
    """Copy them; give the files that are left out, by their paths. Raises OSError."""
    left_out = _copy_all(settings.data / KEYS, _files(settings.data / KEYS), folder / KEYS)
    left_out += _copy_all(path.parent, _configuration(path, settings), folder / CONFIGURATION)
    templates = settings.templates
    left_out += _copy_all(templates, _files(templates), folder / TEMPLATES)
    return (*left_out, *_secrets(settings))


def _configuration(path: Path, settings: Settings) -> Iterator[Path]:
    """Give `casepost.toml`, the desks, and the conversations beside them."""
    yield path
    for desk in desk_files(path, settings):
        yield desk
        yield from (one for one in _files(desk.with_suffix("")) if one.suffix == ".toml")


def _files(folder: Path) -> Iterator[Path]:
    """Give the files below a folder that are not hidden; nothing where there is none."""
    for path in sorted(folder.rglob("*")):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _copy_all(root: Path, paths: Iterable[Path], target: Path) -> list[str]:
    """Copy files, each to its place below; one from elsewhere has its name alone."""
    target.mkdir(mode=0o700)
    left_out = []
    for path in dict.fromkeys(paths):
        inside = path.relative_to(root) if path.is_relative_to(root) else Path(path.name)
        if path.is_dir():
            continue
        if not _copy(path, target / inside):
            left_out.append(str(path))
    return left_out


def _copy(path: Path, target: Path) -> bool:
    """Copy a plain file; False where it is none, or too large."""
    descriptor = os.open(path.resolve(), os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        known = os.fstat(descriptor)
        if not stat.S_ISREG(known.st_mode) or known.st_size > _LARGEST or target.exists():
            return False
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with private(target) as copied:
            copied.write(file.read(_LARGEST))
            copied.flush()
            os.fsync(copied.fileno())
    return True


def _secrets(settings: Settings) -> tuple[str, ...]:
    """Give the files of secrets that the configuration names, as it names them."""
    return tuple(dict.fromkeys(_named(settings)))


def _named(table: object) -> Iterator[str]:
    """Give the values of keys that name a file of secrets, in a table and those in it."""
    if isinstance(table, tuple):
        for one in table:
            yield from _named(one)
    elif dataclasses.is_dataclass(table):
        for field in dataclasses.fields(table):
            value = getattr(table, field.name)
            if field.name in _PUBLIC or not field.name.endswith(_ENDINGS):
                yield from _named(value)
            elif value:
                yield str(value)
