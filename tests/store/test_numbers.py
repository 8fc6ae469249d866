"""Numbers are never given twice, and case numbers leave no gaps while all goes well."""

from concurrent.futures import ThreadPoolExecutor

from gateway.store.numbers import ENTRY, TICKET, Numbers, case_of
from lib.workbench import Workbench, mail

CASE = case_of("north")


def test_numbers_count_from_one_in_each_counter(bench: Workbench) -> None:
    """Beyond the end of a block, too."""
    numbers = Numbers(bench.house.database)

    assert list(range(1, 26)) == [numbers.take(CASE) for _ in range(25)]
    assert [1, 2] == [numbers.take(case_of("south")) for _ in range(2)]
    assert list(range(1, 1102)) == [numbers.take(ENTRY) for _ in range(1101)]


def test_two_processes_never_share_a_number(bench: Workbench) -> None:
    """Each takes from blocks of its own."""
    processes = [Numbers(bench.house.database) for _ in range(2)]

    taken = [numbers.take(CASE) for _ in range(30) for numbers in processes]

    assert 60 == len(set(taken))


def test_threads_never_share_a_number(bench: Workbench) -> None:
    """They take from the same block."""
    numbers = Numbers(bench.house.database)
    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(lambda _: numbers.take(CASE), range(200)))

    assert list(range(1, 201)) == sorted(taken)


def test_a_process_that_dies_leaves_a_gap_no_larger_than_a_block(bench: Workbench) -> None:
    """Its numbers may be in a mail that somebody has, so nobody else gets them."""
    dies = Numbers(bench.house.database)
    assert [1, 2] == [dies.take(CASE) for _ in range(2)]

    assert 11 == Numbers(bench.house.database).take(CASE)


def test_a_process_that_ends_in_order_leaves_no_gap(bench: Workbench) -> None:
    """It gives back what it did not use; and can go on."""
    numbers = Numbers(bench.house.database)
    numbers.take(CASE)
    numbers.take(TICKET)
    numbers.give_back()

    assert (2, 2) == (numbers.take(CASE), Numbers(bench.house.database).take(TICKET))


def test_what_others_reserved_since_is_not_given_back_under_them(bench: Workbench) -> None:
    """The gap stays, and no number comes twice."""
    first, second = Numbers(bench.house.database), Numbers(bench.house.database)
    assert (1, 11) == (first.take(CASE), second.take(CASE))
    first.give_back()

    assert [12, *range(13, 21), 21] == [second.take(CASE) for _ in range(10)]
    assert 31 == Numbers(bench.house.database).take(CASE)


def test_case_numbers_are_dense_over_restarts(bench: Workbench) -> None:
    """Mails that open no case use none up."""
    for number in range(3):
        bench.deliver(mail(subject=f"Number {number}", message_id=f"<{number}@klant.example>"))
        bench.deliver(
            mail(subject=f"Number {number}", message_id=f"<{number}@klant.example>"),
            "urgent@north.example",
        )
        bench.work()
        bench.house.numbers.give_back()

    running = [str(row["number"])[3:7] for row in bench.rows("tickets")]
    assert ["0001", "0002", "0003"] == running
