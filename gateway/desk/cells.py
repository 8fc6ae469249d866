"""What a cell of a table holds, and what is wrong with it."""

from collections.abc import Callable, Mapping

from gateway.config.address import canonical
from gateway.desk.calendar import known_zone
from gateway.desk.dates import read_date

_MOST_CHARACTERS = 1000

Wrong = Callable[[str, str], None]
"""Takes what is wrong: the column, and what to do about it."""


def cleaned(cells: Mapping[str, str], wrong: Wrong) -> dict[str, str]:
    """Give cells by their columns' names without needless blanks; what is too long is left out."""
    return {column: _clean(column, text, wrong) for column, text in cells.items()}


def _clean(column: str, text: str, wrong: Wrong) -> str:
    if len(text) > _MOST_CHARACTERS:
        wrong(column, f"a cell has at most {_MOST_CHARACTERS} characters, and this has {len(text)}")
        return ""
    return " ".join(text.split())


def needed_address(column: str, text: str, wrong: Wrong) -> str:
    """Give the canonical address that a cell must hold, "" if it does not."""
    if not text:
        wrong(column, f"the {column} is missing")
    return check_address(column, text, wrong)


def check_address(column: str, text: str, wrong: Wrong) -> str:
    """Give the canonical address that a cell holds, "" if it holds none."""
    if not text:
        return ""
    try:
        return canonical(text)
    except ValueError as error:
        wrong(column, f'"{text}" is no mail address: {error}')
        return ""


def check_date(column: str, text: str, wrong: Wrong) -> None:
    """Say what is wrong with a date, which may be missing."""
    if not text:
        return
    try:
        read_date(text)
    except ValueError as error:
        wrong(column, str(error))


def check_zone(column: str, text: str, wrong: Wrong) -> None:
    """Say what is wrong with a time zone, which may be missing."""
    if text and not known_zone(text):
        wrong(column, f'"{text}" is no time zone, such as Europe/Amsterdam')


def address_in(text: str) -> str:
    """Give the canonical address that a stored cell holds; "" if it holds none."""
    try:
        return canonical(text) if text else ""
    except ValueError:
        return ""
