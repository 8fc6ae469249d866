"""Templates that somebody had mailed to themselves, to see what they come to."""

from datetime import datetime

from sqlalchemy import Connection, func, select, text

from gateway.store.schema import outbox

# It is nobody's notification, and counts towards no limit of what customers get.
TRY_OUT = "agent/try-out"
"""What such a mail is called in the outbox."""


def count_since(connection: Connection, address: str, since: datetime) -> int:
    """Count what was queued for an address, by a partial index of what is not counted otherwise."""
    found: int = connection.execute(
        select(func.count()).where(
            text("domain = ''"),
            outbox.c.recipient == address,
            outbox.c.queued_at > since,
            outbox.c.template == TRY_OUT,
        )
    ).scalar_one()
    return found
