"""Large mails in an object store: whole or not there, and an outage is one and takes its time."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.errors import Transient
from gateway.store import raw
from gateway.store.large_bucket import LargeBucket
from gateway.store.large_folder import LargeFolder
from gateway.store.large_mails import Missing, Named
from gateway.store.leftovers import Leftovers
from lib.large import large_in
from lib.workbench import Workbench
from servers.object_store import SECRET, ObjectStore, configured, object_store, silent

DAY = timedelta(days=1)
MAIL = b"0123456789abcdef\r\n" * 1000
# More than two parts.
IN_PARTS = bytes(range(256)) * 44_000


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    """Run one server for all."""
    with object_store() as one:
        yield one


@pytest.fixture
def bucket(store: ObjectStore, tmp_path: Path) -> LargeBucket:
    """Give an empty bucket."""
    return configured(store.url, store.bucket(), tmp_path)


def name_of(content: bytes) -> str:
    """Give the name of a mail."""
    return str(Named(hashlib.sha256(content).hexdigest()))


def keep(place: LargeBucket | LargeFolder, folder: Path, content: bytes) -> str:
    """Keep a mail in a place; give its name."""
    file = folder / "file"
    file.write_bytes(content)
    place.keep(name_of(content), file)
    return name_of(content)


@pytest.mark.parametrize("content", [MAIL, IN_PARTS], ids=["at once", "in parts"])
def test_what_is_kept_is_read_again(bucket: LargeBucket, tmp_path: Path, content: bytes) -> None:
    """Byte for byte, as far as one asks; and to keep it once more changes nothing."""
    keep(bucket, tmp_path, content)
    name = keep(bucket, tmp_path, content)

    assert content == bucket.read(name, len(content) + 1)
    assert content[:100] == bucket.read(name, 100)
    assert (name,) == tuple(one.name for one in bucket.page("", 10).stored)


def test_it_is_listed_in_pages(bucket: LargeBucket, tmp_path: Path) -> None:
    """In the order of names, under the prefix alone."""
    names = sorted(keep(bucket, tmp_path, b"%d" % number) for number in range(5))

    first = bucket.page("", 3)
    rest = bucket.page(first.stored[-1].name, 3)

    assert names == [one.name for page in (first, rest) for one in page.stored]
    assert (True, False) == (first.more, rest.more)


def test_what_is_not_there_is_said_to_be_missing(bucket: LargeBucket, tmp_path: Path) -> None:
    """And may be in the folder that mails were kept in before there was a bucket."""
    with pytest.raises(Missing, match="has no mail"):
        bucket.read(name_of(MAIL), 10)

    keep(LargeFolder(tmp_path / "large"), tmp_path, MAIL)
    large = large_in(tmp_path, 1, bucket)

    assert MAIL == large.read(Named(hashlib.sha256(MAIL).hexdigest()), len(MAIL))


def test_what_somebody_changed_is_no_mail(bucket: LargeBucket, tmp_path: Path) -> None:
    """In length or in a byte."""
    large = large_in(tmp_path, 1, bucket)
    for other in (MAIL + b"x", MAIL[:-1], b"y" + MAIL[1:]):
        file = tmp_path / "other"
        file.write_bytes(other)
        bucket.keep(name_of(MAIL), file)
        with pytest.raises(Transient, match="bytes have changed"):
            large.read(Named(hashlib.sha256(MAIL).hexdigest()), len(MAIL))


def test_a_store_that_is_away_is_an_outage(tmp_path: Path) -> None:
    """One sentence says it, with nothing of what a library knows."""
    with object_store() as store:
        place = configured(store.url, store.bucket(), tmp_path, timeout=1)
        store.stop()
        with pytest.raises(Transient) as error:
            keep(place, tmp_path, MAIL)
        store.start()

        keep(place, tmp_path, MAIL)

    assert f"does not take mail {name_of(MAIL)}: " in str(error.value)
    assert "\n" not in str(error.value)


def test_a_store_that_says_nothing_is_waited_for_so_long(tmp_path: Path) -> None:
    """All that is tried for one mail counts together."""
    with silent() as url:
        place = configured(url, "bucket", tmp_path, timeout=0.2)
        for ask in (
            lambda: keep(place, tmp_path, IN_PARTS),
            lambda: place.read(name_of(MAIL), 1),
            lambda: place.page("", 10),
            lambda: place.remove([name_of(MAIL)], datetime.now(UTC)),
        ):
            with pytest.raises(Transient, match=r"longer than 0\.2 seconds"):
                ask()


def test_keys_that_cannot_be_read_are_named(store: ObjectStore, tmp_path: Path) -> None:
    """Not shown; once they are there, the store can be used."""
    place = configured(store.url, store.bucket(), tmp_path)
    (tmp_path / "secret").rename(tmp_path / "away")
    with pytest.raises(Transient, match="secret's file does not exist"):
        keep(place, tmp_path, MAIL)
    (tmp_path / "away").rename(tmp_path / "secret")

    assert MAIL == place.read(keep(place, tmp_path, MAIL), len(MAIL))


def test_a_bucket_that_is_not_there_is_said_in_a_sentence(
    store: ObjectStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And no key is said anywhere."""
    place = configured(store.url, "no-such-bucket", tmp_path)
    with caplog.at_level(logging.DEBUG), pytest.raises(Transient) as error:
        keep(place, tmp_path, MAIL)

    assert "s3://no-such-bucket/pre/fix is no bucket that is there" == str(error.value)
    assert SECRET not in str(error.value) + caplog.text


def test_what_no_row_speaks_of_goes_after_a_day(bench: Workbench, bucket: LargeBucket) -> None:
    """From the bucket, and from the folder that was there before it; nobody else's objects do."""
    house = bench.house
    bench.house = replace(house, large=large_in(house.data, 100, bucket))
    bench.deliver_bytes(MAIL)
    for place in bench.house.large.places:
        assert isinstance(place, LargeBucket | LargeFolder)
        keep(place, house.data, b"lost" * 100)
    foreign = house.data / "foreign"
    foreign.write_bytes(b"x")
    bucket.keep("readme.txt", foreign)
    sweeping = Leftovers(house.database, bench.house.large, DAY, house.data / "outgoing")
    now = datetime.now(UTC)

    assert [0, 2, 0] == [sweeping.sweep(now + days * DAY) for days in (0.5, 1.5, 1.5)]
    left = {one.name for one in bucket.page("", 10).stored}
    assert {name_of(MAIL), "readme.txt"} == left


def test_of_two_nodes_that_sweep_both_do(bench: Workbench, bucket: LargeBucket) -> None:
    """What one has removed is no trouble for the other, whose listing is older."""
    large = large_in(bench.house.data, 100, bucket)
    one, other = (
        Leftovers(bench.house.database, large, DAY, bench.house.data / "outgoing") for _ in "ab"
    )
    name = keep(bucket, bench.house.data, b"lost" * 100)
    listed = bucket.page("", 500)
    later = datetime.now(UTC) + 2 * DAY

    assert 1 == one.sweep(later)
    bucket.remove([one.name for one in listed.stored], later)
    assert 0 == other.sweep(later)
    with pytest.raises(Missing):
        bucket.read(name, 1)


def test_while_the_store_is_away_the_house_is_kept(
    bench: Workbench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What is left over elsewhere goes; a line in the log says what is not looked at."""
    with silent() as url:
        place = configured(url, "bucket", tmp_path, timeout=0.2)
        large = large_in(bench.house.data, 100, place)
        keep(LargeFolder(bench.house.data / "large"), bench.house.data, b"lost" * 100)
        sweeping = Leftovers(bench.house.database, large, DAY, bench.house.data / "outgoing")

        assert 1 == sweeping.sweep(datetime.now(UTC) + 2 * DAY)

    assert "what is left over of large mails is removed later" in caplog.text


def test_a_mail_of_a_house_with_a_bucket_is_taken_in(bench: Workbench, bucket: LargeBucket) -> None:
    """While it is away, the others of its batch are."""
    bench.house = replace(bench.house, large=large_in(bench.house.data, 5000, bucket))
    content = b"From: Jan <jan@klant.example>\r\nSubject: %s\r\n\r\n%s"
    bench.deliver_bytes(content % (b"Large", b"word " * 2000))
    bench.deliver_bytes(content % (b"Small", b"word"))
    with bench.house.database.reading() as connection:
        kept = raw.load_of(connection, 1, bench.house.large)
    assert kept is not None
    name = name_of(kept)

    bucket.remove([name], datetime.now(UTC))
    assert [2] == [one.spool_id for one in bench.load(bench.claim())]

    file = bench.house.data / "again"
    file.write_bytes(kept)
    bucket.keep(name, file)
    bench.time += timedelta(minutes=5)
    bench.work()
    assert ["filed", "filed"] == [row["state"] for row in bench.rows("spool")]
