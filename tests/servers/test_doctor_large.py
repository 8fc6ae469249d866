"""`casepost doctor` where large mails are kept."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.doctor.check import State
from gateway.doctor.large import check_large_mails
from lib.workbench import write_house
from servers.object_store import SECRET, ObjectStore, object_store, table, write_keys


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    """Run one server for all."""
    with object_store() as one:
        yield one


def examined(
    folder: Path, more: str = "", *, with_data: bool = True, ahead: timedelta = timedelta()
) -> tuple[State, str]:
    """Examine a house whose configuration says so."""
    path = write_house(folder / "house", "sqlite:///casepost.db")
    path.write_text(f"{path.read_text()}\n{more}")
    if with_data:
        (path.parent / "data" / "large").mkdir(parents=True)
    write_keys(path.parent)
    found = check_large_mails(load(path).settings, "probe-1", datetime.now(UTC) + ahead)
    return found.state, found.message


def test_a_folder_that_keeps_mails(tmp_path: Path) -> None:
    """It is tried, and nothing stays."""
    state, said = examined(tmp_path)

    assert (State.OK, True) == (state, said.endswith("gives them back and forgets them"))
    assert [] == [one for one in (tmp_path / "house" / "data").rglob("*") if one.is_file()]


def test_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    """One of ours is made with the first large mail; one that is shared has to be mounted."""
    state, said = examined(tmp_path, with_data=False)
    assert (State.WARNING, True) == (state, "the first one makes it" in said)

    state, said = examined(tmp_path / "other", '[raw]\nfolder = "/nowhere/mail"')
    assert (State.PROBLEM, "/nowhere/mail is not there: make it, or mount it") == (state, said)


def test_a_bucket_that_keeps_mails(store: ObjectStore, tmp_path: Path) -> None:
    """Over a connection that anybody on the way can read, which is said."""
    bucket = store.bucket()
    state, said = examined(tmp_path, table(store.url, bucket))

    assert (State.WARNING, True) == (state, said.endswith("they go there in the clear"))
    assert f"s3://{bucket}/pre/fix keeps mails" in said


def test_a_bucket_that_is_not_there(store: ObjectStore, tmp_path: Path) -> None:
    """What to look at is said, and no key."""
    state, said = examined(tmp_path, table(store.url, "none-of-ours"))

    assert State.PROBLEM is state
    assert (
        "s3://none-of-ours/pre/fix is no bucket that is there" == said.partition("; see [raw]")[0]
    )
    assert SECRET not in said


def test_a_bucket_whose_clock_is_another(store: ObjectStore, tmp_path: Path) -> None:
    """Stores refuse what is signed too far from their own time."""
    more = table(store.url, store.bucket())
    state, said = examined(tmp_path, more, ahead=timedelta(minutes=5))

    assert (State.PROBLEM, True) == (state, "differs by" in said and "seconds from ours" in said)
