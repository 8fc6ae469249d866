"""Alarms that stand until what they are about is over; `casepost status` shows them.

They are rows of the same table as those of the breakers, which end by themselves (`limits.py`).
"""

from datetime import UTC, datetime

from sqlalchemy import Connection, delete

from gateway.store.database import insert
from gateway.store.schema import alarms

_FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)


def begin(connection: Connection, about: str, what: str, until: datetime = _FOR_GOOD) -> None:
    """Raise an alarm, a sentence, or change what it says; one may end by itself."""
    entry = insert(connection, alarms).values(about=about, what=what, until=until)
    connection.execute(
        entry.on_conflict_do_update(
            index_elements=[alarms.c.about],
            set_={"what": entry.excluded.what, "until": entry.excluded.until},
        )
    )


def end(connection: Connection, about: str) -> None:
    """End an alarm, if there is one."""
    connection.execute(delete(alarms).where(alarms.c.about == about))
