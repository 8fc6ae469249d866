"""`python -m soak`: steady load with kills; a table, a line of JSON, and 1 if a promise broke."""

import argparse
import json
import sys
import time
from random import Random

from crash.broken import BREAKAGES
from servers import process
from soak.clients import Clients
from soak.fleet import Fleet, Node, fleet
from soak.letters import stream
from soak.samples import Sample, look
from soak.verdict import Figures, judge

_SAMPLE_SECONDS = 2.0
_DRAIN_SECONDS = 120.0
_SHOWN = 10


def _main(arguments: list[str]) -> int:
    options = _options(arguments)
    with fleet(options.nodes, options.broken) as nodes:
        figures, findings = _soak(nodes, options)
        for node in nodes.nodes if options.logs else ():
            sys.stdout.write(node.log.read_text(errors="replace"))
    for sentence in findings[:_SHOWN]:
        sys.stdout.write(f"{sentence}\n")
    sys.stdout.write(_table(figures))
    wrong = figures.wrong()
    for sentence in wrong:
        sys.stdout.write(f"NOT HELD: {sentence}\n")
    sys.stdout.write(json.dumps(figures.plain()) + "\n")
    return 1 if wrong else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0, help="how long the load goes on")
    parser.add_argument("--rate", type=float, default=10.0, help="mails a second")
    parser.add_argument("--nodes", type=int, default=2, help="daemons on one PostgreSQL")
    parser.add_argument("--kill-every", type=float, default=60.0, help="seconds, about")
    parser.add_argument("--poison-every", type=int, default=100, help="one mail of so many")
    parser.add_argument("--seed", type=int, default=2026, help="of the kills")
    parser.add_argument("--logs", action="store_true", help="print the daemons' logs at the end")
    parser.add_argument("--broken", default="", choices=["", *BREAKAGES], help="break a promise")
    return parser.parse_args(arguments)


def _soak(nodes: Fleet, options: argparse.Namespace) -> tuple[Figures, list[str]]:
    """Let the load go on for its time, killing; then wait until nothing is left to do."""
    random = Random(options.seed)  # noqa: S311  the same kills each time
    load = stream(nodes.msa.take, options.poison_every)
    clients = Clients(load, [node.port for node in nodes.nodes], options.rate)
    samples: list[Sample] = []
    kills: list[str] = []
    begin = time.monotonic()
    next_kill = _next(random, options.kill_every)
    clients.start()
    try:
        while (at := time.monotonic() - begin) < options.seconds:
            samples.append(look(nodes, at))
            _progress(samples[-1], kills)
            if at > next_kill:
                kills.append(_kill(random.choice(nodes.nodes), random, len(kills)))
                next_kill = at + _next(random, options.kill_every)
            clients.go_on_for(begin + at + _SAMPLE_SECONDS - time.monotonic())
    finally:
        clients.stop()
    _drain(nodes, samples, begin)
    figures, findings = judge(nodes, clients, samples, kills)
    return figures, [str(finding) for finding in findings]


def _next(random: Random, every: float) -> float:
    return every * random.uniform(0.5, 1.5)


def _kill(node: Node, random: Random, number: int) -> str:
    """Kill a worker, or each second time a daemon with all that is in it; it comes back."""
    pids = node.processes()
    if number % 2 or len(pids) < 2:
        for pid in reversed(pids):
            node.kill(pid)
        node.start()
        return "daemon"
    node.kill(random.choice(pids[1:]))
    return "worker"


def _drain(nodes: Fleet, samples: list[Sample], begin: float) -> None:
    """Wait until all is filed and sent; what is not by then is a finding."""

    def drained() -> bool:
        samples.append(look(nodes, time.monotonic() - begin))
        return samples[-1].waiting == samples[-1].unsent == 0

    try:
        process.wait_until(drained, seconds=_DRAIN_SECONDS, what="nothing is left to do")
    except TimeoutError as error:
        sys.stdout.write(f"{error}\n")


def _progress(sample: Sample, kills: list[str]) -> None:
    line = (
        f"{sample.at:5.0f} s  {sample.received} received  {sample.waiting} wait  "
        f"{sample.unsent} to send  {len(kills)} kills  {sample.daemons:.0f} + "
        f"{sample.largest_worker:.0f} MB  "
        f"{'BOOKS DIFFER' if sample.unbalanced else 'books balance'}"
    )
    end = "\r" if sys.stderr.isatty() else "\n"
    if sys.stderr.isatty() or round(sample.at / _SAMPLE_SECONDS) % 15 == 0:
        sys.stderr.write(f"{line}{end}")


def _table(figures: Figures) -> str:
    width = max(map(len, figures.plain()))
    return "".join(f"{key:<{width}}  {value:>10}\n" for key, value in figures.plain().items())


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
