"""Mails that wait for a person, or for us, are listed page by page."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.desk.decision import Release
from gateway.mail.model import Verdict
from gateway.store import claims, queues
from gateway.store.consequences import release
from gateway.store.pages import Asked, Paged
from gateway.store.queues import Queue, Queued
from lib.large import large_in
from lib.workbench import START, Workbench, mail

ADA = "ada@north.example"
ON_SQLITE = pytest.mark.parametrize("house_url", ["sqlite:///casepost.db"])


def fill(bench: Workbench, count: int = 5) -> None:
    """Let mails be held, the first of them dropped then, and let one fail and one wait."""
    bench.verdict = Verdict.UNKNOWN
    for number in range(count):
        bench.deliver(mail(author=ADA, subject=f"Held {number}"), sender=ADA)
        bench.time += timedelta(minutes=1)
    bench.work()
    bench.deliver(mail(subject="Failed"))
    (claimed,) = bench.claim()
    with bench.house.database.writing() as connection:
        claims.fail(connection, claimed, "nobody knows", bench.time)
        release(connection, [Release(1, ADA, admit=False)], bench.time)
    bench.deliver(mail(subject="Waiting"))


def page(
    bench: Workbench, queue: Queue, asked: Asked | None = None, desk: str = ""
) -> Paged[Queued]:
    """Give a page of a queue."""
    with bench.house.database.reading() as connection:
        return queues.queued(connection, queue, asked or Asked(2), bench.house.large, desk)


def test_each_queue_has_its_mails(bench: Workbench) -> None:
    """With what a list says of them, and how many they are."""
    fill(bench)
    with bench.house.database.reading() as connection:
        assert {
            Queue.HELD: 4,
            Queue.FAILED: 1,
            Queue.WAITING: 1,
            Queue.DROPPED: 1,
        } == queues.sizes(connection)
    found = {queue: page(bench, queue).rows for queue in Queue}
    assert {
        Queue.HELD: [5, 4],
        Queue.FAILED: [6],
        Queue.WAITING: [7],
        Queue.DROPPED: [1],
    } == {queue: [one.spool_id for one in rows] for queue, rows in found.items()}
    (failed,) = found[Queue.FAILED]
    content = mail(subject="Failed").replace("\n", "\r\n").encode()
    assert (
        Queued(
            spool_id=6,
            received_at=START + timedelta(minutes=5),
            source="smtp",
            reverse_path="jan@klant.example",
            recipient="help@north.example",
            desk="",
            reason="nobody knows",
            author="",
            attempts=1,
            size=len(content),
            head=content,
        )
        == failed
    )


def test_pages_are_turned_both_ways(bench: Workbench) -> None:
    """From the newest on to the oldest, and back."""
    fill(bench)

    def turned(asked: Asked) -> tuple[list[int], bool, bool]:
        found = page(bench, Queue.HELD, asked)
        return [one.spool_id for one in found.rows], found.newer, found.older

    assert ([5, 4], False, True) == turned(Asked(2))
    assert ([3, 2], True, False) == turned(Asked(2, older_than=4))
    assert ([5, 4], False, True) == turned(Asked(2, newer_than=3))
    assert ([4, 3], True, True) == turned(Asked(2, newer_than=2))
    assert ([], True, False) == turned(Asked(2, older_than=2))


@ON_SQLITE
def test_a_queue_of_one_desk(bench: Workbench) -> None:
    """Has the mails of that desk."""
    fill(bench)
    assert 2 == len(page(bench, Queue.HELD, desk="north").rows)
    assert [] == list(page(bench, Queue.HELD, desk="south").rows)


@ON_SQLITE
def test_a_large_mail_is_known_by_its_head(bench: Workbench) -> None:
    """And is listed all the same where its file is gone."""
    bench.house = replace(bench.house, large=large_in(bench.house.data, 1))
    bench.deliver(mail(subject="Large", body="x" * 100_000))
    (one,) = page(bench, Queue.WAITING).rows
    assert one.head.startswith(b"From: Jan")
    assert (64 * 1024, True) == (len(one.head), one.size > 100_000)
    for file in (bench.house.data / "large").glob("*/*"):
        file.unlink()
    (one,) = page(bench, Queue.WAITING).rows
    assert b"" == one.head
