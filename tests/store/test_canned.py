"""Which canned answers a sender got lately, for rules that ask."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.desk.needs import Needs
from gateway.desk.person import Person
from gateway.mail.model import Clues
from gateway.store import directory
from gateway.store.counted import with_counts
from gateway.store.lookup import Question, look_up
from lib.workbench import Workbench, mail, workbench

JAN = "jan@klant.example"
POLICY = """
[[rule]]
name = "insists"
when = '"customer/reminder" in sender.answers'
set = { language = "nl" }
stop = true

[[rule]]
name = "asks"
when = "true"
reply = "customer/reminder"
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house whose rules answer everything, and ask what they answered."""
    with workbench(tmp_path, "sqlite:///casepost.db", policy=POLICY) as opened:
        yield opened


def asked(bench: Workbench, author: str, *, days: int = 7, desk: str = "north") -> tuple[str, ...]:
    """Say which answers an author is known to have got."""
    needs = Needs(answers=("customer/reminder",), remembered=timedelta(days=days))
    clues = Clues((), (), ())
    question = Question(9, desk, clues, author, "f", bench.time, needs=needs)
    sending, desks = bench.house.settings.sending, bench.house.desks
    with bench.house.database.reading() as connection:
        known = look_up(connection, [question])
        return with_counts(connection, [question], known, desks, sending, bench.time)[0].canned


def test_answers_that_somebody_got_lately_are_known(bench: Workbench) -> None:
    """By any of their addresses, of this desk, for as long as it says."""
    with bench.house.database.writing() as connection:
        directory.put(connection, [Person(JAN, aliases=("j@klant.example",))])
    bench.deliver(mail(subject="First"))
    bench.work()
    bench.time += timedelta(days=6)
    assert ("customer/reminder",) == asked(bench, JAN) == asked(bench, "j@klant.example")
    assert () == asked(bench, JAN, days=5)
    assert () == asked(bench, JAN, desk="south")
    assert () == asked(bench, "eve@stranger.example")


def test_mails_that_come_together_know_of_each_other(bench: Workbench) -> None:
    """The second of one sender is the one that insists."""
    for number in range(2):
        bench.deliver(mail(subject=f"Question {number}", body=f"Is it {number} {number}?"))
    bench.deliver(mail(author="kim@klant.example", subject="Other"), sender="kim@klant.example")
    bench.work()
    assert ["en", "nl", "en"] == [row["language"] for row in bench.rows("tickets")]
