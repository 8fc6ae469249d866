"""Batches are filed behind the one that is fetched: none is lost, none is left, two are held."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from gateway.errors import Transient
from gateway.imap_source.behind import Behind
from gateway.imap_source.filing import Filing, Prepared
from gateway.mail.model import Envelope
from gateway.store import raw
from gateway.store.spool import Delivery
from lib.large import large_in
from servers.fake_imap import Dialog, FakeImap, fetch, serving
from servers.imap_rig import Rig, account, mail, rig

SECONDS = 10


def batch(folder: Path, *uids: int) -> list[tuple[int, Delivery]]:
    """Make mails that are ready to be filed, each in a file."""
    large = large_in(folder, 1)
    raws = {uid: raw.from_bytes(b"Subject: %d\r\n\r\n" % uid, large) for uid in uids}
    at, envelope = datetime(2026, 3, 1, tzinfo=UTC), Envelope("", "")
    return [(u, Delivery(f"{u}", "imap:a", envelope, r, "", at)) for u, r in raws.items()]


def uids_of(prepared: Prepared) -> list[int]:
    """File mails well."""
    return [uid for uid, _ in prepared]


def failing(prepared: Prepared) -> list[int]:
    """File no mail."""
    raise Transient(f"{len(prepared)} cannot be kept")


def test_each_batch_is_given_once(tmp_path: Path) -> None:
    """With the next one, or at the end."""
    with Behind(uids_of) as behind:
        given = [behind.begin(batch(tmp_path, *uids)) for uids in ((1, 2), (), (3,))]
        assert [[], [1, 2], []] == given
        assert [3] == behind.end()
        assert [] == behind.end()


def test_a_failure_is_raised_once_and_the_next_batch_is_forgotten(tmp_path: Path) -> None:
    """Its files go, as nobody will file it."""
    with Behind(failing) as behind:
        behind.begin([])
        following = batch(tmp_path, 2)
        with pytest.raises(Transient, match="0 cannot be kept"):
            behind.begin(following)
        files = [one.raw.file for _, one in following]
        assert [False] == [file.exists() for file in files if file is not None]
        assert [] == behind.end()


def test_nothing_goes_on_behind_an_error(tmp_path: Path) -> None:
    """Whoever fetches and fails waits until what was handed over is filed."""
    begun, done = Event(), Event()

    def slow(prepared: Prepared) -> list[int]:
        begun.wait(SECONDS)
        done.set()
        return uids_of(prepared)

    def break_off() -> None:
        with Behind(slow) as behind:
            behind.begin(batch(tmp_path, 1))
            begun.set()
            raise ConnectionError

    with pytest.raises(ConnectionError):
        break_off()
    assert done.is_set()


@pytest.fixture
def fake() -> Iterator[FakeImap]:
    """A scripted server with three mails."""
    with serving(FakeImap(mails={uid: mail(uid) for uid in (1, 2, 3)})) as found:
        yield found


@pytest.fixture
def post(fake: FakeImap, tmp_path: Path) -> Iterator[Rig]:
    """A source's surroundings, whose mails come one by one."""
    with rig(account("support", fake.port, batch=1), "sqlite:///casepost.db", tmp_path) as found:
        yield found


def at_mail(fake: FakeImap, uid: int, happens: Callable[[], None]) -> None:
    """Let something happen when a mail is asked for, before it is given."""

    def answer(dialog: Dialog, tag: str, rest: str) -> str:
        if "BODY.PEEK[]" in rest and rest.startswith(f"{uid} "):
            happens()
        return fetch(dialog, tag, rest)

    fake.answers["UID FETCH"] = answer


def test_the_next_is_fetched_while_one_is_filed(
    fake: FakeImap, post: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is asked for the second mail although the first is not filed yet."""
    asked, file = Event(), Filing.file
    in_time: list[bool] = []

    def late(self: Filing, prepared: Prepared) -> list[int]:
        in_time.append(asked.wait(SECONDS))
        return file(self, prepared)

    monkeypatch.setattr(Filing, "file", late)
    at_mail(fake, 2, asked.set)
    with post.running():
        post.wait(lambda: post.marked() == 3, "the marks")
    assert [True] * 3 == in_time
    assert (3, (3, 0)) == (post.rows(), post.received_and_repeated())


def test_a_link_that_is_lost_with_the_second_mail(fake: FakeImap, post: Rig) -> None:
    """The first one is ours, bears its mark after the next login, and does not come twice."""
    losses = iter([True])

    def lose() -> None:
        if next(losses, False):
            raise ConnectionError

    at_mail(fake, 2, lose)
    with post.running():
        post.wait(lambda: post.marked() == 3, "the marks")
    assert 2 == fake.commands().count("AUTHENTICATE")
    assert (3, (3, 0)) == (post.rows(), post.received_and_repeated())
    assert {1, 2, 3} == set(fake.keywords)


def test_a_mail_that_cannot_be_filed_while_the_next_one_comes(
    fake: FakeImap, post: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be kept bears no mark until it is, and nor does what came meanwhile."""
    file = Filing.file
    marked: list[set[int]] = []

    def full(self: Filing, prepared: Prepared) -> list[int]:
        if not marked:
            marked.append(set(fake.keywords))
            raise Transient("there is no room")
        return file(self, prepared)

    monkeypatch.setattr(Filing, "file", full)
    with post.running():
        post.wait(lambda: post.marked() == 3, "the marks")
    assert [set()] == marked
    assert "there is no room" in post.last_error()
    assert (3, (3, 0)) == (post.rows(), post.received_and_repeated())
