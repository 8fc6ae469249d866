"""Mailboxes that no node reads: where none has the role, or none that has it can ask the database.

Nobody who reads a mailbox can tell of that, so whoever keeps house does.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from gateway.config.settings import ImapAccount
from gateway.imap_source.health import source_name
from gateway.store import alarms, imap, leases
from gateway.store.database import Database

# Longer than a node takes to start, or another to go on in its place.
_UNREAD = timedelta(minutes=10)
# It is told anew each minute, as long as it is so.
_ALARM = timedelta(minutes=3)


def tell_unread(
    database: Database, accounts: Iterable[ImapAccount], began_at: datetime, now: datetime
) -> None:
    """Raise an alarm for each mailbox that nobody has read for long, since `began_at` at most.

    Raises Transient.
    """
    with database.reading() as connection:
        readers = leases.holders(connection, now)
        last = {
            name: imap.last_success(connection, name)
            for name in map(source_name, accounts)
            if name not in readers
        }
    unread = [name for name, at in last.items() if now - max(at or began_at, began_at) >= _UNREAD]
    if not unread:
        return
    with database.writing(durable=False) as connection:
        for name in unread:
            what = f"no node reads {name}: start a daemon with the role imap, or remove the account"
            alarms.begin(connection, f"unread {name}", what, now + _ALARM)
