"""What a spam filter is to learn waits for nobody, and nobody waits for it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.config.settings import Spam
from gateway.desk.decision import Lesson
from gateway.rspamd import Rspamd
from gateway.store import lessons
from gateway.teaching import teach
from lib.workbench import START, Workbench, mail, workbench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house on SQLite."""
    with workbench(tmp_path, "sqlite:///casepost.db") as opened:
        yield opened


def test_a_mail_that_is_not_to_be_had_is_learnt_later(bench: Workbench) -> None:
    """Its file is away; all else that keeps house goes on, and after many attempts it is let be."""
    spam = Spam(controller="http://127.0.0.1:1/")
    house = replace(bench.house, settings=replace(bench.house.settings, spam=spam))
    bench.deliver(mail(body="padding of no importance\n" * (house.settings.large_mail // 20)))
    (file,) = (house.data / "large").glob("??/*")
    file.unlink()
    with house.database.writing() as connection:
        lessons.put(connection, [Lesson(1, spam=True)], START)

    assert 0 == teach(house, Rspamd(spam, str, lambda: 0.0), START)
    assert [(1, None)] == [(row["attempts"], row["learnt_at"]) for row in bench.rows("lessons")]
