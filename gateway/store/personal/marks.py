"""What stands where something of a person was erased."""

import hashlib
from collections.abc import Callable

from sqlalchemy import Connection

from gateway.store.database import insert
from gateway.store.schema import raw_mails

ERASED = "erased"
"""In the place of an address, or of a reason."""

ERASED_TEXT = "[erased]"
"""In the place of words: a subject, a text."""

CONTENT = b"Subject: [erased]\r\n\r\n[erased]\r\n"
RAW = hashlib.sha256(CONTENT).hexdigest()
"""The mail that every erased mail's row in the spool speaks of.

It is kept under its hash like any other, so that the same bytes that come again are a mail of their
own, and nothing is left of the hash of those that were erased.
"""

_DIGITS = 8


def pseudonym(random_bytes: Callable[[int], bytes]) -> str:
    """Give what stands for a person where addresses are told apart; it is nobody's address.

    It is drawn by chance, so that nobody can find out whose it is.
    """
    return f"{ERASED}-{random_bytes(_DIGITS).hex()}"


def keep_mark(connection: Connection) -> None:
    """Keep the mail that stands for those that are erased."""
    row = {"sha256": RAW, "size": len(CONTENT), "content": CONTENT, "generation": 0}
    connection.execute(insert(connection, raw_mails).on_conflict_do_nothing(), row)
