"""`make bench`: measure, print what came out beside the goals, write `bench/latest.json`."""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import (
    accept,
    contest,
    courier,
    draining,
    imap,
    machine,
    memory,
    page,
    processors,
    syncs,
)
from bench.goals import judged
from bench.plan import Plan
from bench.report import described, tables
from bench.samples import Samples
from gateway.errors import CasepostError

PARTS: dict[str, Callable[[Plan], None]] = {
    "processors": processors.measure,
    "accept": accept.measure,
    "contest": contest.measure,
    "growth": draining.measure_growth,
    "workers": draining.measure_workers,
    "imap": imap.measure,
    "courier": courier.measure,
    "fsyncs": syncs.measure,
    "memory": memory.measure,
}


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark; 1 when something does not work or a goal is missed, 2 for wrong use."""
    options = _options(arguments)
    if options.page:
        page.write(json.loads(page.LATEST.read_text()))
        return 0
    parts = options.only.split(",") if options.only else list(PARTS)
    if unknown := [part for part in parts if part not in PARTS]:
        _say(f"there is no part {unknown[0]!r}; parts are {', '.join(PARTS)}")
        return 2
    samples, begin, failures = Samples(), time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="casepost-bench-") as folder:
        Path(folder).chmod(0o755)
        plan = Plan(options.rounds, options.mails, Path(folder), options.postgresql, _say, samples)
        for part in parts:
            try:
                PARTS[part](plan)
            except (CasepostError, OSError, TimeoutError) as error:
                failures.append(f"{part}: {error}")
                _say(failures[-1])
    figures = described(samples, machine.facts(), plan, time.monotonic() - begin)
    print(tables(samples))
    if not failures and not options.only:
        page.LATEST.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures))
    missed = [goal for goal in judged(samples) if not goal.met]
    return 1 if failures or (missed and options.goals) else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds; figures are medians")
    parser.add_argument("--mails", type=int, default=1000, help="mails a round, more or less")
    parser.add_argument("--only", default="", help=f"parts to measure: {','.join(PARTS)}")
    parser.add_argument("--postgresql", default="", help="URL of an empty database to work in")
    parser.add_argument(
        "--no-goals", dest="goals", action="store_false", help="end with 0 whatever was measured"
    )
    parser.add_argument(
        "--page", action="store_true", help="write latest.json into docs/performance.md, no more"
    )
    return parser.parse_args(arguments)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.exit(main(sys.argv[1:]))
