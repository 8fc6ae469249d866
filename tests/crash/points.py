"""The points at which a daemon is killed: named ones, and system calls of its threads."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

ROLES = frozenset({"listener", "imap", "courier", "clock", "worker", "daemon"})
"""Whose system calls are killed."""
DAEMON = "daemon"
WORKER = "worker"
# So often or less, something comes as often in each run.
_FEW = 4
# How the threads of a daemon are called, and whose they are.
_ROLES = (
    ("listener", "listener"),
    ("commit-intake", "listener"),
    ("imap-", "imap"),
    ("commit-outbox", "courier"),
    ("courier-", "courier"),
    ("ThreadPoolExecutor", "clock"),
    ("APScheduler", "clock"),
)


@dataclass(frozen=True, slots=True)
class Point:
    """Where to kill: the `number`th time that `name` is reached.

    `name` is that of a fail point, or with a `role` of a system call of one of its threads. `group`
    says whether all of the daemon's processes die, or only the one that came there. A `first_start`
    is one in a data folder without a database.
    """

    name: str
    number: int
    role: str = ""
    group: bool = field(default=False, compare=False)
    first_start: bool = False

    @property
    def kind(self) -> str:
        """Give the line of the table that it counts in."""
        if self.first_start:
            return "first start"
        return (
            f"{self.role}: system calls" if self.role else f"{self.name.partition('.')[0]}: named"
        )

    def __str__(self) -> str:
        """Write it in a line."""
        place = f"{self.role} {self.name}" if self.role else self.name
        who = " all" if self.group else ""
        return f"{place}:{self.number}{who}{' first-start' if self.first_start else ''}"


def role_of(thread: str) -> str:
    """Say whose a thread is, "" if it is none that is watched by itself."""
    return next((role for prefix, role in _ROLES if thread.startswith(prefix)), "")


def ids_of(role: str, pid: int, threads: Mapping[str, int], workers: Sequence[int]) -> list[int]:
    """Give the threads of a role, or the processes, by what the daemon said of itself."""
    match role:
        case "daemon":
            return [pid]
        case "worker":
            return list(workers)
        case _:
            return [number for name, number in threads.items() if role_of(name) == role]


def reached(path: Path) -> Counter[str]:
    """Give how often one process came to each named point in a run that was only counted."""
    lines = path.read_text().splitlines() if path.exists() else []
    counts = Counter(line for line in lines)
    most: Counter[str] = Counter()
    for line, count in counts.items():
        name = line.partition(" ")[0]
        most[name] = max(most[name], count)
    return most


def named(counts: Mapping[str, int], *, first_start: bool = False) -> list[Point]:
    """Give all named points, each as often as it is surely reached."""
    return [
        Point(name, number, first_start=first_start)
        for name, count in sorted(counts.items())
        for number in range(1, _surely(count) + 1)
    ]


def of_calls(counts: Mapping[tuple[str, str], int], *, first_start: bool = False) -> list[Point]:
    """Give all system calls of each role, each as often as one of its threads surely makes it."""
    return [
        Point(syscall, number, role, first_start=first_start)
        for (role, syscall), count in sorted(counts.items())
        for number in range(1, _surely(count) + 1)
    ]


def _surely(count: int) -> int:
    """Say how often something comes again that came so often: no two runs are quite alike."""
    return count if count <= _FEW else count * 4 // 5


def chosen(points: Iterable[Point], most: int) -> list[Point]:
    """Choose so many, evenly: each name in turn, and of each the numbers spread over its range.

    At every other point the whole group dies.
    """
    by_name: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for point in points:
        by_name[point.role, point.name].append(point)
    share = dict.fromkeys(by_name, 0)
    while (left := most - sum(share.values())) > 0:
        more = [key for key, own in by_name.items() if share[key] < len(own)][:left]
        if not more:
            break
        for key in more:
            share[key] += 1
    found = [point for key, own in by_name.items() for point in _spread(own, share[key])]
    return [replace(point, group=bool(place % 2)) for place, point in enumerate(found)]


def _spread(points: Sequence[Point], count: int) -> Iterator[Point]:
    """Give so many of them, the first and the last among them where there are two."""
    if count == 1:
        yield points[0]
    for number in range(count if count > 1 else 0):
        yield points[number * (len(points) - 1) // (count - 1)]


def instead(point: Point, taken: Container[Point]) -> Point | None:
    """Give an earlier point of the same name in place of one that a run did not come to."""
    for number in range(point.number * 3 // 4, 0, -1):
        other = replace(point, number=number)
        if number < point.number and other not in taken:
            return other
    return None
