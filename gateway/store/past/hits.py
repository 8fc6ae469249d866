"""How often limited rules had hit for somebody at a time.

Hits are counted for as long as they matter and forgotten then; what was noted of each mail when it
was decided on stays.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from gateway.config import duration
from gateway.desk.needs import Limited
from gateway.store.past.decided import Decided
from gateway.store.schema import rule_hits, spool

# As a rule at its limit says why it misses.
_AT_LIMIT = re.compile(r"has hit (\d{1,9}) times within (.{1,100})")


def hits_before(
    connection: Connection,
    mail: Decided,
    senders: Collection[str],
    limited: Collection[Limited],
    at: datetime,
) -> tuple[tuple[str, int], ...]:
    """Count by the rule's name how often limited rules had hit for these addresses before a mail.

    Where less can be found now than what the mail's own trace says, the trace counts.
    """
    if not limited:
        return ()
    since = at - max(limit.within for limit in limited)
    counted: set[tuple[str, int, datetime]] = set(_noted(connection, mail, senders, since, at))
    known = {(rule, number) for rule, number, _ in counted}
    rows = connection.execute(
        select(rule_hits.c.rule, rule_hits.c.spool, rule_hits.c.at).where(
            rule_hits.c.sender.in_(senders),
            rule_hits.c.desk == mail.desk,
            rule_hits.c.at > since,
            _is_before(rule_hits.c.at, rule_hits.c.spool, mail, at),
        )
    )
    counted |= {(row.rule, row.spool, row.at) for row in rows if (row.rule, row.spool) not in known}
    return tuple(_counts(counted, dict(_said(mail)), limited, at))


def _is_before(
    when: ColumnElement[datetime], number: ColumnElement[int], mail: Decided, at: datetime
) -> ColumnElement[bool]:
    """Say that something was written before a mail; of one moment, the mail that came earlier."""
    return or_(when < at, and_(when == at, number < mail.spool_id))


def _said(mail: Decided) -> Iterator[tuple[str, tuple[int, timedelta]]]:
    """Give the rules that were at their limit by a mail's trace: how often at least, within what.

    Their hits may be forgotten, and the mails that made them removed.
    """
    listed = mail.trace.get("rules")
    for rule in listed if isinstance(listed, list) else ():
        if isinstance(rule, Mapping) and (found := _AT_LIMIT.fullmatch(str(rule.get("why")))):
            yield str(rule.get("rule")), (int(found[1]), duration.parse(found[2]))


def _noted(
    connection: Connection, mail: Decided, senders: Collection[str], since: datetime, at: datetime
) -> Iterator[tuple[str, int, datetime]]:
    """Give the rules that hit by what was noted of the mails of these senders."""
    rows = connection.execute(
        select(spool.c.id, spool.c.settled_at, spool.c.trace).where(
            spool.c.author.in_(senders),
            spool.c.desk == mail.desk,
            spool.c.settled_at > since,
            _is_before(spool.c.settled_at, spool.c.id, mail, at),
        )
    )
    for row in rows:
        for rule in (row.trace or {}).get("rules", ()):
            if isinstance(rule, Mapping) and rule.get("hit"):
                yield str(rule["rule"]), row.id, row.settled_at


def _counts(
    counted: Collection[tuple[str, int, datetime]],
    said: Mapping[str, tuple[int, timedelta]],
    limited: Iterable[Limited],
    at: datetime,
) -> Iterator[tuple[str, int]]:
    for limit in limited:
        since = at - limit.within
        count = sum(rule == limit.rule and when > since for rule, _, when in counted)
        least, within = said.get(limit.rule, (0, timedelta()))
        if within <= limit.within:
            count = max(count, least)
        if count:
            yield limit.rule, count
