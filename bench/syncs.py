"""How often the disk is asked to keep what it was given (fsync, fdatasync), counted by strace.

Counted are all calls of the daemon and its workers from the first mail until the last
acknowledgement is noted as sent: received, filed, and handed to smtp-sink.
"""

from pathlib import Path

from bench import sink
from bench.plan import Plan
from bench.site import SESSIONS, Setup, Site

_ROLES = "listener,worker,courier"
_CALLS = "fsync,fdatasync,sync_file_range,msync"


def measure(plan: Plan) -> None:
    """Enter `fsyncs`, a mail of the mix: one after the other, and by fifty sessions."""
    with sink.running(plan.folder) as taker:
        site = Site(plan.folder / "syncs", Setup(msa=taker.port))
        calls = site.folder / "calls"
        strace = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", f"trace={_CALLS}", "-o", str(calls)]
        with site.running(_ROLES, under=strace):
            for number in range(plan.rounds):
                plan.tell(f"fsyncs: round {number + 1} of {plan.rounds}")
                for name, sessions, part in (("alone", 1, 0.2), ("sessions_50", SESSIONS, 1)):
                    count = plan.share(part)
                    letters = site.mails(count, f"s{number}-{sessions}")
                    site.settle()
                    before = _counted(calls)
                    site.send(letters, sessions)
                    site.drain()
                    site.settle()
                    plan.samples.add(f"fsyncs.{name}", (_counted(calls) - before) / count)
        site.close()


def _counted(calls: Path) -> int:
    """Count the calls so far; strace writes a line for each, and two where one was interrupted."""
    return sum(b"resumed" not in line for line in calls.read_bytes().splitlines())
