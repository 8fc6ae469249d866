"""How often limited rules had hit for somebody at a time.

Hits are counted for as long as they matter and forgotten then; what was noted of each mail when it
was decided on stays.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from gateway.desk.needs import Limited
from gateway.store.schema import rule_hits, spool


def hits_before(
    connection: Connection,
    desk: str,
    senders: Collection[str],
    limited: Collection[Limited],
    at: datetime,
) -> tuple[tuple[str, int], ...]:
    """Count by the rule's name how often limited rules of a desk had hit for these addresses."""
    if not limited:
        return ()
    since = at - max(limit.within for limit in limited)
    counted: set[tuple[str, int, datetime]] = set(_noted(connection, desk, senders, since, at))
    known = {(rule, mail) for rule, mail, _ in counted}
    rows = connection.execute(
        select(rule_hits.c.rule, rule_hits.c.spool, rule_hits.c.at).where(
            rule_hits.c.sender.in_(senders),
            rule_hits.c.desk == desk,
            rule_hits.c.at > since,
            rule_hits.c.at < at,
        )
    )
    counted |= {(row.rule, row.spool, row.at) for row in rows if (row.rule, row.spool) not in known}
    return tuple(_counts(counted, limited, at))


def _noted(
    connection: Connection, desk: str, senders: Collection[str], since: datetime, at: datetime
) -> Iterator[tuple[str, int, datetime]]:
    """Give the rules that hit by what was noted of the mails of these senders."""
    rows = connection.execute(
        select(spool.c.id, spool.c.settled_at, spool.c.trace).where(
            spool.c.author.in_(senders),
            spool.c.desk == desk,
            spool.c.settled_at > since,
            spool.c.settled_at < at,
        )
    )
    for row in rows:
        for rule in (row.trace or {}).get("rules", ()):
            if isinstance(rule, Mapping) and rule.get("hit"):
                yield str(rule["rule"]), row.id, row.settled_at


def _counts(
    counted: Collection[tuple[str, int, datetime]], limited: Iterable[Limited], at: datetime
) -> Iterator[tuple[str, int]]:
    for limit in limited:
        since = at - limit.within
        count = sum(rule == limit.rule and when > since for rule, _, when in counted)
        if count:
            yield limit.rule, count
