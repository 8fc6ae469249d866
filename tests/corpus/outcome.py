"""All that a table says of a folder, and whether it is good enough."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import checks, kinds, reasons
from corpus.kinds import Matrix
from corpus.reasons import Reason
from corpus.sweep import MOST_MEMORY, MOST_SECONDS, Sweep, sweep
from corpus.verdict import Verdict

LEAST_BOUNCES = 0.98
LEAST_AUTO_REPLIES = 0.95


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read, compared and counted; `verdicts` are all, agreeing ones too."""

    swept: Sweep
    matrix: Matrix
    verdicts: tuple[Verdict, ...]
    reasons: tuple[Reason, ...]

    def differing(self) -> list[tuple[Verdict, Reason | None]]:
        """Give the disagreements, each with its reason."""
        return [(v, reasons.reason_of(v, self.reasons)) for v in self.verdicts if v.how]

    def unexplained(self) -> list[Verdict]:
        """Give the disagreements without a reason."""
        return [verdict for verdict, reason in self.differing() if reason is None]

    def unneeded(self) -> list[Reason]:
        """Give the reasons that may be taken out."""
        return reasons.unneeded(self.reasons, self.verdicts)

    def counts(self) -> Mapping[str, tuple[int, int, int]]:
        """Count by check: agreed, differs with a reason, differs."""
        excused = {id(v) for v, reason in self.differing() if reason}
        counted = Counter(
            (v.check, 0 if v.how is None else 1 if id(v) in excused else 2) for v in self.verdicts
        )
        present = [name for name in checks.CHECKS if any(v.check == name for v in self.verdicts)]
        return {n: (counted[n, 0], counted[n, 1], counted[n, 2]) for n in present}

    def failures(self) -> list[str]:
        """Say in sentences what is not good enough; nothing if all is."""
        found = [f"{one.name}: {broken.why}" for one, broken in self.swept.broken]
        found += [
            f"{one.name}: {seconds:.1f} s, at most {MOST_SECONDS:.0f} s are allowed"
            for one, seconds in self.swept.slow()
        ]
        if self.swept.peak >= MOST_MEMORY:
            found.append(f"peak memory {mib(self.swept.peak)}, at most {mib(MOST_MEMORY)}")
        for label, least in (("bounce", LEAST_BOUNCES), ("auto_reply", LEAST_AUTO_REPLIES)):
            right, of_all = self.matrix.recall(label)
            if of_all and right / of_all < least:
                found.append(f"recall of {label}: {right} of {of_all}, at least {least:.0%}")
        if persons := self.matrix.persons_as_machines():
            found.append(f"{persons} persons were taken for machines")
        if without := len(self.unexplained()):
            found.append(f"{without} disagreements have no reason")
        return found


def outcome(folder: Path, known: Sequence[Reason], only: Sequence[str]) -> Outcome:
    """Read a folder and compare it, with `only` these checks if there are any. Raises NoLabels."""
    swept = sweep(folder)
    verdicts = (verdict for one, seen in swept.mails for verdict in checks.verdicts(one, seen))
    wanted = tuple(v for v in verdicts if not only or v.check in only)
    return Outcome(swept, kinds.matrix(swept.mails), wanted, tuple(known))


def mib(size: int) -> str:
    """Give a number of bytes for people to read."""
    return f"{size / 1024 / 1024:.0f} MiB"
