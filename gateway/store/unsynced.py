"""What is in the database and perhaps not on the disk yet, and whether it may be gone again.

A server that ends forgets what it has not synced. Whoever wrote that has to write it once more, and
knows by its connections: none outlives the server.
"""

from collections.abc import Sequence
from time import monotonic
from typing import Generic, TypeVar

from gateway.store.database import Database

Item = TypeVar("Item")


class Unsynced(Generic[Item]):
    """The items of one group commit that wait for a sync, and since when."""

    def __init__(self, database: Database) -> None:
        """Begin with none."""
        self._database = database
        self._items: list[Item] = []
        self._connected = 0
        self.since: float | None = None
        """When the first of them was written, by the monotonic clock; None if there are none."""

    def add(self, items: Sequence[Item]) -> None:
        """Note what was written without a sync, just now."""
        self.forget_synced()
        if self.since is None:
            self.since = monotonic()
            self._connected = self._database.connected
        self._items += items

    def put_off(self) -> None:
        """Count the time anew, after a sync that failed."""
        self.since = monotonic()

    def forget_synced(self) -> None:
        """Forget what another commit of this process has taken along to the disk."""
        if self.since is not None and self.since < self._database.synced_at and not self.doubtful:
            self.clear()

    def clear(self) -> None:
        """Forget all: they are on the disk."""
        self._items, self.since = [], None

    @property
    def doubtful(self) -> Sequence[Item]:
        """Give those that the database may have forgotten: it was connected to anew since."""
        return self._items if self._connected != self._database.connected else ()
