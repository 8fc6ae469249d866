"""Erasing outgoing mails: what they said, and to whom they went."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, update

from gateway.store.personal.addresses import Addresses
from gateway.store.personal.marks import ERASED
from gateway.store.schema import outbox

NOTHING = b""
"""What an erased mail consists of; there is nothing left to send."""


def erase_posted(connection: Connection, ids: Collection[int], theirs: Addresses) -> None:
    """Erase mails that nothing more is tried with; when each went out, and whether, stays."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.settled_at.is_not(None))
        .values(content=NOTHING, topic="")
    )
    connection.execute(
        update(outbox)
        .where(
            outbox.c.id.in_(ids),
            outbox.c.settled_at.is_not(None),
            outbox.c.recipient.in_(theirs.all),
        )
        .values(recipient=ERASED, domain="", last_reply="")
    )


def erase_words(connection: Connection, ids: Collection[int]) -> None:
    """Erase what mails said, and keep to whom they went."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.settled_at.is_not(None))
        .values(content=NOTHING, topic="")
    )


def stop_posted(connection: Connection, ids: Collection[int]) -> None:
    """Send nothing more to somebody: what waits for them is removed, as if never written."""
    connection.execute(delete(outbox).where(outbox.c.id.in_(ids), outbox.c.settled_at.is_(None)))
