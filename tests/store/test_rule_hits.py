"""Rules that hit only so often per sender are counted, and again where a mail is filed."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.desk.needs import Limited
from gateway.store import limits, rule_hits
from gateway.store.conflict import Conflict
from gateway.store.rule_hits import Hit
from lib.workbench import START, Workbench, mail, workbench

EVE = "eve@stranger.example"
HOUR = timedelta(hours=1)
SHOUTING = Limited("shouting", 2, timedelta(hours=24))
OTHER = Limited("other", 9, HOUR)
ON_SQLITE = pytest.mark.parametrize("house_url", ["sqlite:///casepost.db"])

POLICY = """
[[rule]]
name = "shouting"
when = 'mail.subject.startsWith("URGENT")'
set = { language = "nl" }
limit = { most = 2, within = "24h" }
"""


def hit(spool: int, sender: str = EVE, limited: Limited = SHOUTING, desk: str = "north") -> Hit:
    """Give a hit for a mail."""
    return Hit(spool, desk, sender, limited)


def record(bench: Workbench, *hits: Hit) -> None:
    """Enter hits in one transaction."""
    with bench.house.database.writing() as connection:
        limits.lock(connection, (), {one.sender for one in hits})
        rule_hits.record(connection, hits, bench.time)


def count(bench: Workbench, *senders: str, spool: int = 0) -> dict[str, int]:
    """Say how often rules hit for a sender's addresses."""
    asked = [("north", who, (SHOUTING, OTHER)) for who in senders]
    with bench.house.database.reading() as connection:
        hits = rule_hits.read(connection, asked, bench.time)
    return dict(hits.count("north", senders, (SHOUTING, OTHER), spool))


@ON_SQLITE
def test_hits_are_counted_by_rule_desk_sender_and_time(bench: Workbench) -> None:
    """A mail's own hit does not count against it, however often it is taken in."""
    record(bench, hit(1), hit(2, limited=OTHER), hit(3, desk="south"), hit(4, "jan@klant.example"))
    assert {"shouting": 1, "other": 1} == count(bench, EVE)
    assert {"shouting": 2, "other": 1} == count(bench, EVE, "jan@klant.example")
    assert {"other": 1} == count(bench, EVE, spool=1)
    record(bench, hit(1))
    bench.time += 2 * HOUR
    assert {"shouting": 1} == count(bench, EVE)
    bench.time += 22 * HOUR
    assert {} == count(bench, EVE)


@ON_SQLITE
def test_one_hit_too_many_is_refused(bench: Workbench) -> None:
    """Also within one transaction; another sender's do not count."""
    record(bench, hit(1))
    with pytest.raises(Conflict, match='the rule "shouting" has hit 2 times'):
        record(bench, hit(2), hit(3))
    record(bench, hit(2), hit(3, "jan@klant.example"))
    with pytest.raises(Conflict):
        record(bench, hit(4))
    assert {"shouting": 2} == count(bench, EVE)


def test_many_nodes_hit_no_more_often_than_one(bench: Workbench) -> None:
    """Whoever counts for the same sender waits for the other."""
    refused: list[int] = []
    together = threading.Barrier(6)

    def node(number: int) -> None:
        together.wait()
        try:
            record(bench, hit(number))
        except Conflict:
            refused.append(number)

    threads = [threading.Thread(target=node, args=(number,)) for number in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (2, 4) == (len(bench.rows("rule_hits")), len(refused))


@ON_SQLITE
def test_old_hits_are_forgotten(bench: Workbench) -> None:
    """Those that no limit looks back to."""
    record(bench, hit(1))
    bench.time += HOUR
    record(bench, hit(2))
    with bench.house.database.writing() as connection:
        assert 0 == rule_hits.forget(connection, START)
        assert 1 == rule_hits.forget(connection, START + HOUR)
    assert [2] == [row["spool"] for row in bench.rows("rule_hits")]


@pytest.fixture
def shouted(tmp_path: Path) -> Iterator[Workbench]:
    """A house with a rule that hits twice a day."""
    with workbench(tmp_path, "sqlite:///casepost.db", policy=POLICY) as opened:
        yield opened


def languages(bench: Workbench) -> list[str]:
    """Give the languages of the tickets, in order of opening."""
    return [str(row["language"]) for row in bench.rows("tickets")]


def shout(bench: Workbench, *numbers: int) -> None:
    """Deliver mails that the rule hits for, all before any is taken in."""
    for number in numbers:
        bench.deliver(mail(author=EVE, subject=f"URGENT {number}", body=f"Case {number} {EVE}"))
    bench.work()


def test_a_limited_rule_hits_so_often_and_no_more(shouted: Workbench) -> None:
    """Whether mails come one by one, or all at once; a day later it hits again."""
    shout(shouted, 1)
    shout(shouted, 2, 3, 4)
    assert ["nl", "nl", "en", "en"] == languages(shouted)
    shouted.time += 25 * HOUR
    shout(shouted, 5, 6, 7)
    assert ["nl", "nl", "en"] == languages(shouted)[4:]
