"""Many runs, in lanes side by side: each point is come to once, and what came of it is kept."""

import shutil
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from crash.forked import COUNT
from crash.lane import Lane
from crash.outcome import Outcome
from crash.points import Point, instead
from crash.stage import Stage
from crash.trial import Counted, Ended

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Task:
    """A point of a stage; `breakage` names what is broken in its daemon, "" for nothing."""

    stage: Stage
    point: Point
    breakage: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a task; its point is another where a run did not come to the first one."""

    task: Task
    ended: Ended


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """How a run ends that nobody disturbs, and the points that it comes to."""

    outcome: Outcome
    counted: Counted


class Campaign:
    """Runs in some lanes; whatever ended badly is kept in the folder `kept`."""

    def __init__(self, lanes: Sequence[Lane], kept: Path) -> None:
        """Begin with lanes that are ready."""
        self._lanes = lanes
        self._kept = kept
        self._references: dict[str, Outcome] = {}
        self._taken: dict[str, set[Point]] = {}
        self._spares: dict[str, Sequence[Point]] = {}
        self._lock = Lock()

    def undisturbed(self, stage: Stage) -> Undisturbed:
        """Run once and count. Raises RuntimeError if even that does not end as it must."""
        point = Point(COUNT, 1, first_start=stage.scene.before is None)
        with stage.database() as url, self._lanes[0].trial(stage.scene, url) as trial:
            ended = trial.run(point)
            if ended.findings:
                self._keep(stage.name, trial.folder)
                raise RuntimeError("; ".join(str(finding) for finding in ended.findings))
            self._references[stage.name] = ended.outcome
            return Undisturbed(ended.outcome, trial.counted())

    def keep_spare(self, stage: Stage, points: Sequence[Point]) -> None:
        """Have points in reserve that were not chosen, and that each run comes to."""
        self._spares[stage.name] = points

    def run(self, tasks: Sequence[Task], tell: Callable[[Result], None]) -> list[Result]:
        """Come to all these points; `tell` is told of each."""
        left = deque(tasks)
        for task in tasks:
            self._taken.setdefault(task.stage.name, set()).add(task.point)
        results: list[Result] = []

        def work(lane: Lane) -> None:
            try:
                while (task := _next_of(left)) is not None:
                    result = self._one(lane, task)
                    with self._lock:
                        results.append(result)
                        tell(result)
            finally:
                left.clear()

        with ThreadPoolExecutor(len(self._lanes)) as pool:
            try:
                for lane in [pool.submit(work, lane) for lane in self._lanes]:
                    lane.result()
            finally:
                left.clear()
        return results

    def _one(self, lane: Lane, task: Task) -> Result:
        """Come to a point, or where a run ends before it does, to an earlier one of that name."""
        ended = self._trial(lane, task)
        for _ in range(_TRIES):
            if ended.killed or ended.findings:
                break
            with self._lock:
                taken = self._taken[task.stage.name]
                other = instead(task.point, taken) or self._spare(task)
                if other is None:
                    break
                taken.add(other)
            task = replace(task, point=other)
            ended = self._trial(lane, task)
        return Result(task, ended)

    def _spare(self, task: Task) -> Point | None:
        """Give another point for one that comes less often; what never comes has none."""
        taken = self._taken[task.stage.name]
        free = [p for p in self._spares.get(task.stage.name, ()) if p not in taken]
        return free[0] if free and task.point.number > 1 else None

    def _trial(self, lane: Lane, task: Task) -> Ended:
        stage = task.stage
        with stage.database() as url, lane.trial(stage.scene, url, task.breakage) as trial:
            ended = trial.run(task.point)
            differences = ended.outcome.differs(self._references[stage.name])
            ended = replace(ended, findings=(*ended.findings, *differences))
            if ended.findings and not task.breakage:
                self._keep(f"{stage.name} {task.point}", trial.folder)
        return ended

    def _keep(self, name: str, folder: Path) -> None:
        kept = self._kept / name.replace(" ", "-").replace(":", "-")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("hold"))


def _next_of(left: deque[Task]) -> Task | None:
    """Take the next task; None when another lane took the last one."""
    with suppress(IndexError):
        return left.popleft()
    return None
