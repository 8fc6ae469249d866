"""What a crash left behind goes away, and nothing that anybody needs."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.store import raw, removals, restored
from gateway.store.large_mails import Named
from gateway.store.leftovers import Leftovers
from lib.large import large_in
from lib.workbench import START, Workbench

LARGE = 100
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
# What a sender may take for one mail, by default.
DATA_TOTAL = timedelta(minutes=15)


def leftovers(bench: Workbench, data_total: timedelta = DATA_TOTAL) -> Leftovers:
    """Look after the data folder of a house."""
    return Leftovers(bench.house.database, bench.house.large, data_total, parts(bench))


def parts(bench: Workbench) -> Path:
    """Give the folder of outgoing mails."""
    return bench.house.data / "outgoing"


def forge(path: Path, age: timedelta, content: bytes = b"x") -> Path:
    """Make a file that was last written so long before START."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    grow_old(path, age)
    return path


def grow_old(path: Path, age: timedelta) -> None:
    """Set when a file was last written, counted back from START."""
    written = (START - age).timestamp()
    os.utime(path, (written, written))


def named(bench: Workbench, content: bytes) -> Path:
    """Give the path of a large mail."""
    digest = hashlib.sha256(content).hexdigest()
    return bench.house.data / "large" / digest[:2] / digest


def keep(bench: Workbench, content: bytes) -> raw.RawMail:
    """Make a large mail's bytes durable; no row speaks of them yet."""
    large = large_in(bench.house.data, LARGE)
    return raw.keep(bench.house.database, raw.from_bytes(content, large), large)


def record(bench: Workbench, kept: raw.RawMail) -> None:
    """Write it down."""
    with bench.house.database.writing() as connection:
        raw.record(connection, [kept])


@pytest.mark.parametrize(
    ("data_total", "age", "stays"),
    [
        (DATA_TOTAL, timedelta(0), True),
        (DATA_TOTAL, 59 * MINUTE, True),
        (DATA_TOTAL, 61 * MINUTE, False),
        (timedelta(hours=1), 239 * MINUTE, True),
        (timedelta(hours=1), 241 * MINUTE, False),
        (timedelta(seconds=1), 59 * MINUTE, True),
        (DATA_TOTAL, -DAY, True),
    ],
)
def test_unfinished_files_go_once_nobody_can_be_writing_them(
    bench: Workbench,
    data_total: timedelta,
    age: timedelta,
    stays: bool,  # noqa: FBT001
) -> None:
    """An hour, or four times as long as a sender may take, if that is more."""
    files = (
        forge(bench.house.large.incoming / "tmpabc", age),
        forge(parts(bench) / ".xyz.part", age),
    )

    assert (0 if stays else 2) == leftovers(bench, data_total).sweep(START)
    assert [stays, stays] == [path.exists() for path in files]


def test_outgoing_mails_stay_however_old(bench: Workbench) -> None:
    """They are what somebody wants to read; and so do files that are not ours."""
    for name in ("17.eml", ".hidden", "their.part", ".folder.part/file"):
        forge(parts(bench) / name, 9 * DAY)

    assert 0 == leftovers(bench).sweep(START)


def test_a_large_mail_that_no_row_speaks_of_goes_after_a_day(bench: Workbench) -> None:
    """A crash came between its name and the commit, and the mail never came again."""
    paths = []
    for number, age in enumerate((timedelta(hours=23), timedelta(hours=25))):
        content = b"%d" % number * LARGE * 2
        paths.append(forge(named(bench, content), age, content))

    assert 1 == leftovers(bench).sweep(START)
    assert [True, False] == [path.exists() for path in paths]


def test_after_a_restore_only_what_is_older_than_the_copy_goes(bench: Workbench) -> None:
    """The rest may be mail of the house that was copied, which goes on with the same folder."""
    theirs, ours = (named(bench, content) for content in (b"theirs", b"ours"))
    forge(theirs, 9 * DAY)
    forge(ours, 11 * DAY)
    with bench.house.database.writing() as connection:
        restored.settle(connection, START - 10 * DAY, START, skip=None, send=False)

    assert 1 == leftovers(bench).sweep(START)
    assert (True, False) == (theirs.exists(), ours.exists())


def test_a_large_mail_that_a_row_speaks_of_stays_for_ever(bench: Workbench) -> None:
    """However old it is, and whether or not others go."""
    record(bench, keep(bench, b"kept" * LARGE))
    grow_old(named(bench, b"kept" * LARGE), 4000 * DAY)
    forge(named(bench, b"lost" * LARGE), 2 * DAY)

    assert 1 == leftovers(bench).sweep(START)
    assert named(bench, b"kept" * LARGE).exists()


def test_what_is_no_large_mail_is_not_looked_at(bench: Workbench) -> None:
    """An operator's file, or one under a wrong name."""
    large = bench.house.data / "large"
    digest = hashlib.sha256(b"").hexdigest()
    for name in ("ab/notes.txt", "notes.txt", f"00/{digest}", f"backup/{digest}", f"{digest}"):
        forge(large / name, 9 * DAY)

    assert 0 == leftovers(bench).sweep(START)


def test_many_files_are_looked_at_in_portions(bench: Workbench) -> None:
    """One sweep is short; after the last file it begins anew."""
    for number in range(1100):
        forge(named(bench, b"%d" % number), 2 * DAY)
    sweeping = leftovers(bench)

    assert [500, 500, 100, 0] == [sweeping.sweep(START) for _ in range(4)]
    forge(named(bench, b"later"), 2 * DAY)
    assert 1 == sweeping.sweep(START)


def test_a_mail_that_comes_again_under_the_sweep_is_not_lost(bench: Workbench) -> None:
    """Its name is given up: whoever kept it under that one has to keep it again, under another."""
    content = b"again" * LARGE
    forge(named(bench, content), 2 * DAY, content)
    kept = keep(bench, content)
    # So old that its age does not save it.
    grow_old(named(bench, content), 2 * DAY)

    assert 1 == leftovers(bench).sweep(START)
    with pytest.raises(removals.NameRemoved):
        record(bench, kept)
    record(bench, keep(bench, content))

    # Whoever was frozen before they removed the old name removes nothing that is anybody's.
    bench.house.large.places[0].remove([str(kept.named)], START)
    with bench.house.database.reading() as connection:
        assert content == raw.load(connection, kept.sha256, bench.house.large)
    grow_old(named(bench, content).with_suffix(".1"), 4000 * DAY)
    assert 0 == leftovers(bench).sweep(START)


def test_a_name_that_a_row_speaks_of_is_not_given_up(bench: Workbench) -> None:
    """The row came between the first look and the second."""
    kept = keep(bench, b"kept" * LARGE)
    record(bench, kept)
    lost = Named("0" * 64)
    assert kept.named is not None

    with bench.house.database.writing() as connection:
        assert {lost} == removals.give_up(connection, {kept.named, lost}, START)


def test_what_was_given_up_is_forgotten_in_the_end(bench: Workbench) -> None:
    """After so long that nobody can still be on the way to remove it."""
    forge(named(bench, b"lost" * LARGE), 2 * DAY)
    leftovers(bench).sweep(START)
    assert 1 == len(bench.rows("raw_removals"))

    leftovers(bench).sweep(START + 89 * DAY)
    assert 1 == len(bench.rows("raw_removals"))
    leftovers(bench).sweep(START + 91 * DAY)
    assert [] == bench.rows("raw_removals")


def test_an_empty_house_has_nothing_left_over(bench: Workbench) -> None:
    """Nor any of the folders."""
    assert 0 == leftovers(bench).sweep(START)
