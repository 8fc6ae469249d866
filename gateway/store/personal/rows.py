"""Erasing a person's rows: in the directory, of limits, ratings and notices, and as a user."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, case, delete, func, or_, select, update

from gateway.store.personal.addresses import Addresses
from gateway.store.personal.marks import ERASED, pseudonym
from gateway.store.schema import (
    absences,
    account_names,
    correspondents,
    defect_notices,
    feedback,
    message_ids,
    orders,
    person_aliases,
    persons,
    rule_hits,
    sessions,
    sign_in_failures,
    users,
)

_REMOVED: tuple[tuple[Table, tuple[Column[Any], ...]], ...] = (
    (persons, (persons.c.address,)),
    (person_aliases, (person_aliases.c.alias, person_aliases.c.address)),
    (orders, (orders.c.address,)),
    (account_names, (account_names.c.address,)),
    (absences, (absences.c.agent,)),
    (correspondents, (correspondents.c.address,)),
    (rule_hits, (rule_hits.c.sender,)),
    (sign_in_failures, (sign_in_failures.c.address,)),
    (message_ids, (message_ids.c.given_to,)),
)
_CHANGED = (
    (feedback, feedback.c.recipient),
    (defect_notices, defect_notices.c.recipient),
    (users, users.c.address),
)


def counted(connection: Connection, theirs: Addresses) -> Mapping[str, int]:
    """Count a person's rows, by table; tables without any are left out."""
    conditions = [
        (table, or_(*(_of(one, theirs) for one in columns))) for table, columns in _REMOVED
    ]
    conditions += [(table, _of(column, theirs)) for table, column in _CHANGED]
    found = {
        table.name: connection.execute(
            select(func.count()).select_from(table).where(condition)
        ).scalar_one()
        for table, condition in conditions
    }
    return {name: count for name, count in sorted(found.items()) if count}


def _of(column: Column[Any], theirs: Addresses) -> Any:  # noqa: ANN401  a condition
    return column.in_(theirs.all)


def remove_rows(connection: Connection, theirs: Addresses) -> None:
    """Remove what is kept of a person alone."""
    for table, columns in _REMOVED:
        connection.execute(delete(table).where(or_(*(_of(one, theirs) for one in columns))))


def change_rows(
    connection: Connection,
    theirs: Addresses,
    random_bytes: Callable[[int], bytes],
    now: datetime,
) -> None:
    """Keep ratings and notices without whose they are; links to rate by end.

    Whose they are told apart by is drawn by chance.
    """
    connection.execute(
        update(feedback)
        .where(_of(feedback.c.recipient, theirs))
        .values(
            recipient=ERASED,
            comment="",
            unconfirmed_comment="",
            expires_at=case((feedback.c.expires_at < now, feedback.c.expires_at), else_=now),
        )
    )
    connection.execute(
        update(defect_notices)
        .where(_of(defect_notices.c.recipient, theirs))
        .values(recipient=pseudonym(random_bytes))
    )


def erase_user(
    connection: Connection,
    theirs: Addresses,
    random_bytes: Callable[[int], bytes],
    now: datetime,
) -> None:
    """Let a user sign in no more, and keep their row without who they are."""
    known = list(
        connection.execute(select(users.c.id).where(_of(users.c.address, theirs))).scalars()
    )
    for user in known:
        connection.execute(delete(sessions).where(sessions.c.user == user))
        nobody = {
            "address": pseudonym(random_bytes),
            "name": "",
            "password": "",
            "disabled_at": now,
        }
        connection.execute(update(users).where(users.c.id == user).values(nobody))


def is_user(connection: Connection, theirs: Addresses) -> bool:
    """Say whether a person may sign in to the console, or could once."""
    found = select(users.c.id).where(_of(users.c.address, theirs)).limit(1)
    return connection.execute(found).first() is not None
