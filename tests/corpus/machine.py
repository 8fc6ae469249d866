"""The table for programs: one JSON object."""

from corpus.outcome import Outcome
from corpus.speed import Speed
from corpus.verdict import Verdict


def plain(outcome: Outcome, speed: Speed | None) -> dict[str, object]:
    """Give an outcome as plain values."""
    swept = outcome.swept
    kinds: dict[str, dict[str, int]] = {}
    for (label, kind), count in outcome.matrix.cells.items():
        kinds.setdefault(label, {})[kind.value] = count
    return {
        "mails": len(swept.mails) + len(swept.broken),
        "exceptions": {one.name: broken.why for one, broken in swept.broken},
        "slow": {one.name: seconds for one, seconds in swept.slow()},
        "peak_memory": swept.peak,
        "kinds": kinds,
        "checks": {
            name: dict(zip(("agreed", "differs_with_reason", "differs"), counts, strict=True))
            for name, counts in outcome.counts().items()
        },
        "differing": [
            {**_verdict(verdict), "reason": reason.why if reason else None}
            for verdict, reason in outcome.differing()
        ],
        "speed": _speed(speed) if speed else None,
        "failures": outcome.failures(),
    }


def _verdict(verdict: Verdict) -> dict[str, object]:
    return {
        "path": verdict.what,
        "corpus": verdict.corpus,
        "check": verdict.check,
        "how": verdict.how.value if verdict.how else None,
        "expected": verdict.expected,
        "got": verdict.got,
    }


def _speed(speed: Speed) -> dict[str, object]:
    return {
        "mails": speed.mails,
        "bytes": speed.size,
        "rounds": speed.rounds,
        "seconds": dict(speed.seconds),
        "ratios": dict(speed.ratios),
    }
