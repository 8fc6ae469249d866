"""How often the disk is asked to keep what it was given (fsync, fdatasync), counted by strace.

All calls of the daemon and its worker count, by the number of mails received: once without the
courier, until every mail is filed, and once with it, until every answer is noted as sent.
"""

from pathlib import Path

from bench import sink
from bench.plan import Plan
from bench.site import SESSIONS, Setup, Site

_CALLS = "fsync,fdatasync,sync_file_range,msync"


def measure(plan: Plan) -> None:
    """Enter `fsyncs` and `fsyncs_with_sending`, a mail: one after the other, and by 50 sessions."""
    with sink.running(plan.folder) as taker:
        for name, roles in (
            ("fsyncs", "listener,worker"),
            ("fsyncs_with_sending", "listener,worker,courier"),
        ):
            site = Site(plan.folder / name, Setup(msa=taker.port))
            calls = site.folder / "calls"
            with site.running(roles, under=_strace(calls)):
                for number in range(plan.rounds):
                    plan.tell(f"{name}: round {number + 1} of {plan.rounds}")
                    for kind, sessions, part in (("alone", 1, 0.2), ("sessions_50", SESSIONS, 1)):
                        count = plan.share(part)
                        letters = site.mails(count, f"s{number}-{sessions}")
                        _rest(site, roles)
                        before = _counted(calls)
                        site.send(letters, sessions)
                        _rest(site, roles)
                        plan.samples.add(f"{name}.{kind}", (_counted(calls) - before) / count)
            site.close()


def _strace(calls: Path) -> list[str]:
    return ["strace", "-f", "-qq", "--seccomp-bpf", "-e", f"trace={_CALLS}", "-o", str(calls)]


def _rest(site: Site, roles: str) -> None:
    """Wait until nothing is left to do."""
    site.drain()
    if "courier" in roles:
        site.settle()


def _counted(calls: Path) -> int:
    """Count the calls so far; strace writes a line for each, and two where one was interrupted."""
    return sum(b"resumed" not in line for line in calls.read_bytes().splitlines())
