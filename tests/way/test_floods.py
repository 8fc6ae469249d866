"""One who writes without end, and many strangers at once: nothing is lost, nobody is flooded."""

from collections import Counter
from datetime import timedelta

import pytest

from gateway.mail.model import Verdict
from lib.workbench import Workbench, mail

WORDS = ("printer", "report", "login", "invoice", "screen", "backup", "mailbox")


def write(bench: Workbench, number: int, author: str = "jan@klant.example") -> None:
    """Deliver a mail about something of its own."""
    subject = f"{WORDS[number % 7]} {'x' * (number // 7 + 1)}"
    bench.deliver(mail(author=author, subject=subject, message_id=f"<{number}@klant.example>"))


def templates(bench: Workbench) -> Counter[object]:
    """Count what was queued."""
    return Counter(row["template"] for row in bench.rows("outbox"))


@pytest.mark.parametrize("at_once", [True, False])
def test_a_storm_is_kept_on_one_ticket(bench: Workbench, *, at_once: bool) -> None:
    """The thirty-first mail within ten minutes, and all after it; their author hears no more."""
    for number in range(36):
        write(bench, number)
        if not at_once:
            bench.work()
    bench.work()
    newest = bench.rows("tickets")[-1]["id"]
    where = [row["ticket"] for row in bench.rows("spool")]
    assert (30, 36) == (len(bench.rows("tickets")), len(bench.rows("entries")) - 5)
    assert [newest] * 7 == where[29:]
    assert 5 == templates(bench)["customer/acknowledge"]
    assert ["filed"] * 36 == bench.states()


def test_after_a_storm_there_is_an_hour_of_silence(bench: Workbench) -> None:
    """Their next mails open tickets again, and are acknowledged when the hour is over."""
    for number in range(31):
        write(bench, number)
    bench.work()
    for minutes, acknowledged in ((11, 5), (61, 6)):
        bench.time += timedelta(minutes=minutes)
        write(bench, 100 + minutes)
        bench.work()
        assert acknowledged == templates(bench)["customer/acknowledge"]
    assert 32 == len(bench.rows("tickets"))


def test_a_flood_of_strangers_is_told_once(bench: Workbench) -> None:
    """Thirty new cases are told, then that there are more; each has its ticket."""
    bench.verdict = Verdict.UNKNOWN
    for number in range(40):
        write(bench, number, f"p{number}@host{number}.example")
        if number % 10 == 9:
            bench.work()
    write(bench, 41, "p41@host41.example")
    bench.work()
    found = templates(bench)
    assert (30, 1) == (found["agent/new"], found["agent/flood"])
    assert 41 == len(bench.rows("tickets")) == found["customer/acknowledge"]
    bench.verdict = Verdict.PASS
    write(bench, 50)
    bench.work()
    assert 31 == templates(bench)["agent/new"]
    bench.verdict = Verdict.UNKNOWN
    bench.time += timedelta(minutes=11)
    write(bench, 60, "late@host60.example")
    bench.work()
    assert (32, 1) == (templates(bench)["agent/new"], templates(bench)["agent/flood"])


def test_whom_a_domain_disowns_gets_one_answer_a_day(bench: Workbench) -> None:
    """And each of their mails a ticket."""
    bench.verdict = Verdict.FAIL
    for number in range(3):
        write(bench, number)
        bench.work()
    assert (1, 3) == (templates(bench)["customer/acknowledge"], len(bench.rows("tickets")))
    withheld = [row["why"] for row in bench.rows("events") if row["kind"] == "withheld"]
    assert [True, True] == ["disowns" in why for why in withheld]
