"""Mail accepted durably, beside aiosmtpd as released, which throws it away.

The daemon runs as its listener alone: what is compared is what it costs to take a mail. How it
does with workers and courier beside it is measured end to end.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from bench import processes
from bench.plan import Plan
from bench.site import RECIPIENT, SESSIONS, Setup, Site
from gateway.bench.client import send
from gateway.bench.mix import Asked, Letter, large, mix, seeds
from gateway.ports import free_port, wait_for_port

_START_SECONDS = 60.0


def measure(plan: Plan) -> None:
    """Enter `accept` and `accept_bare`, mails a second, and what each costs of a processor."""
    site = Site(plan.folder / "accept", Setup())
    with site.running("listener") as daemon, _bare() as (bare_port, bare):
        for number in range(plan.rounds):
            plan.tell(f"accept: round {number + 1} of {plan.rounds}")
            for kind, letters in _letters(plan, f"a{number}").items():
                _one(plan, f"accept.{kind}", letters, site.port, daemon)
                _one(plan, f"accept_bare.{kind}", letters, bare_port, bare)
    site.close()


def _one(plan: Plan, name: str, letters: list[Letter], port: int, server: int) -> None:
    before = processes.effort(server)
    sent = send(port, letters, SESSIONS)
    effort = processes.effort(server) - before
    plan.samples.add(name, len(letters) / sent.seconds)
    plan.samples.add(f"effort_ms.{name.replace('.', '_')}", 1000 * effort / len(letters))
    plan.samples.add(f"effort_ms.client_{name.split('.')[1]}", 1000 * sent.effort / len(letters))


def _letters(plan: Plan, run: str) -> dict[str, list[Letter]]:
    # Nobody has asked here, so the answers refer to what was never sent; that is read later.
    asked = [Asked(f"{n}@klant.example", f"SD-{n}", f"<{n}@x.example>") for n in range(plan.mails)]
    random = Random(run)  # noqa: S311  the mails shall be the same each time
    return {
        "small": list(seeds(plan.share(2), RECIPIENT, run)),
        "large": [large(n, RECIPIENT, run, random) for n in range(plan.share(0.2))],
        "mix": list(mix(plan.mails, RECIPIENT, asked, run)),
    }


@contextmanager
def _bare() -> Iterator[tuple[int, int]]:
    """Run the server that throws mail away; its port and its process."""
    port = free_port()
    command = [sys.executable, "-P", "-m", "gateway.bench.bare", str(port)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        wait_for_port(port, _START_SECONDS, lambda: process.poll() is None)
        yield port, process.pid
    finally:
        process.terminate()
        process.communicate()
