"""End to end, beside the peers and beside the bare limit, on the same kinds of mail.

    end to end   the first MAIL of fifty sessions until the last acknowledgement is with smtp-sink
    peers        the same mix, read from files by each peer's own way in
    limit        the least that anybody can do: parse with compat32, commit fifty at a time

Each round has mails of its own, the same for all but for the numbers of the cases that a quarter
of them answer. Whoever has not made every ticket and acknowledgement fails the run.
"""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bench import sink
from bench.limit import pipeline
from bench.peers import peer
from bench.plan import Plan, databases
from bench.sink import Sink
from bench.site import RECIPIENT, Setup, Site, is_new
from gateway.bench.mix import Asked, Letter, mix, seeds
from gateway.errors import Transient
from gateway.store.schema import outbox, tickets

_MOST_SECONDS = 600.0
WORKERS = max(1, len(os.sched_getaffinity(0)))
"""A worker for each processor: listener and courier use them in bursts."""

Race = Callable[[int, str], float]
"""Takes so many mails of a run, and gives how many a second."""


def measure(plan: Plan) -> None:
    """Enter `end_to_end`, `peers` and `limit`, mails a second."""
    peer.install(plan.tell)
    with ExitStack() as stack:
        races = _races(plan, stack)
        for number in range(plan.rounds):
            for name, race in races.items():
                plan.tell(f"end to end: round {number + 1} of {plan.rounds}: {name}")
                plan.samples.add(name, race(plan.share(0.5), f"e{number}"))


def _races(plan: Plan, stack: ExitStack) -> dict[str, Race]:
    new_database = stack.enter_context(databases(plan))
    races: dict[str, Race] = {}
    for name, database, agents in (
        ("sqlite", "sqlite:///casepost.db", False),
        ("postgresql", new_database(), False),
        ("sqlite_with_agents", "sqlite:///casepost.db", True),
    ):
        taker = stack.enter_context(sink.running(plan.folder))
        setup = Setup(database=database, msa=taker.port, workers=WORKERS, agents=agents)
        site = Site(plan.folder / name, setup)
        stack.callback(site.close)
        stack.enter_context(site.running("listener,worker,courier"))
        races[f"end_to_end.{name}"] = partial(_casepost, site, taker)
    for each in peer.PEERS:
        taker = stack.enter_context(sink.running(plan.folder))
        running = stack.enter_context(peer.running(each, plan.folder / each.name, taker))
        races[f"peers.{each.name}"] = partial(_peer, running, taker)
    races["limit"] = partial(_limit, plan.folder / "limit.db")
    return races


def _casepost(site: Site, taker: Sink, count: int, run: str) -> float:
    letters = site.mails(count, run)
    site.settle()
    sent, opened, queued = taker.taken(), site.count(tickets), site.count(outbox)
    begin = time.perf_counter()
    site.send(letters)
    new = sum(map(is_new, letters))
    if site.setup.agents:
        # How many they are told of is known when all has been filed.
        site.drain()
        expected = site.count(outbox) - queued
    else:
        expected = new
    end = taker.wait_for(sent + expected, _MOST_SECONDS)
    site.drain()
    site.settle()
    _compare("Casepost", (site.count(tickets) - opened, taker.taken() - sent), (new, expected))
    return count / (end - begin)


def _peer(running: peer.Running, taker: Sink, count: int, run: str) -> float:
    first = list(seeds(count // 4 + 1, RECIPIENT, run))
    before = running.take(first)
    customers = {letter.sender for letter in first}
    asked = [Asked(*one) for one in before.asked if one[0] in customers]
    letters = list(mix(count, RECIPIENT, asked, run))
    sent = taker.taken()
    made = running.take(letters)
    _check_peer(running.peer.name, letters, before, made, taker.taken() - sent)
    return count / made.seconds


def _check_peer(
    name: str, letters: Sequence[Letter], before: peer.Made, made: peer.Made, sent: int
) -> None:
    """Raise Transient unless each mail made an entry, and each new one a ticket and an answer.

    Some answer every mail, and who drops what goes out says itself how much that was.
    """
    new = sum(map(is_new, letters))
    found = (made.tickets - before.tickets, made.entries - before.entries)
    _compare(name, found, (new, len(letters)))
    said = None if made.acknowledged is None else made.acknowledged - (before.acknowledged or 0)
    if max(sent, said or 0) < new:
        raise Transient(f"{name} has acknowledged {max(sent, said or 0)} of {new} new mails")


def _compare(name: str, found: tuple[int, int], expected: tuple[int, int]) -> None:
    if found != expected:
        raise Transient(f"{name} has made {found}, not {expected}, of tickets and of mails")


def _limit(path: Path, count: int, run: str) -> float:
    first = [letter.sender for letter in seeds(count // 4 + 1, RECIPIENT, run)]
    asked = [Asked(sender, "SD-1", f"<{sender}>") for sender in first]
    return pipeline(list(mix(count, RECIPIENT, asked, run)), path)
