"""Who may take which mail in hand, and what is charged to a mail when that ends badly."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway import intake
from gateway.store import claims
from gateway.store.claimant import Claimant, this_process
from gateway.store.schema import raw_mails, spool
from gateway.store.waiting import share
from lib.workbench import Workbench, mail, workbench

LEASE = timedelta(seconds=60)
Claim = tuple[int, int]


def deliver(bench: Workbench, count: int) -> None:
    """Put that many different mails into the spool."""
    for number in range(count):
        bench.deliver(mail(subject=f"Number {number}"))


def claim(bench: Workbench, claimant: Claimant | None = None, limit: int = 50) -> tuple[Claim, ...]:
    """Claim mails for somebody, this process unless it is said."""
    claimant = claimant or this_process(bench.house.node)
    with bench.house.database.writing(durable=False) as connection:
        return claims.claim(connection, claimant, bench.time, LEASE, limit)


def free_dead(bench: Workbench, *died_by_themselves: Claimant) -> int:
    """Free what the dead held."""
    with bench.house.database.writing() as connection:
        died = [str(claimant) for claimant in died_by_themselves]
        return claims.free_dead(connection, bench.house.node, died)


def give_back(bench: Workbench, held: tuple[Claim, ...]) -> None:
    """Give mails back, to be had at once."""
    with bench.house.database.writing() as connection:
        claims.give_back(connection, held, None)


def charge(bench: Workbench, held: Claim) -> int:
    """Charge a failure to a mail."""
    with bench.house.database.writing() as connection:
        return claims.charge(connection, held, bench.time)


def ids(held: tuple[Claim, ...]) -> list[int]:
    """Give the spool ids of claims."""
    return [spool_id for spool_id, _ in held]


def attempts(bench: Workbench) -> list[object]:
    """Give what is charged to each mail."""
    return [row["attempts"] for row in bench.rows("spool")]


def dead(bench: Workbench) -> Claimant:
    """Name a process of this machine that was there once: its number has another owner now."""
    return replace(this_process(bench.house.node), started="1")


def test_the_oldest_mails_are_claimed_first(bench: Workbench) -> None:
    """As many as asked for, each once, in the order of arrival."""
    deliver(bench, 5)

    assert [1, 2] == ids(claim(bench, limit=2))
    assert [3, 4, 5] == ids(claim(bench))
    assert () == claim(bench)


def test_the_last_mails_are_shared(bench: Workbench) -> None:
    """Each of several workers takes its part of those that wait, but never a few only."""
    deliver(bench, 70)

    taken = []
    with bench.house.database.reading() as connection:
        limits = [share(connection, bench.time, 20, workers) for workers in (1, 2, 7)]
    for _ in range(5):
        with bench.house.database.reading() as connection:
            limit = share(connection, bench.time, 20, 2)
        taken.append(ids(claim(bench, limit=limit)))

    assert [20, 20, 10] == limits
    assert [20, 20, 15, 10, 5] == [len(some) for some in taken]
    assert list(range(1, 71)) == [one for some in taken for one in some]


def test_a_claim_ends_with_its_lease_and_each_has_its_own_epoch(bench: Workbench) -> None:
    """Who comes later has a higher epoch, and only that one counts."""
    deliver(bench, 2)
    first = claim(bench)
    bench.time += LEASE - timedelta(microseconds=1)
    assert () == claim(bench)

    bench.time += timedelta(microseconds=1)
    again = claim(bench)

    assert (1, first[0][1] + 1) == again[0]


def test_mails_whose_lease_ended_are_taken_one_by_one_and_charged_nothing(bench: Workbench) -> None:
    """Nobody saw how their worker ended, which may be by one of them, or by a power cut."""
    deliver(bench, 2)
    claim(bench)
    taken = []
    for _ in range(3):
        bench.time += LEASE
        taken.append((ids(claim(bench)), ids(claim(bench))))

    assert [([1], [2])] * 3 == taken
    assert [1, 1] == attempts(bench)
    assert [3, 3] == [row["claims_alone"] for row in bench.rows("spool")]


def test_a_mail_that_is_not_to_be_looked_at_yet_is_not_claimed(bench: Workbench) -> None:
    """Others are meanwhile."""
    deliver(bench, 2)
    held = claim(bench, limit=1)
    with bench.house.database.writing() as connection:
        claims.give_back(connection, held, bench.time + timedelta(seconds=2))

    assert [2] == ids(claim(bench))
    bench.time += timedelta(seconds=2)
    assert [1] == ids(claim(bench))


def test_two_workers_at_once_claim_different_mails(
    tmp_path: Path, postgresql_house_url: str
) -> None:
    """A worker steps over what another is just claiming, and does not wait (SKIP LOCKED)."""
    with workbench(tmp_path, postgresql_house_url) as bench:
        deliver(bench, 4)
        with bench.house.database.writing() as connection:
            first = claims.claim(connection, this_process("a"), bench.time, LEASE, 2)
            second = claim(bench)

    assert ([1, 2], [3, 4]) == (ids(first), ids(second))


def test_many_workers_claim_each_mail_exactly_once(bench: Workbench) -> None:
    """Four workers, 1,000 mails."""
    deliver(bench, 10)
    fill(bench, 990)
    start = threading.Barrier(4)

    def work() -> list[int]:
        found: list[int] = []
        start.wait()
        while held := claim(bench, limit=20):
            found += ids(held)
        return found

    with ThreadPoolExecutor(4) as threads:
        claimed = [
            i for future in [threads.submit(work) for _ in range(4)] for i in future.result()
        ]

    assert list(range(1, 1001)) == sorted(claimed)


def fill(bench: Workbench, count: int) -> None:
    """Write many plain rows at once."""
    row = bench.rows("spool")[0]
    del row["id"], row["trace"]
    with bench.house.database.writing() as connection:
        rows = [{**row, "delivery_key": f"key {number}"} for number in range(count)]
        connection.execute(spool.insert(), rows)


def test_an_attempt_is_counted_with_the_claim_of_a_mail_alone(bench: Workbench) -> None:
    """Not with that of a batch, where nobody can say who was at fault."""
    deliver(bench, 3)
    claim(bench, limit=2)
    claim(bench)

    assert [0, 0, 1] == attempts(bench)


def test_the_mails_of_a_dead_worker_are_taken_one_by_one_before_any_other_batch(
    bench: Workbench,
) -> None:
    """So that the one at fault can harm no other again."""
    deliver(bench, 3)
    worker = dead(bench)
    claim(bench, worker)
    bench.deliver(mail(subject="later"))
    bench.deliver(mail(subject="last"))

    assert 3 == free_dead(bench, worker)

    assert [0] * 5 == attempts(bench)
    assert [[1], [2], [3], [4, 5]] == [ids(claim(bench)) for _ in range(4)]


def test_only_a_mail_that_was_alone_when_its_worker_died_by_itself_is_charged(
    bench: Workbench,
) -> None:
    """A worker that was killed from outside proves nothing."""
    deliver(bench, 1)
    worker = dead(bench)

    claim(bench, worker)
    free_dead(bench)
    assert [0] == attempts(bench)

    claim(bench, worker)
    free_dead(bench, worker)
    assert [1] == attempts(bench)


def test_a_mail_that_is_charged_lets_others_go_first(bench: Workbench) -> None:
    """It waits a moment; one that nobody is sure of does not."""
    deliver(bench, 2)
    worker = dead(bench)
    claim(bench, worker, limit=1)
    later = bench.time + timedelta(seconds=2)
    with bench.house.database.writing() as connection:
        claims.free_dead(connection, bench.house.node, [str(worker)], later)

    assert [2] == ids(claim(bench))
    bench.time = later
    assert [1] == ids(claim(bench))


def test_what_dead_workers_held_is_freed_once(bench: Workbench) -> None:
    """A second look finds nothing, and charges nothing."""
    deliver(bench, 1)
    worker = dead(bench)
    claim(bench, worker)

    assert (1, 0) == (free_dead(bench, worker), free_dead(bench, worker))
    assert [1] == attempts(bench)


def test_living_workers_and_other_nodes_keep_what_they_hold(bench: Workbench) -> None:
    """Of another machine nobody can say who is dead; its leases end."""
    deliver(bench, 2)
    claim(bench, limit=1)
    claim(bench, Claimant("another", "0000", 1, "1"))

    assert 0 == free_dead(bench)
    assert () == claim(bench)


def test_nothing_is_charged_for_a_claim_that_came_to_nothing(bench: Workbench) -> None:
    """However often: the store was away, or the mail waits for another."""
    deliver(bench, 1)
    for _ in range(15):
        give_back(bench, claim(bench))

    (row,) = bench.rows("spool")
    assert (0, 0, False, "") == (
        row["attempts"],
        row["claims_alone"],
        row["alone"],
        row["claimed_by"],
    )


def test_what_was_charged_before_stays_charged(bench: Workbench) -> None:
    """Giving back takes back one attempt, the one of its own claim, once."""
    deliver(bench, 1)
    (held,) = claim(bench)
    assert 1 == charge(bench, held)
    held_again = claim(bench)
    give_back(bench, held_again)
    give_back(bench, held_again)

    assert [1] == attempts(bench)


def test_a_mail_that_made_its_processing_fail_is_charged_and_stays_alone(bench: Workbench) -> None:
    """The third time it is not read any more (`gateway/intake.py`)."""
    deliver(bench, 2)
    held = claim(bench)
    with bench.house.database.writing() as connection:
        claims.take_apart(connection, held)
    counts = []
    for _ in range(3):
        (first,) = claim(bench)
        counts.append(charge(bench, first))

    assert [1, 2, 3] == counts
    assert [3, 0] == attempts(bench)


def test_a_mail_set_aside_is_not_claimed_again(bench: Workbench) -> None:
    """Its reason can be read."""
    deliver(bench, 1)
    (held,) = claim(bench)
    with bench.house.database.writing() as connection:
        claims.fail(connection, held, "no way", bench.time)

    assert () == claim(bench)
    (row,) = bench.rows("spool")
    assert ("failed", "no way", bench.time) == (row["state"], row["reason"], row["settled_at"])


def test_a_claim_that_is_lost_changes_nothing(bench: Workbench) -> None:
    """Not by any of the ways that end it."""
    deliver(bench, 1)
    (lost,) = claim(bench)
    bench.time += LEASE
    claim(bench)
    before = bench.rows("spool")

    give_back(bench, (lost,))
    assert 0 == charge(bench, lost)
    with bench.house.database.writing() as connection:
        claims.take_apart(connection, [lost])
        claims.fail(connection, lost, "late", bench.time)

    assert before == bench.rows("spool")


def test_a_mail_that_was_filed_stays_filed_whatever_its_worker_says_after(bench: Workbench) -> None:
    """An error behind the commit does not undo it."""
    deliver(bench, 1)
    held = claim(bench)
    intake.take_in(bench.house, bench.load(held), bench.now, bench.authenticate)
    before = bench.rows("spool")

    give_back(bench, held)
    charge(bench, held[0])
    with bench.house.database.writing() as connection:
        claims.take_apart(connection, held)
        claims.fail(connection, held[0], "late", bench.time)

    assert before == bench.rows("spool")


def test_a_late_worker_writes_nothing(bench: Workbench) -> None:
    """Its lease is over and somebody else has the mail: one mail, one effect."""
    deliver(bench, 1)
    late = bench.load(claim(bench))
    bench.time += LEASE
    now = bench.load(claim(bench))

    intake.take_in(bench.house, late, bench.now, bench.authenticate)
    assert ["waiting"] == bench.states()
    assert [] == bench.rows("tickets") + bench.rows("outbox") + bench.rows("fingerprints")

    intake.take_in(bench.house, now, bench.now, bench.authenticate)
    assert (["filed"], 1) == (bench.states(), len(bench.rows("tickets")))


def test_a_mail_whose_file_is_missing_holds_up_no_other(bench: Workbench) -> None:
    """It is left out; who looks at it alone is told that it can't be read just now."""
    deliver(bench, 2)
    with bench.house.database.writing() as connection:
        first = bench.rows("spool")[0]["raw"]
        connection.execute(
            raw_mails.update().where(raw_mails.c.sha256 == first).values(content=None)
        )

    assert [2] == [claimed.spool_id for claimed in bench.load(claim(bench))]


def test_a_look_at_one_mail_needs_no_claim(bench: Workbench) -> None:
    """None for one that the spool does not know."""
    deliver(bench, 1)
    with bench.house.database.reading() as connection:
        found = claims.load_one(connection, 1, bench.house.large)
        nothing = claims.load_one(connection, 2, bench.house.large)

    assert found is not None
    assert b"Number 0" in found.content
    assert nothing is None


def test_large_mails_are_claimed_few_at_a_time(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as fit in a worker's memory, and one in any case."""
    monkeypatch.setattr(claims, "_MOST_BYTES", 2500)
    for letter, size in zip(b"abcde", (1000, 1000, 1000, 5000, 10), strict=True):
        bench.deliver_bytes(b"Subject: x\r\n\r\n" + bytes([letter]) * size)
    claimed = [bench.claim() for _ in range(4)]
    assert [[1, 2], [3], [4], [5]] == [[spool_id for spool_id, _ in some] for some in claimed]
