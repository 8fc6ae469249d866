"""Whether memory grows: of a daemon with time, of workers from one to the next.

A worker takes more memory with the mails that it takes in, up to what it needs, and is killed again
and again here: so workers are compared at one age, early ones with late ones.
"""

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from soak.samples import Sample

_AGES = (5, 10, 20, 40, 80, 160, 320, 640, 1280)
_LEAST = 6


def growth(megabytes: Sequence[float]) -> float:
    """Give the last quarter's usual memory, as a multiple of the second quarter's.

    The first quarter is left out: what a process needs once, it takes then.
    """
    quarter = len(megabytes) // 4
    if not quarter:
        return 1.0
    before = median(megabytes[quarter : 2 * quarter])
    after = median(megabytes[-quarter:])
    return after / before if before else 1.0


def growth_of_workers(samples: Sequence[Sample]) -> float:
    """Give what the later half of workers have, as a multiple of the earlier at the same age.

    It is that of the kind that grew most, workers or processes forked from them, each at the age
    that most of them came to. Where too few did, the memory of the largest is looked at instead.
    """
    peers: dict[tuple[bool, int], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for sample in samples:
        for one in sample.workers:
            age = max((least for least in _AGES if one.age >= least), default=0)
            if age and one.megabytes:
                peers[one.forked, age][one.pid].append(one.megabytes)
    grown = []
    for forked in (True, False):
        fullest = max(
            (by_pid for (kind, _), by_pid in peers.items() if kind is forked), key=len, default={}
        )
        # In the order of their coming, which a dictionary keeps.
        each = [median(megabytes) for megabytes in fullest.values()]
        if len(each) >= _LEAST:
            half = len(each) // 2
            grown.append(median(each[-half:]) / median(each[:half]))
    return max(grown, default=growth([sample.largest_worker for sample in samples]))
