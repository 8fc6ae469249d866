"""Reading a TOML table key by key, and noting everything that is wrong with it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from gateway.config.positions import Location
from gateway.config.toml_file import TomlFile, did_you_mean
from gateway.errors import Finding

T = TypeVar("T")


class Table:
    """One table of a file; what is wrong goes to `findings`, and the reader gets a stand-in."""

    def __init__(
        self, file: TomlFile, location: Location, tree: Mapping[str, Any], findings: list[Finding]
    ) -> None:
        """Read the table `tree`, which stands at `location`."""
        self.tree = tree
        self._file = file
        self._location = location
        self._findings = findings

    @property
    def line(self) -> int:
        """Give the line on which the table begins."""
        return self._file.finding("", *self._location).line

    def wrong(self, message: str, *inside: str | int) -> None:
        """Note what is wrong, here or at a key inside."""
        self._findings.append(self._file.finding(message, *self._location, *inside))

    def has_only(self, known: Iterable[str], later: Mapping[str, str] | None = None) -> None:
        """Note keys that are not known; `later` are known ones of what this version has not."""
        known = tuple(known)
        for key in self.tree:
            if later and key in later:
                self.wrong(f'"{key}" cannot be played: {later[key]}', key)
            elif key not in known:
                self.wrong(f'unknown key "{key}"{did_you_mean(key, known)}', key)

    def text(self, key: str, default: str = "") -> str:
        """Read a text."""
        return self._read(key, str, "must be text in quotes") or default

    def needed_text(self, key: str) -> str:
        """Read a text that must be there and not empty."""
        text = self.text(key)
        if key not in self.tree:
            self.wrong(f'the key "{key}" is missing')
        elif self.tree[key] == "":
            self.wrong(f'"{key}" must not be empty', key)
        return text

    def flag(self, key: str, *, default: bool) -> bool:
        """Read true or false."""
        value = self._read(key, bool, "must be true or false, without quotes")
        return default if value is None else value

    def count(self, key: str, least: int) -> int | None:
        """Read a whole number, or None if there is none."""
        value = self._read(key, int, "must be a whole number, without quotes")
        if value is not None and value < least:
            self.wrong(f'"{key}" must be at least {least}', key)
            return None
        return value

    def moment(self, key: str) -> datetime | None:
        """Read a time with its offset, as UTC; quotation marks around it do no harm."""
        value = _written_time(self.tree.get(key))
        if value is None:
            self._read(key, datetime, "must be a time such as 2026-03-02T09:00:00+01:00")
        if value is not None and value.tzinfo is None:
            self.wrong(f'"{key}" needs an offset, as in 2026-03-02T09:00:00+01:00', key)
            return None
        return value.astimezone(UTC) if value else None

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Read one text or a list of texts, or None if there is none."""
        value = self.tree.get(key)
        if value is None:
            return None
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            self.wrong(f'"{key}" must be text in quotes, or a list of such', key)
            return None
        return tuple(found)

    def table(self, key: str) -> "Table | None":
        """Read a table inside this one, or None if there is none."""
        value = self._read(key, dict, "must be a table in { }")
        return None if value is None else self._inner(value, key)

    def tables(self, key: str, demand: str) -> list["Table"]:
        """Read a list of tables; `demand` says how they are written."""
        value = self._read(key, list, demand) or []
        if not all(isinstance(one, Mapping) for one in value):
            self.wrong(f'"{key}" {demand}', key)
            return []
        return [self._inner(one, key, index) for index, one in enumerate(value)]

    def _inner(self, tree: Mapping[str, Any], *where: str | int) -> "Table":
        return Table(self._file, (*self._location, *where), tree, self._findings)

    def _read(self, key: str, kind: type[T], demand: str) -> T | None:
        value = self.tree.get(key)
        if value is None:
            return None
        # A bool is an int to Python, and to nobody else.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.wrong(f'"{key}" {demand}', key)
            return None
        return value


def _written_time(value: object) -> datetime | None:
    """Give a time of a file, None for anything else."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, datetime) else None
