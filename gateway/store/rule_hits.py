"""How often rules hit that may do so only so often per sender.

They are counted twice, like automatic mail (`store/limits.py`): on the snapshot that a decision
rests on, and in the transaction that writes it, under the lock of the sender.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from gateway.desk.needs import Limited
from gateway.store.conflict import Conflict
from gateway.store.database import insert
from gateway.store.portions import portions
from gateway.store.schema import rule_hits

_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule with a limit that hit for a mail, and for whom: an address, "" if nobody knows."""

    spool: int
    desk: str
    sender: str
    limited: Limited


@dataclass(frozen=True, slots=True)
class _Kept:
    spool: int
    desk: str
    sender: str
    rule: str
    at: datetime


class Hits:
    """What was read of earlier hits."""

    def __init__(self, kept: Iterable[_Kept], now: datetime) -> None:
        """Take what was read, as of now."""
        self._of: dict[tuple[str, str], list[_Kept]] = {}
        for one in kept:
            self._of.setdefault((one.desk, one.sender), []).append(one)
        self._now = now

    def count(
        self, desk: str, senders: Collection[str], limited: Iterable[Limited], spool: int
    ) -> tuple[tuple[str, int], ...]:
        """Count hits by the rule's name for a sender's addresses; a mail's own do not count."""
        found: Counter[str] = Counter()
        kept = [one for who in senders for one in self._of.get((desk, who), ())]
        for limit in limited:
            since = self._now - limit.within
            found[limit.rule] = sum(
                one.rule == limit.rule and one.at > since and one.spool != spool for one in kept
            )
        return tuple((rule, count) for rule, count in found.items() if count)


def read(
    connection: Connection,
    wanted: Iterable[tuple[str, str, Sequence[Limited]]],
    now: datetime,
) -> Hits:
    """Read what counts for these: a desk, a sender, and the limits of the desk's rules."""
    listed = [one for one in wanted if one[2]]
    if not listed:
        return Hits((), now)
    since = now - max(limit.within for _, _, limits in listed for limit in limits)
    desks = {desk for desk, _, _ in listed}
    kept: list[_Kept] = []
    for some in portions({sender for _, sender, _ in listed}):
        rows = connection.execute(
            select(
                rule_hits.c.spool,
                rule_hits.c.desk,
                rule_hits.c.sender,
                rule_hits.c.rule,
                rule_hits.c.at,
            ).where(
                rule_hits.c.sender.in_(some), rule_hits.c.desk.in_(desks), rule_hits.c.at > since
            )
        )
        kept += [_Kept(*row) for row in rows]
    return Hits(kept, now)


def record(connection: Connection, hits: Sequence[Hit], now: datetime) -> None:
    """Enter hits; the caller holds their senders' locks.

    Raises Conflict when one of them is one too many by now: the mail is decided on anew.
    """
    if not hits:
        return
    before = read(connection, [(hit.desk, hit.sender, [hit.limited]) for hit in hits], now)
    entered: Counter[tuple[str, str, str]] = Counter()
    for hit in hits:
        counts = before.count(hit.desk, [hit.sender], [hit.limited], hit.spool)
        key = (hit.desk, hit.sender, hit.limited.rule)
        if sum(count for _, count in counts) + entered[key] >= hit.limited.most:
            raise Conflict(f'the rule "{hit.limited.rule}" has hit {hit.limited.most} times')
        entered[key] += 1
    rows = [
        {
            "spool": hit.spool,
            "rule": hit.limited.rule,
            "desk": hit.desk,
            "sender": hit.sender,
            "at": now,
        }
        for hit in hits
    ]
    # A mail that was held and let in is decided on twice; its hit counts from the first time.
    connection.execute(insert(connection, rule_hits).on_conflict_do_nothing(), rows)


def forget(connection: Connection, before: datetime) -> int:
    """Delete hits from before then, about so many at once; say how many."""
    old = select(rule_hits.c.at).where(rule_hits.c.at < before).order_by(rule_hits.c.at)
    latest = connection.execute(old.offset(_AT_ONCE).limit(1)).scalar_one_or_none()
    condition = rule_hits.c.at <= latest if latest else rule_hits.c.at < before
    return connection.execute(delete(rule_hits).where(condition)).rowcount
