"""What a second processor of this machine is worth: two processes that only compute, beside one.

Many machines count as processors what shares the parts of one. Where two get 1.4 times what one
gets, nothing that is bound by processors gets more by a second worker.
"""

import subprocess
import sys
from collections.abc import Sequence

from bench.plan import Plan
from gateway.errors import Transient

# Objects are made, looked up and forgotten: what our workers do all the time.
_PROGRAM = """
import time
def work():
    found = {}
    for number in range(2000):
        found[str(number)] = (number, [number])
    return sum(len(one) for one in found.values())
end, done = time.perf_counter() + 1.0, 0
while time.perf_counter() < end:
    work()
    done += 1
print(done)
"""
_MOST_SECONDS = 60.0


def measure(plan: Plan) -> None:
    """Enter `processors.second`: what two processes get done together, by what one does."""
    for number in range(plan.rounds):
        plan.tell(f"processors: round {number + 1} of {plan.rounds}")
        plan.samples.add("processors.second", sum(_run(2)) / sum(_run(1)))


def _run(count: int) -> Sequence[int]:
    """Let so many processes compute at once for a second; how often each came through."""
    running = [
        subprocess.Popen([sys.executable, "-P", "-c", _PROGRAM], stdout=subprocess.PIPE)
        for _ in range(count)
    ]
    said = [process.communicate(timeout=_MOST_SECONDS)[0] for process in running]
    if not all(said):
        raise Transient("a process that only computes has failed")
    return [int(one) for one in said]
