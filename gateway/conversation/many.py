"""Playing many conversations, side by side in as many processes as there are cores."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

from gateway.config.load import Configuration
from gateway.conversation.played import Played
from gateway.conversation.player import play
from gateway.conversation.prepared import Prepared, prepare
from gateway.errors import Finding, Misconfigured
from gateway.templates.folder import Edited

Scratch = Callable[[], AbstractContextManager[Path]]
"""Gives an empty folder for a while."""

# To start a process takes as long as to play a few conversations.
_FEW = 6


def play_all(
    paths: Sequence[Path],
    configuration: Configuration,
    scratch: Scratch,
    edited: tuple[Edited, ...] = (),
) -> Iterator[Played | tuple[Finding, ...]]:
    """Play conversations, each with an empty house of its own on SQLite; in the order of `paths`.

    One that is no sound conversation gives its findings. `edited` is what was written in the
    console. `scratch` must be a function of a module,
    so that other processes can call it.
    """
    if not paths:
        return
    with ExitStack() as stack:
        prepared = prepare(configuration, stack.enter_context(scratch()), edited)
        cast = _Cast(configuration, prepared, scratch)
        cores = len(os.sched_getaffinity(0))
        if cores < 2 or len(paths) < _FEW:
            yield from (cast.play(path) for path in paths)
            return
        # Not forked: what a library has started a thread for would not go on in the child.
        pool = ProcessPoolExecutor(cores, get_context("spawn"), _keep, (cast,))
        stack.enter_context(pool)
        yield from pool.map(_play, paths)


@dataclass(frozen=True, slots=True)
class _Cast:
    """What each conversation of a run is played with."""

    configuration: Configuration
    prepared: Prepared
    scratch: Scratch

    def play(self, path: Path) -> Played | tuple[Finding, ...]:
        with self.scratch() as folder:
            try:
                return play(path, self.configuration, folder, prepared=self.prepared)
            except Misconfigured as refused:
                return refused.findings


@lru_cache(maxsize=1)
def _kept() -> list[_Cast]:
    """Give where a process keeps what it was started with."""
    return []


def _keep(cast: _Cast) -> None:
    _kept().append(cast)


def _play(path: Path) -> Played | tuple[Finding, ...]:
    return _kept()[-1].play(path)
