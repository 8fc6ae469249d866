"""Ids in the addresses of pages: `{name:id}` in a path."""

from starlette.convertors import Convertor, register_url_convertor


class Id(Convertor[int]):
    """A number that both databases have room for.

    Starlette's own `int` takes any length: Python refuses to read the longest before a page is
    asked, and no database has a row of the others.
    """

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        """Read it."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Write it."""
        return str(value)


def known_in_paths() -> None:
    """Let paths have ids in them; before the first such route is made."""
    register_url_convertor("id", Id())
