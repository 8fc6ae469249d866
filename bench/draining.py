"""How fast workers file what lies in the spool: among many tickets, and two beside one.

The workers are held still while the spool is filled, so that nobody takes mail in meanwhile.
"""

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import NamedTuple

from bench import processes
from bench.plan import Plan, databases
from bench.site import Setup, Site, stopped
from gateway.bench.crowd import fill
from gateway.config.load import load
from gateway.errors import Transient
from gateway.house import open_house
from gateway.store.migrate import migrate

_ROLES = "listener,worker"
_FEW, _MANY = 1000, 100_000


class _Drained(NamedTuple):
    """Mails a second, and what the workers used of processors, in seconds a mail."""

    rate: float
    effort: float


def measure_growth(plan: Plan) -> None:
    """Enter `growth`: a worker's effort for a mail among many tickets, by that among few."""
    with ExitStack() as stack:
        sites = {}
        for name, count in (("few", _FEW), ("many", _MANY)):
            plan.tell(f"growth: a house with {count:,} tickets is made")
            sites[name] = _crowded(plan, name, count)
            stack.callback(sites[name].close)
        daemons = {name: stack.enter_context(one.running(_ROLES)) for name, one in sites.items()}
        for number in range(plan.rounds):
            plan.tell(f"growth: round {number + 1} of {plan.rounds}")
            found = {
                name: _drain(site, daemons[name], plan.share(0.5), f"g{number}")
                for name, site in sites.items()
            }
            plan.samples.add("growth", found["many"].effort / found["few"].effort)
            for name, drained in found.items():
                plan.samples.add(f"filed_among.{name}", drained.rate)
                plan.samples.add(f"effort_ms.filed_among_{name}", 1000 * drained.effort)


def _crowded(plan: Plan, name: str, count: int) -> Site:
    """Make a site whose tickets are open, each of a customer of its own who was acknowledged."""
    site = Site(plan.folder / name, Setup(agents=True))
    house = open_house(load(site.path))
    try:
        migrate(house.database)
        fill(house, count, datetime.now(UTC))
    finally:
        house.database.close()
    return site


def measure_workers(plan: Plan) -> None:
    """Enter `workers`, two beside one on PostgreSQL, and what each number of them files."""
    with ExitStack() as stack:
        new_database = stack.enter_context(databases(plan))
        sites, daemons = {}, {}
        for kind in ("sqlite", "postgresql"):
            for workers in (1, 2):
                database = new_database() if kind == "postgresql" else Setup().database
                setup = Setup(database=database, workers=workers, agents=True)
                name = f"{kind}_{workers}"
                sites[name] = Site(plan.folder / name, setup)
                stack.callback(sites[name].close)
                daemons[name] = stack.enter_context(sites[name].running(_ROLES))
        for number in range(plan.rounds):
            plan.tell(f"workers: round {number + 1} of {plan.rounds}")
            rates = {
                name: _drain(site, daemons[name], plan.share(0.5), f"w{number}").rate
                for name, site in sites.items()
            }
            for name, rate in rates.items():
                plan.samples.add(f"filed.{name}", rate)
            plan.samples.add("workers", rates["postgresql_2"] / rates["postgresql_1"])
            plan.samples.add("workers_sqlite", rates["sqlite_2"] / rates["sqlite_1"])


def _drain(site: Site, daemon: int, count: int, run: str) -> _Drained:
    letters = site.mails(count, run)
    workers = _held_still(site, daemon)
    with stopped(workers):
        site.send(letters)
        before = sum(map(processes.effort, workers))
        begin = time.perf_counter()
    seconds = site.drain() - begin
    effort = sum(map(processes.effort, workers)) - before
    return _Drained(count / seconds, effort / count)


def _held_still(site: Site, daemon: int) -> list[int]:
    """Wait until no worker is at work, which could hold what others need. Raises Transient."""
    for _ in range(1000):
        idle = processes.idle_workers(daemon)
        if len(idle) == site.setup.workers:
            return idle
        time.sleep(0.01)
    raise Transient("the workers never rest")
