"""How often somebody may ask for something."""

from collections.abc import Hashable
from datetime import datetime, timedelta

# Beyond so many, all of them together count as one.
_MOST_KEYS = 10_000


class Pace:
    """Lets each of many through so often within a time, and forgets them all when it is over."""

    def __init__(self, most: int, within: timedelta) -> None:
        """Begin with nobody."""
        self._most = most
        self._within = within
        self._since: datetime | None = None
        self._counted: dict[Hashable, int] = {}

    def allows(self, key: Hashable, now: datetime) -> bool:
        """Count one more, and say whether it is let through."""
        if self._since is None or not timedelta() <= now - self._since < self._within:
            self._since, self._counted = now, {}
        if key not in self._counted and len(self._counted) >= _MOST_KEYS:
            key = None
        count = self._counted.get(key, 0) + 1
        self._counted[key] = count
        return count <= self._most
