"""The addresses of one person, and how they are found and replaced in what is kept.

An address counts only as a whole: `an@klant.example` does not stand in `jan@klant.example`.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Text, cast, func, or_, select

from gateway.store.schema import person_aliases, persons

# Letters and accents beyond ASCII that are part of a word (RFC 6532); other scripts have no blanks
# before an address.
_LETTERS = "A-Za-z0-9\u00aa\u00b5\u00ba\u00c0-\u02af\u0300-\u052f\u1e00-\u1fff"
# RFC 5322 section 3.2.3: what an atom is made of, and a dot between two.
_ATOM = rf"{_LETTERS}!#$%&'*+/=?^_`{{|}}~.-"
_BEFORE = f"(?<![{_ATOM}])"
_AFTER = rf"(?![{_LETTERS}-]|\.[{_LETTERS}])"
# An atom may have these, too, but around an address they quote it.
_QUOTES = "'*_`"


@dataclass(frozen=True, slots=True)
class Addresses:
    """A person's addresses in small letters, the main one first."""

    all: tuple[str, ...]

    def __contains__(self, address: object) -> bool:
        """Say whether an address is theirs, in any letter case."""
        return isinstance(address, str) and address.lower() in self.all

    def are_in(self, value: Any) -> bool:  # noqa: ANN401  whatever a column has
        """Say whether one of them stands in a text, or in one of a JSON value."""
        if isinstance(value, str):
            return bool(self.all) and self._pattern().search(value) is not None
        if isinstance(value, dict):
            return any(self.are_in(one) for pair in value.items() for one in pair)
        return isinstance(value, list | tuple) and any(self.are_in(one) for one in value)

    def replaced(self, value: Any, by: str) -> Any:  # noqa: ANN401  the same
        """Give a text, or a JSON value, with something in the place of each of them."""
        if isinstance(value, str):
            return self._pattern().sub(by, value) if self.all else value
        if isinstance(value, dict):
            return {self.replaced(k, by): self.replaced(v, by) for k, v in value.items()}
        return [self.replaced(one, by) for one in value] if isinstance(value, list) else value

    def may_be_in(self, column: Column[Any]) -> ColumnElement[bool]:
        """Say, in SQL, which rows have one of them in a column, and some that only look so."""
        written = func.lower(cast(column, Text))
        # SQLite knows the small letters of ASCII alone.
        spelled = {form for one in self.all for form in (one, _with_capitals(one))}
        forms = sorted(spelled | {json.dumps(one)[1:-1].lower() for one in spelled})
        return or_(*(written.contains(form, autoescape=True) for form in forms))

    def _pattern(self) -> re.Pattern[str]:
        theirs = "|".join(re.escape(one) for one in sorted(self.all, key=len, reverse=True))
        quoted = "|".join(
            f"(?<={q})(?<![{_ATOM}]{q})(?:{theirs})(?={q})" for q in map(re.escape, _QUOTES)
        )
        return re.compile(f"{_BEFORE}(?:{theirs}){_AFTER}|{quoted}", re.IGNORECASE)


def _with_capitals(address: str) -> str:
    """Write an address as it is in capitals, to whom only those of ASCII are any."""
    return "".join(c if c.isascii() else c.upper() for c in address)


def addresses_of(connection: Connection, address: str) -> Addresses:
    """Give all addresses of whoever has this one, by the directory."""
    alias = select(person_aliases.c.address).where(person_aliases.c.alias == address)
    main = connection.execute(alias).scalar() or address
    others = select(person_aliases.c.alias).where(person_aliases.c.address == main)
    found = [main, *sorted(connection.execute(others).scalars()), address]
    return Addresses(tuple(dict.fromkeys(found)))


def is_known(connection: Connection, theirs: Addresses) -> bool:
    """Say whether the directory has a row of theirs."""
    found = select(persons.c.address).where(persons.c.address.in_(theirs.all))
    return connection.execute(found).first() is not None


def shown(values: Sequence[str]) -> str:
    """Write addresses in a sentence."""
    return ", ".join(values)
