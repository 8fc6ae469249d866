"""Memory: what the daemon and a worker hold after the mix, and what a mail of 25 MB takes."""

from random import Random

from bench import processes, sink
from bench.plan import Plan
from bench.site import RECIPIENT, Setup, Site
from gateway.bench.mix import large

_LARGE = 25_000_000
_ROLES = "listener,imap,worker,courier,clock,web"


def measure(plan: Plan) -> None:
    """Enter `rss_mb` and `large_mail_factor`; all roles run as they do by default, with one worker.

    `rss_mb` is resident memory (RSS) of daemon and worker, added up, in megabytes of a million
    bytes: what they share counts twice. The factor is the most that both grew by while a mail of
    25 MB was received, filed and acknowledged, added up, by the size of the mail.
    """
    with sink.running(plan.folder) as taker:
        site = Site(plan.folder / "memory", Setup(msa=taker.port, connections=4, agents=True))
        with site.running(_ROLES) as daemon:
            site.send(site.mails(plan.mails, "memory"))
            site.drain()
            site.settle()
            pids = processes.tree(daemon)
            plan.samples.add("rss_mb", sum(map(processes.resident, pids)) / 1e6)
            plan.samples.add("rss_mb_of.daemon", processes.resident(daemon) / 1e6)
            plan.samples.add("rss_mb_of.worker", processes.resident(pids[-1]) / 1e6)
            for number in range(plan.rounds):
                plan.tell(f"memory: large mail {number + 1} of {plan.rounds}")
                _large(plan, site, pids, number)
        site.close()


def _large(plan: Plan, site: Site, pids: list[int], number: int) -> None:
    letter = large(number, RECIPIENT, "whale", Random(number), _LARGE * 57 // 78)  # noqa: S311
    before = {pid: processes.resident(pid) for pid in pids}
    for pid in pids:
        processes.forget_most(pid)
    site.send([letter], 1)
    site.drain()
    site.settle()
    grown = [processes.most_resident(pid) - before[pid] for pid in pids]
    plan.samples.add("large_mail_factor", sum(grown) / len(letter.content))
    plan.samples.add("large_mail_factor_of.listener", grown[0] / len(letter.content))
    plan.samples.add("large_mail_factor_of.worker", sum(grown[1:]) / len(letter.content))
