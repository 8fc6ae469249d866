"""`make crash`: kill a daemon at every point, start it again, and compare what everybody knows."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from crash import stage, table, tracing
from crash.broken import BREAKAGES
from crash.campaign import Campaign, Result, Task
from crash.lane import Lane
from crash.points import ROLES, Point, chosen, named, of_calls
from crash.stage import Stage
from servers import certificates, dovecot, postgresql, process

_LEAST = 300
_DEFAULT = 330
_KEPT = Path("var/crash")
# Of a run that ended badly; all follows from the first ones.
_SHOWN = 4
# What comes so early comes in each run.
_EARLY = 10
# What of the points is for what, in hundredths; the rest are system calls of a daemon at work.
_NAMED, _FIRST_START, _ON_POSTGRESQL = 36, 8, 6


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make crash", description=__doc__)
    parser.add_argument("--points", type=int, default=_DEFAULT, help="how many (%(default)s)")
    parser.add_argument("--lanes", type=int, default=3, help="runs at a time (%(default)s)")
    parser.add_argument(
        "--database", choices=("both", "sqlite", "postgresql"), default="both", help="%(default)s"
    )
    parser.add_argument("--only", default="", help="points whose kind has this in it")
    parser.add_argument(
        "--broken", action="store_true", help="break each promise, and see that it is noticed"
    )
    return parser.parse_args()


@contextmanager
def _around(arguments: argparse.Namespace) -> Iterator[tuple[Campaign, dict[str, Stage]]]:
    """Start the servers, make the houses, and read the program in each lane."""
    with ExitStack() as stack:
        folder = stack.enter_context(process.folder("crash"))
        mailboxes = stack.enter_context(
            dovecot.running(certificates.issue(folder, "localhost", "127.0.0.1"))
        )
        lanes = []
        for number in range(arguments.lanes):
            (folder / f"lane-{number}").mkdir()
            lanes.append(Lane(folder / f"lane-{number}", mailboxes))
            stack.callback(lanes[-1].stop)
            lanes[-1].start()
        stages = {}
        if arguments.database != "postgresql" or arguments.broken:
            stages[stage.SQLITE] = stage.on_sqlite(_new(folder, "sqlite"), mailboxes.password)
            stages[stage.FIRST_START] = stage.new(_new(folder, "new"), mailboxes.password)
        if arguments.database != "sqlite" and not arguments.broken:
            server = stack.enter_context(postgresql.running())
            stages[stage.POSTGRESQL] = stage.on_postgresql(
                _new(folder, "postgresql"), mailboxes.password, server
            )
        for lane in lanes:
            lane.wait()
        yield Campaign(lanes, _KEPT), stages


def _new(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def _tasks(
    campaign: Campaign, stages: dict[str, Stage], arguments: argparse.Namespace
) -> list[Task]:
    """Count what there is, and choose."""
    tasks: list[Task] = []
    left = arguments.points

    def add(where: Stage, points: Sequence[Point], most: int) -> None:
        nonlocal left
        wanted = [p for p in points if arguments.only in p.kind]
        found = chosen(wanted, most)
        rest = set(wanted) - set(found)
        campaign.keep_spare(where, [p for p in wanted if p in rest and p.number <= _EARLY])
        tasks.extend(Task(where, point) for point in found)
        left -= len(found)

    if where := stages.get(stage.POSTGRESQL):
        counted = campaign.undisturbed(where).counted
        alone = len(stages) == 1
        add(where, named(counted.named), left if alone else left * _ON_POSTGRESQL // 100)
    if where := stages.get(stage.FIRST_START):
        counted = campaign.undisturbed(where).counted
        begins = {name: count for name, count in counted.named.items() if _begins(name)}
        points = named(begins, first_start=True)
        points += of_calls(counted.calls, first_start=True)
        add(where, points, arguments.points * _FIRST_START // 100)
    if where := stages.get(stage.SQLITE):
        counted = campaign.undisturbed(where).counted
        add(where, named(counted.named), arguments.points * _NAMED // 100)
        if missing := ROLES - {role for role, _ in counted.calls}:
            raise RuntimeError(f"no system calls were seen of {', '.join(sorted(missing))}")
        add(where, of_calls(counted.calls), left)
    return tasks


def _begins(name: str) -> bool:
    """Say whether a named point belongs to the start; the others are met in a house with a past."""
    return name.partition(".")[0] in {"migrate", "keys", "daemon", "supervisor", "worker"}


class _Progress:
    """Tells how far it is, on a terminal in one line; of what is wrong always."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._done = 0
        self._on_terminal = sys.stderr.isatty()

    def tell(self, result: Result) -> None:
        """Say what came of a run."""
        self._done += 1
        ended, point = result.ended, result.task.point
        what = "killed" if ended.killed else "not reached"
        said = f"[{self._done}/{self._count}] {result.task.stage.name}: {point}: {what}"
        if self._on_terminal:
            sys.stderr.write(f"{said[:90]}\x1b[K\r")
        elif self._done % 25 == 0:
            sys.stderr.write(f"{said}, {ended.seconds:.1f} s\n")
        if not result.task.breakage:
            shown = ended.findings[:_SHOWN]
            sys.stderr.writelines(f"{said}: {finding}\n" for finding in shown)
            if more := len(ended.findings) - len(shown):
                sys.stderr.write(f"{said}: and {more} more\n")
        sys.stderr.flush()


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def _crash(arguments: argparse.Namespace) -> int:
    began = time.monotonic()
    with _around(arguments) as (campaign, stages):
        tasks = _tasks(campaign, stages, arguments)
        results = campaign.run(tasks, _Progress(len(tasks)).tell)
    rows = table.rows_of(results)
    _say(table.table(rows))
    for result in results:
        if not result.ended.killed:
            _say(f"not reached: {result.task.stage.name}: {result.task.point}")
    total = rows["all"]
    least = min(_LEAST, arguments.points) if not arguments.only else 1
    _say(table.line(rows, results, time.monotonic() - began))
    sound = not (total.lost or total.duplicated or total.odd) and total.killed == total.points
    return 0 if sound and total.killed >= least else 1


def _broken(arguments: argparse.Namespace) -> int:
    """Break each promise; 0 only if what comes of it is noticed each time."""
    with _around(arguments) as (campaign, stages):
        where = stages[stage.SQLITE]
        campaign.undisturbed(where)
        tasks = [
            Task(where, point, name) for name, one in BREAKAGES.items() for point in one.points
        ]
        results = campaign.run(tasks, _Progress(len(tasks)).tell)
    unnoticed = 0
    for name, one in BREAKAGES.items():
        found = [
            finding
            for result in results
            if result.task.breakage == name
            for finding in result.ended.findings
            if finding.kind is one.shows
        ]
        _say(f"{name}: {len(found)} {one.shows}" + (f", as {found[0].sentence}" if found else ""))
        unnoticed += not found
    _say(json.dumps({"breakages": len(BREAKAGES), "unnoticed": unnoticed}))
    return 1 if unnoticed else 0


def main() -> int:
    """Do what was asked for; the exit code."""
    arguments = _arguments()
    tracing.require()
    try:
        dovecot.require()
    except (pytest.skip.Exception, pytest.fail.Exception) as missing:
        sys.stderr.write(f"{missing.msg}\n")
        return 2
    return _broken(arguments) if arguments.broken else _crash(arguments)


if __name__ == "__main__":
    sys.exit(main())
