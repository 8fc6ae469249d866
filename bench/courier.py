"""What the courier hands to smtp-sink: an outbox that is full, and no other part at work."""

from datetime import UTC, datetime

from sqlalchemy import update

from bench import sink
from bench.plan import Plan
from bench.site import Setup, Site
from gateway.store.outbox import OutboxState
from gateway.store.schema import outbox

_MOST_SECONDS = 600.0


def measure(plan: Plan) -> None:
    """Enter `courier`, mails a second from the first to the last that the sink has taken."""
    with sink.running(plan.folder) as taker:
        site = Site(plan.folder / "courier", Setup(msa=taker.port))
        with site.running("listener,worker"):
            site.send(site.mails(plan.mails, "courier"))
            site.drain()
        count = site.count(outbox)
        for number in range(plan.rounds):
            plan.tell(f"courier: round {number + 1} of {plan.rounds}")
            _queue_all(site)
            before = taker.taken()
            with site.running("courier"):
                begin = taker.wait_for(before + 1, _MOST_SECONDS)
                already = taker.taken() - before
                end = taker.wait_for(before + count, _MOST_SECONDS)
                site.settle()
            plan.samples.add("courier", (count - already) / (end - begin))
        site.close()


def _queue_all(site: Site) -> None:
    """Let every mail be due once more, as if it had just been queued."""
    fresh = {"state": OutboxState.QUEUED, "due_at": datetime.now(UTC), "settled_at": None}
    untouched = {"data_at": None, "claimed_by": "", "lease_until": None, "attempts": 0}
    with site.store.writing() as connection:
        connection.execute(update(outbox).values(**fresh, **untouched))
