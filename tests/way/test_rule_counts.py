"""Every rule that hits is counted once, in the transaction that writes what it led to."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway import agenda, intake
from gateway.store import filing
from gateway.store.conflict import Conflict
from lib.workbench import Workbench, mail, workbench

POLICY = """
[[rule]]
name = "paper"
when = 'mail.subject.contains("paper")'
tag = ["paper"]

[[rule]]
name = "ink"
when = 'mail.subject.contains("ink")'
tag = ["ink"]

[[rule]]
name = "silence"
on = ["time"]
when = 'timer == "remind"'
tag = ["silent"]
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house whose desk `north` has rules."""
    with workbench(tmp_path, "sqlite:///casepost.db", policy=POLICY) as opened:
        yield opened


def counted(bench: Workbench) -> dict[str, int]:
    """Give how often each rule hit."""
    found: Counter[str] = Counter()
    for row in bench.rows("rule_counts"):
        found[row["rule"]] += row["hits"]
    return dict(found)


def test_rules_are_counted_that_hit(bench: Workbench) -> None:
    """For each mail that they were asked of; a copy of one is asked nothing."""
    bench.deliver(mail(subject="paper and ink", message_id="<1@klant.example>"))
    bench.deliver(mail(subject="paper", message_id="<2@klant.example>"))
    bench.work()
    assert {"paper": 2, "ink": 1} == counted(bench)
    bench.deliver(mail(subject="paper", message_id="<2@klant.example>"), sender="")
    bench.work()
    assert {"paper": 2, "ink": 1} == counted(bench)


def test_rules_of_timers_are_counted(bench: Workbench) -> None:
    """Once the timer has fired."""
    bench.deliver(mail(subject="white"))
    bench.work()
    bench.time += timedelta(days=7)
    assert 1 == agenda.sweep(bench.house, bench.time)
    assert {"silence": 1} == counted(bench)


def test_a_conflict_counts_nothing(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is decided on anew is counted when it is written."""
    asked = iter([True, True])

    def settle(*arguments: Any) -> None:  # noqa: ANN401  passed on as they are
        if next(asked, False):
            raise Conflict("somebody was faster")
        original(*arguments)

    original = filing._settle  # noqa: SLF001  where a claim is seen to be lost
    monkeypatch.setattr(filing, "_settle", settle)
    bench.deliver(mail(subject="paper"))
    claimed = bench.load(bench.claim())
    intake.take_in(bench.house, claimed, bench.now, bench.authenticate)
    assert {"paper": 1} == counted(bench)
    assert ["filed"] == bench.states()
