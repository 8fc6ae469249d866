"""Tries faults: group by group on a daemon each, two groups at a time."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import Any

from faults.fault import Fault, Group, Held, NotRun, Row

Tell = Callable[[Row], None]


def try_all(groups: Sequence[Group[Any]], only: str, at_once: int, tell: Tell) -> list[Row]:
    """Try the faults that are chosen; `tell` hears of each as soon as it is over."""
    with ThreadPoolExecutor(at_once) as pool:
        done = pool.map(lambda group: _try_group(group, only, tell), groups)
        return [row for rows in done for row in rows]


def _try_group(group: Group[Any], only: str, tell: Tell) -> list[Row]:
    """Try a group's faults; after one that did not hold the others get a fresh daemon."""
    rows: list[Row] = []
    with ExitStack() as stack:
        scene: Any = None
        for fault in group.chosen(only):
            began = time.monotonic()
            try:
                if scene is None:
                    scene = stack.enter_context(group.opens())
                held, said = _try(fault, scene)
            except NotRun as reason:
                held, said = Held.NOT_RUN, str(reason)
            except Exception as error:  # whatever a fault leads to is this fault's
                held, said = Held.BROKEN, f"{type(error).__name__}: {error}"
            seconds = time.monotonic() - began
            rows.append(Row(f"{group.name}: {fault.name}", held, said, seconds))
            tell(rows[-1])
            if held is Held.BROKEN:
                _close(stack)
                scene = None
    return rows


def _try(fault: Fault[Any], scene: Any) -> tuple[Held, str]:  # noqa: ANN401  the group's own
    fault.run(scene)
    scene.check()
    return Held.HELD, fault.holds


def _close(stack: ExitStack) -> None:
    # That it does not end well either is no other fault, and the next has a daemon of its own.
    with suppress(Exception):
        stack.close()
