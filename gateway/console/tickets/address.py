"""Where pages about tickets are found."""

from urllib.parse import quote


def address_of(number: str) -> str:
    """Give the address of a ticket's page; a case number may have blanks and slashes in it."""
    return f"/tickets/{quote(number)}"
