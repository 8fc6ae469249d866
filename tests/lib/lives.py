"""Lives of cases on a desk with many timers, and a daemon that is stopped in the middle of them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from gateway import agenda
from gateway.conversation.prepared import reopen
from gateway.house import House
from gateway.mail.parse import parse
from gateway.store import diary
from lib.workbench import START, Workbench, mail, workbench

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
# How a case goes on: nobody ever answers, or the customer does not, or they do, or they are asked
# once more. The number is that of the half day on which it begins; the outage meets each elsewhere.
UNANSWERED, SILENT, ANSWERED, ASKED_AGAIN = range(4)
PEOPLE = {
    **dict.fromkeys((4, 8, 11, 12), UNANSWERED),
    **dict.fromkeys((1, 5), SILENT),
    **dict.fromkeys((10, 14), ANSWERED),
    **dict.fromkeys((3, 7), ASKED_AGAIN),
}
STOPPED, STARTED = START + 8 * DAY, START + 10 * DAY
END = START + 22 * DAY
ADA = "ada@north.example"
AGENTS = (ADA, "boss@north.example")

POLICY = """
[[status]]
name = "Waiting"
phase = "waiting"

[[agent]]
address = "boss@north.example"
name = "Boss"
role = "manager"

[[escalation]]
name = "boss"
to = ["managers"]

[[target]]
name = "answer"
within = "4d 6h"
paused_in_phases = ["waiting"]
met_by_answer = true

[[timer]]
name = "warn"
target = "answer"
before = "12h"
notify = ["ada@north.example"]

[[timer]]
name = "missed"
target = "answer"
notify = ["ada@north.example"]

[[timer]]
name = "long-missed"
target = "answer"
after = "1d"
escalate = "boss"

[[timer]]
name = "nudge"
status = "Waiting"
after = "2d"
times = 3
mail = "customer/reminder"

[[timer]]
name = "give-up"
status = "Waiting"
after = "8d"
mail = "customer/closed"
then = "Done"
"""
NUDGED = "customer/reminder"
CLOSED = "customer/closed"
WARNED, MISSED, ESCALATED = "agent/target-at-risk", "agent/target-missed", "agent/escalated"
OF_TIMERS = {NUDGED, CLOSED, WARNED, MISSED, ESCALATED}


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody does at a time: the customer `of` that number, or Ada for them."""

    at: datetime
    of: int
    text: str
    by_ada: bool = False


def life() -> list[Act]:
    """Write down what everybody does."""
    acts = []
    for of, way in PEOPLE.items():
        opened = START + of * 12 * HOUR
        acts.append(Act(opened, of, f"My report {of} stays white."))
        if way == UNANSWERED:
            continue
        acts.append(Act(opened + DAY, of, "#status waiting\n\nWhich report?", by_ada=True))
        if way == SILENT:
            continue
        answered = opened + DAY + (of % 3) * 2 * DAY + 47 * HOUR
        acts.append(Act(answered, of, "The one of March."))
        if way == ASKED_AGAIN:
            acts.append(Act(answered + 5 * HOUR, of, "#status waiting\n\nAnd now?", by_ada=True))
    return sorted(acts, key=lambda act: act.at)


@contextmanager
def lived(folder: Path, database_url: str) -> Iterator[Workbench]:
    """Open the house in which they live."""
    with workbench(folder, database_url, policy=POLICY) as bench:
        try:
            yield bench
        finally:
            bench.house.database.close()  # It may be another by then.


def customer(of: int) -> str:
    """Give somebody's address."""
    return f"c{of}@klant.example"


def write(bench: Workbench, act: Act) -> None:
    """Put the mail of what somebody does into the spool; Ada answers what she was told last."""
    author = ADA if act.by_ada else customer(act.of)
    cases = {row["id"] for row in bench.rows("tickets") if row["requester"] == customer(act.of)}
    got = [r for r in bench.rows("outbox") if r["recipient"] == author and r["ticket"] in cases]
    to = parse(bytes(got[-1]["content"])).header("reply-to") if got else "help@north.example"
    to = to.rpartition("<")[2].strip("<> ")
    bench.deliver(mail(author=author, to=to, body=act.text, subject="White"), to, sender=author)


Sweep = Callable[[House, datetime], None]


def sweep_once(house: House, now: datetime) -> None:
    """Let one daemon do all that is due."""
    while agenda.sweep(house, now):
        pass


def run(bench: Workbench, acts: Sequence[Act], until: datetime, sweep: Sweep = sweep_once) -> None:
    """Let everybody act, and timers fire when they are due."""
    for act in (*acts, None):
        end = act.at if act else until
        while (due := next_due(bench)) is not None and due <= end:
            bench.time = max(bench.time, due)
            sweep(bench.house, bench.time)
        bench.time = max(bench.time, end)
        if act:
            write(bench, act)
            bench.work()


def next_due(bench: Workbench) -> datetime | None:
    """Say when a timer is due."""
    with bench.house.database.reading() as connection:
        return diary.next_due(connection)


@dataclass(frozen=True, slots=True)
class Told:
    """A mail that a timer sent, or Ada, or the program to the customer."""

    at: datetime
    of: int
    template: str
    to: str


def told(bench: Workbench) -> list[Told]:
    """Give all mails that went out, oldest first."""
    requesters = {row["id"]: row["requester"] for row in bench.rows("tickets")}
    return [
        Told(
            row["queued_at"],
            int(requesters[row["ticket"]].partition("@")[0][1:]),
            row["template"],
            row["recipient"],
        )
        for row in bench.rows("outbox")
    ]


def by_timers(mails: Sequence[Told]) -> Counter[tuple[int, str, str]]:
    """Count the mails that nobody wrote, nor were asked for by a mail."""
    return Counter((one.of, one.template, one.to) for one in mails if one.template in OF_TIMERS)


def states(bench: Workbench) -> dict[str, str]:
    """Give the status of each case by its customer."""
    return {row["requester"]: row["status"] for row in bench.rows("tickets")}


def resume(bench: Workbench, waiting: Sequence[Act]) -> None:
    """Start the daemon anew, to which mails come that were written meanwhile, before it looks."""
    bench.house.database.close()
    bench.house = reopen(bench.house)
    bench.time = STARTED
    for act in waiting:
        write(bench, act)


def later_than(at: datetime, act: Act) -> Act:
    """Give what somebody does who could not do it before."""
    return replace(act, at=max(act.at, at))


def with_outage(bench: Workbench, sweep: Sweep = sweep_once) -> None:
    """Stop the daemon for two days; Ada, who was told nothing meanwhile, goes on an hour after."""
    acts = life()
    run(bench, [act for act in acts if act.at < STOPPED], STOPPED, sweep)
    resume(bench, [act for act in acts if STOPPED <= act.at < STARTED and not act.by_ada])
    assert 0 == agenda.sweep(bench.house, bench.time, STARTED)
    bench.work()
    sweep(bench.house, bench.time)
    rest = [act for act in acts if act.at >= STARTED or (act.by_ada and act.at >= STOPPED)]
    rest = [later_than(STARTED + HOUR, act) for act in rest]
    run(bench, sorted(rest, key=lambda act: act.at), END, sweep)


@contextmanager
def two_daemons(bench: Workbench) -> Iterator[Sweep]:
    """Give what lets two daemons look at the same time, one of them that of the workbench."""
    other = replace(reopen(bench.house), node="another node")

    def sweep(house: House, now: datetime) -> None:
        list(pool.map(lambda one: sweep_once(one, now), (house, other)))

    try:
        with ThreadPoolExecutor(2) as pool:
            yield sweep
    finally:
        other.database.close()
