"""Which agents were away at a time, from what was noted of the mails in which they said so."""

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Text, cast, or_, select

from gateway.store.portions import portions
from gateway.store.schema import spool

_AWAY = re.compile(r"(\S+) is away until (\S+)")
_BACK = re.compile(r"(\S+) is back")

_Noted = list[tuple[datetime, datetime | None]]


@dataclass(frozen=True, slots=True)
class Absences:
    """By each agent: when they said something of it, and until when they were away then."""

    noted: Mapping[str, _Noted]

    def away(self, agents: Collection[str], received_at: datetime, at: datetime) -> frozenset[str]:
        """Give the agents who were away for a mail that was decided on at a time."""
        return frozenset(one for one in agents if self._until(one, at, received_at))

    def _until(self, agent: str, at: datetime, received_at: datetime) -> bool:
        noted = self.noted.get(agent, [])
        place = bisect_left(noted, at, key=lambda one: one[0])
        until = noted[place - 1][1] if place else None
        return until is not None and until > received_at


def read_absences(connection: Connection, agents: Collection[str]) -> Absences:
    """Read what agents said of their being away."""
    found: dict[str, _Noted] = {}
    trace = cast(spool.c.trace, Text)
    said = or_(trace.contains(" is away until "), trace.contains(" is back"))
    for some in portions(agents):
        rows = connection.execute(
            select(spool.c.settled_at, spool.c.trace)
            .where(spool.c.author.in_(some), spool.c.settled_at.is_not(None), said)
            .order_by(spool.c.settled_at)
        )
        for at, traced in rows:
            for line in traced.get("decision", {}).get("consequences", ()):
                if away := _AWAY.fullmatch(line):
                    until = datetime.fromisoformat(away[2])
                    found.setdefault(away[1], []).append((at, until))
                elif back := _BACK.fullmatch(line):
                    found.setdefault(back[1], []).append((at, None))
    return Absences(found)
