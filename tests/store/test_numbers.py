"""Numbers are never given twice, and case numbers leave no gaps while all goes well."""

from concurrent.futures import ThreadPoolExecutor

from gateway.config.case_number import CaseNumberPattern
from gateway.store.numbers import ENTRY, TICKET, Numbers, case_of
from lib.workbench import Workbench, mail

SOUTH = case_of(CaseNumberPattern.parse("SO-{n}{check}"))
CASE = case_of(CaseNumberPattern.parse("NO-{n}{check}"))


class Process:
    """A process that takes numbers, with a clock that stands still until it is set."""

    def __init__(self, bench: Workbench) -> None:
        self.time = 0.0
        self.numbers = Numbers(bench.house.database, lambda: self.time)

    def take(self, count: int = 1, *, every: float = 0) -> list[int]:
        """Take so many case numbers, one in each so many seconds."""
        taken = []
        for _ in range(count):
            self.time += every
            taken.append(self.numbers.take(CASE))
        return taken


def reserved(bench: Workbench) -> int:
    """Give the first case number that nobody has reserved."""
    (row,) = (row for row in bench.rows("counters") if row["name"] == CASE)
    return int(row["next"])


def test_numbers_count_from_one_in_each_counter(bench: Workbench) -> None:
    """Beyond the end of a block, too."""
    process = Process(bench)

    assert list(range(1, 201)) == process.take(200)
    assert [1, 2] == [process.numbers.take(SOUTH) for _ in range(2)]
    assert list(range(1, 1102)) == [process.numbers.take(ENTRY) for _ in range(1101)]


def test_two_processes_never_share_a_number(bench: Workbench) -> None:
    """Each takes from blocks of its own."""
    processes = [Process(bench) for _ in range(2)]

    taken = [number for _ in range(30) for process in processes for number in process.take()]

    assert 60 == len(set(taken))


def test_threads_never_share_a_number(bench: Workbench) -> None:
    """They take from the same block."""
    process = Process(bench)
    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(lambda _: process.numbers.take(CASE), range(200)))

    assert list(range(1, 201)) == sorted(taken)


def test_a_quiet_desk_has_no_gap_even_if_the_process_dies(bench: Workbench) -> None:
    """Nothing is reserved that is not used at once."""
    assert [1, 2, 3] == Process(bench).take(3, every=11)

    assert [4] == Process(bench).take()


def test_blocks_double_in_a_rush_and_no_further_than_to_64(bench: Workbench) -> None:
    """A busy desk costs few transactions."""
    process = Process(bench)
    ends = [n for n in range(1, 200) if process.take() == [n] and reserved(bench) == n + 1]

    assert [1, 3, 7, 15, 31, 63, 127, 191] == ends


def test_a_rush_that_is_over_is_forgotten(bench: Workbench) -> None:
    """What was reserved is used up, then numbers are reserved one by one again."""
    process = Process(bench)
    process.take(7)
    assert 8 == reserved(bench)

    assert [8, 9] == process.take(2, every=11)
    assert 10 == reserved(bench)


def test_a_process_that_dies_leaves_a_gap_no_larger_than_a_block(bench: Workbench) -> None:
    """Its numbers may be in a mail that somebody has, so nobody else gets them."""
    assert [1, 2, 3, 4] == Process(bench).take(4)

    assert [8] == Process(bench).take()


def test_a_process_that_ends_in_order_leaves_no_gap(bench: Workbench) -> None:
    """It gives back what it did not use; and can go on."""
    first, second = Process(bench), Process(bench)
    first.take(4)
    first.numbers.take(TICKET)
    first.numbers.give_back()

    assert ([5], 2) == (first.take(), second.numbers.take(TICKET))


def test_what_others_reserved_since_is_not_given_back_under_them(bench: Workbench) -> None:
    """The gap stays, and no number comes twice."""
    first, second = Process(bench), Process(bench)
    assert [1, 2] == first.take(2)
    assert ([4], [3]) == (second.take(), first.take())
    first.take(2)
    assert [9, 10] == second.take(2)
    first.numbers.give_back()

    assert [11] == Process(bench).take()


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
