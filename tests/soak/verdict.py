"""What a run came to: its figures, and what of it is not as it must be."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from gateway.store.schema import spool
from gateway.store.spool import State
from lib.reckoning import Finding, Kind, reckon
from soak.clients import Clients
from soak.fleet import Fleet
from soak.growth import growth, growth_of_workers
from soak.samples import Sample, percentile

_MOST_TO_ACCEPT = 1.0
_MOST_TO_TICKET = 5.0
_MOST_GROWTH = 1.10
_P99 = 0.99


@dataclass(frozen=True, slots=True)
class Figures:
    """One run. Latencies are seconds, memory megabytes, `growth` of memory is a ratio."""

    seconds: float
    mails: int
    tries: int
    kills_of_daemons: int
    kills_of_workers: int
    poison: int
    unreadable: int
    lost: int
    duplicated: int
    odd: int
    uncertain: int
    samples: int
    unbalanced_samples: int
    accepted_median: float
    accepted_p99: float
    ticket_median: float
    ticket_p99: float
    daemon_megabytes: float
    worker_megabytes: float
    daemon_growth: float
    worker_growth: float

    def plain(self) -> dict[str, float]:
        """Give them for JSON."""
        return {key: round(value, 3) for key, value in asdict(self).items()}

    def wrong(self) -> list[str]:
        """Say in sentences what is not as it must be."""
        checks = {
            f"{self.lost} mails are lost": self.lost > 0,
            f"{self.duplicated} mails are doubled": self.duplicated > 0,
            f"{self.odd} things are odd": self.odd > 0,
            f"the books did not balance {self.unbalanced_samples} times": (
                self.unbalanced_samples > 0
            ),
            f"of {self.poison} poisonous mails {self.unreadable} were filed unread": (
                self.poison != self.unreadable
            ),
            f"99 % were accepted within {self.accepted_p99:.2f} s, not {_MOST_TO_ACCEPT}": (
                self.accepted_p99 > _MOST_TO_ACCEPT
            ),
            f"99 % were filed within {self.ticket_p99:.2f} s, not {_MOST_TO_TICKET}": (
                self.ticket_p99 > _MOST_TO_TICKET
            ),
            f"a daemon's memory grew by {self.daemon_growth:.2f}": (
                self.daemon_growth > _MOST_GROWTH
            ),
            f"a worker's memory grew by {self.worker_growth:.2f}": (
                self.worker_growth > _MOST_GROWTH
            ),
            "nobody was killed, so nothing was tried": not (
                self.kills_of_daemons + self.kills_of_workers
            ),
            "no mail was accepted": self.mails == 0,
        }
        return [sentence for sentence, wrong in checks.items() if wrong]


def judge(
    fleet: Fleet, clients: Clients, samples: Sequence[Sample], kills: Sequence[str]
) -> tuple[Figures, tuple[Finding, ...]]:
    """Compare what the clients and the MSA know with the database, after all is drained."""
    reckoning = reckon(fleet.database, clients.accepted, fleet.msa.handed)
    waits, unreadable = _to_ticket(fleet, clients.poison)
    figures = Figures(
        seconds=samples[-1].at,
        mails=len(clients.accepted),
        tries=clients.tries,
        kills_of_daemons=kills.count("daemon"),
        kills_of_workers=kills.count("worker"),
        poison=len(clients.poison),
        unreadable=unreadable,
        lost=reckoning.count(Kind.LOST),
        duplicated=reckoning.count(Kind.DUPLICATED),
        odd=reckoning.count(Kind.ODD),
        uncertain=reckoning.uncertain,
        samples=len(samples),
        unbalanced_samples=sum(sample.unbalanced > 0 for sample in samples),
        accepted_median=percentile(clients.latencies, 0.5),
        accepted_p99=percentile(clients.latencies, _P99),
        ticket_median=percentile(waits, 0.5),
        ticket_p99=percentile(waits, _P99),
        daemon_megabytes=max(sample.daemons for sample in samples),
        worker_megabytes=max(sample.largest_worker for sample in samples),
        daemon_growth=growth([sample.daemons for sample in samples]),
        worker_growth=growth_of_workers(samples),
    )
    return figures, reckoning.findings


def _to_ticket(fleet: Fleet, poison: set[str]) -> tuple[list[float], int]:
    """Give the seconds from 250 to the ticket of each sound mail, and how many were unreadable."""
    columns = (spool.c.message_id, spool.c.received_at, spool.c.settled_at, spool.c.reason)
    asked = select(*columns).where(spool.c.state == State.FILED)
    with fleet.database.reading() as connection:
        rows = connection.execute(asked).all()
    waits = [
        (row.settled_at - row.received_at).total_seconds()
        for row in rows
        if row.message_id not in poison
    ]
    return waits, sum(row.message_id in poison and row.reason == "unreadable" for row in rows)
