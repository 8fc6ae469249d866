"""What a backtest comes to: each difference as plain values, and how many mails came to what.

Others script against these keys. Add to them, do not change them.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator

from gateway.backtest.compare import Difference
from gateway.backtest.replay import Backtest, Outcome, Verdict


class Tally:
    """How many mails came to what, and how long it took."""

    def __init__(self) -> None:
        """Begin with none."""
        self.verdicts: Counter[Verdict] = Counter()
        self.fields: Counter[str] = Counter()
        self._cases: set[str] = set()
        self._began = time.monotonic()

    def watch(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Count outcomes as they pass."""
        for one in outcomes:
            self.verdicts[one.verdict] += 1
            self.fields.update({difference.field for difference in one.differences})
            self._cases.update(difference.case for difference in one.differences)
            yield one

    @property
    def mails(self) -> int:
        """Count the mails."""
        return sum(self.verdicts.values())

    @property
    def cases(self) -> int:
        """Count the cases that mails which would differ belong to."""
        return len(self._cases - {""})

    @property
    def mails_a_second(self) -> float:
        """Say how fast it goes."""
        return self.mails / max(time.monotonic() - self._began, 0.001)

    def plain(self, test: Backtest) -> dict[str, object]:
        """Give the totals as plain values."""
        return {
            "mails": self.mails,
            **{one.value.replace("-", "_"): self.verdicts[one] for one in Verdict},
            "cases": self.cases,
            "fields": dict(sorted(self.fields.items())),
            "not_decided": {
                state: test.states.get(state, 0) for state in ("waiting", "failed", "duplicate")
            },
            "mails_a_second": round(self.mails_a_second, 1),
        }


def plain(one: Difference) -> dict[str, object]:
    """Give a difference as an object of plain values."""
    return {
        "mail": one.mail,
        "case": one.case or None,
        "desk": one.desk,
        "received_at": one.received_at.isoformat(),
        "from": one.author,
        "subject": one.subject,
        "field": one.field,
        "then": one.then,
        "now": one.now,
        "by": one.by,
    }
