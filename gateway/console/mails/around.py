"""What stands on top of each page about mails: the queues with how many lie there, and alarms."""

from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.console.visit import Visit
from gateway.store import limits, outbox_list, queues
from gateway.store.queues import Queue


@dataclass(frozen=True, slots=True)
class Around:
    """`tabs` are places beside each other: address, name, whether we are there."""

    tabs: tuple[tuple[str, str, bool], ...]
    alarms: tuple[str, ...]


def around(visit: Visit, connection: Connection, here: str) -> Around:
    """Give what stands around a page; `here` is the address of the queue that it is about."""
    sizes = queues.sizes(connection)
    unsent = sum(outbox_list.unsent_counts(connection).values())
    places = (
        ("/held", "Held", sizes[Queue.HELD]),
        ("/failed", "Failed", sizes[Queue.FAILED]),
        ("/mails/waiting", "Waiting", sizes[Queue.WAITING]),
        ("/outbox", "Outbox", unsent),
        ("/mails/dropped", "Dropped", sizes[Queue.DROPPED]),
    )
    return Around(
        tabs=tuple((path, f"{name} ({count})", path == here) for path, name, count in places),
        alarms=limits.raised(connection, visit.now),
    )
