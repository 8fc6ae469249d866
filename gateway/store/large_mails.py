"""Large mails outside the database: what each is called, and what a place for them can do.

A mail's name is made of the SHA-256 of its bytes, so that the same mail kept twice is one. A name
that was given up is never used again (`store/removals.py`): the next mail of these very bytes has
the next generation.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from gateway.errors import Transient

_NAME = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{62})(?:\.([1-9][0-9]{0,5}))?")


class Missing(Transient):
    """No mail of that name is there; a folder that is not mounted looks the same."""


class Named(NamedTuple):
    """The hash of a mail's bytes, in hexadecimal digits, and how often its name was given up."""

    sha256: str
    generation: int = 0

    def __str__(self) -> str:
        """Give the name, with slashes, as every place has it."""
        later = f".{self.generation}" if self.generation else ""
        return f"{self.sha256[:2]}/{self.sha256}{later}"


def read_name(name: str) -> Named | None:
    """Give what a name says; None if it is no large mail's."""
    found = _NAME.fullmatch(name)
    return Named(found[2], int(found[3] or 0)) if found else None


class Stored(NamedTuple):
    """Something that lies in a place, and since when, by the place's clock."""

    name: str
    written_at: datetime


class Page(NamedTuple):
    """Some of what lies in a place, in the order of names; `more` says that it goes on."""

    stored: tuple[Stored, ...]
    more: bool


class Place(Protocol):
    """Where large mails are: each whole, under its name, or not at all.

    All raise Transient when the place does not answer, within a time that it bounds itself;
    OSError is a disk's.
    """

    def keep(self, name: str, file: Path) -> None:
        """Make a file's bytes durable under a name; the file may be gone afterwards."""

    def read(self, name: str, size: int) -> bytes:
        """Read at most so many bytes, from the first on. Raises Missing."""

    def page(self, after: str, limit: int) -> Page:
        """Give what lies there under names after that one."""

    def remove(self, names: Collection[str], before: datetime) -> int:
        """Remove what has these names and was not written since then; how many were removed."""


@dataclass(frozen=True, slots=True)
class LargeMails:
    """Mails over `bound` bytes: kept in the first of the places, read from whichever has them.

    Those that still come in are files in `incoming`. `patience` is how many seconds a worker reads
    mails for before it takes in what it has.
    """

    bound: int
    incoming: Path
    patience: float
    places: tuple[Place, ...]

    def keep(self, named: Named, file: Path) -> None:
        """Make a file's bytes durable. Raises OSError and Transient."""
        self.places[0].keep(str(named), file)

    def read(self, named: Named, size: int) -> bytes:
        """Read a mail of that size. Raises Transient, for bytes that have changed as well."""
        content = self.read_head(named, size + 1)
        if hashlib.sha256(content).hexdigest() != named.sha256:
            raise Transient(f"mail {named} is not what was kept: its bytes have changed")
        return content

    def read_head(self, named: Named, size: int) -> bytes:
        """Read the beginning of a mail. Raises Transient when it can't be read."""
        lacking = []
        for place in self.places:
            try:
                return place.read(str(named), size)
            except Missing as error:
                lacking.append(str(error))
        raise Missing("; ".join(lacking))
