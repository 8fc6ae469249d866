"""Read one TOML file, and remember where in it everything stands."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from gateway.config.positions import Location, Place, positions
from gateway.config.text_file import read_text, refuse, refuse_pipe
from gateway.errors import Finding

_LONGEST = 1024 * 1024
_BEGINNING = Place(1, 1)
_PLACE = re.compile(r" \((?:at line (?P<line>\d+), column (?P<column>\d+)|at end of document)\)$")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A TOML file: what it says, and where."""

    path: Path
    tree: Mapping[str, Any]
    places: Mapping[Location, Place]

    def finding(self, message: str, *location: str | int) -> Finding:
        """Say what is wrong at a location, or at the nearest thing around it that is written."""
        while location and location not in self.places:
            location = location[:-1]
        place = self.places.get(location, _BEGINNING)
        return self._finding(message, place.line, place.column)

    def finding_inside(self, message: str, offset: int, *location: str | int) -> Finding:
        """Say what is wrong at a character of the text at a location, counted from 0."""
        place = self.places.get(location, _BEGINNING)
        if not place.written:
            return self.finding(message, *location)
        return self._finding(message, *place.inside(offset))

    def _finding(self, message: str, line: int, column: int) -> Finding:
        # A message may repeat what the file says, and stays on one line all the same.
        clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in message)
        return Finding(str(self.path), line, clean, column)

    def texts(self) -> Iterator[tuple[Location, str]]:
        """Give every text value of the file with its location."""
        return _texts(self.tree, ())


def read(path: Path) -> TomlFile:
    """Read a TOML file of at most 1 MiB; raises Misconfigured where that cannot be done."""
    refuse_pipe(path)
    # TOML ends lines with LF or CRLF.
    source = read_text(path, _LONGEST).replace("\r\n", "\n")
    try:
        return TomlFile(path, tomllib.loads(source), positions(source))
    except tomllib.TOMLDecodeError as error:
        _refuse_syntax(path, source, str(error))
    except RecursionError:
        refuse(path, 0, "this is nested too deeply")


def did_you_mean(word: str, known: tuple[str, ...]) -> str:
    """Give `; did you mean "..."?` for the known word nearest to one that is not known, or ""."""
    by_folded = {name.casefold().replace("-", "_"): name for name in known}
    near = get_close_matches(word.casefold().replace("-", "_"), by_folded, n=1)
    return f'; did you mean "{by_folded[near[0]]}"?' if near else ""


def _refuse_syntax(path: Path, source: str, text: str) -> NoReturn:
    place = _PLACE.search(text)
    what = text[: place.start()] if place else text
    if what == r"Illegal character '\n'":
        what = "the quotation mark is not closed on this line"
    if place and place["line"]:
        at = f"at column {place['column']}"
        refuse(path, int(place["line"]), f"not well-formed TOML {at}: {_lower_first(what)}")
    last = source.rstrip("\n").count("\n") + 1
    refuse(path, last, f"not well-formed TOML at the end of the file: {_lower_first(what)}")


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _texts(value: object, location: Location) -> Iterator[tuple[Location, str]]:
    if isinstance(value, str):
        yield location, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, (*location, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*location, index))
