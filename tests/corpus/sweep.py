"""Every mail of a folder read in a process of its own, whose memory is measured."""

import multiprocessing
import multiprocessing.pool
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.labels import Format, Labelled, load
from corpus.seen import Broken, Seen, see
from lib.memory import most_memory

MOST_SECONDS = 2.0
MOST_MEMORY = 256 * 1024 * 1024
# Much longer than any mail may take on a busy machine: from here on it hangs.
_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Sweep:
    """What was seen of each mail, and the most memory that the reading process had, in bytes."""

    mails: tuple[tuple[Labelled, Seen], ...]
    broken: tuple[tuple[Labelled, Broken], ...]
    peak: int

    def slow(self) -> list[tuple[Labelled, float]]:
        """Give the mails that took longer than they may, with their seconds of CPU."""
        return [(one, seen.seconds) for one, seen in self.mails if seen.seconds > MOST_SECONDS]


def sweep(folder: Path) -> Sweep:
    """Read every mail of a folder. Raises NoLabels."""
    mails: list[tuple[Labelled, Seen]] = []
    broken: list[tuple[Labelled, Broken]] = []
    # Spawned: a fork would begin with the memory of this process.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for one, seen in _seen(pool, folder):
            if isinstance(seen, Broken):
                broken.append((one, seen))
            else:
                mails.append((one, seen))
            if isinstance(seen, Broken) and seen.why == _HANGS:
                return Sweep(tuple(mails), tuple(broken), 0)
        return Sweep(tuple(mails), tuple(broken), pool.apply(most_memory))


_HANGS = f"was not read within {_PATIENCE:.0f} s"


def _seen(
    pool: multiprocessing.pool.Pool, folder: Path
) -> Iterator[tuple[Labelled, Seen | Broken]]:
    """Give each mail with what was seen of it; of those that are the same one is read."""
    known: dict[tuple[Format, bytes], Seen | Broken] = {}
    for one in load(folder):
        key = (one.format, one.raw)
        if key not in known:
            try:
                known[key] = pool.apply_async(see, (one,)).get(_PATIENCE)
            except multiprocessing.TimeoutError:
                known[key] = Broken(_HANGS, _PATIENCE)
        yield one, known[key]
