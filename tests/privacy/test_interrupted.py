"""Erasing goes on where it was interrupted, and the daemon goes on while it lasts."""

from collections.abc import Callable
from threading import Event, Thread

import pytest

from gateway.privacy import erasing
from gateway.store import books
from gateway.store.personal import cases, mails, mentions, posted, rows
from gateway.store.schema import metadata
from lib.commands import Casepost
from lib.traces import ALIAS, JAN, NAME, SECRET, Traces
from lib.workbench import mail

CONFIRMED = ("erase", JAN, "--confirm", JAN)
STEPS = (
    (posted, "erase_posted"),
    (mails, "erase_mails"),
    (cases, "leave_case"),
    (cases, "erase_case"),
    (rows, "remove_rows"),
    (mentions, "replace_mentions"),
)


def _broken(*_: object) -> None:
    raise KeyboardInterrupt


def test_it_goes_on_where_it_ended(
    casepost: Casepost, left: Traces, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted before each of its steps, one time after another, it still leaves nothing."""
    for module, name in STEPS:
        with monkeypatch.context() as patch:
            patch.setattr(module, name, _broken)
            assert 130 == casepost(*CONFIRMED).code, name
    done = casepost(*CONFIRMED)
    assert (0, "") == (done.code, done.err)
    text = str({name: left.bench.rows(name) for name in metadata.tables if name != "raw_mails"})
    assert [] == [word for word in (SECRET, NAME, ALIAS) if word in text]
    with left.bench.house.database.reading() as connection:
        assert not any(account.difference for account in books.accounts(connection))


@pytest.mark.thorough
def test_mail_goes_on_meanwhile(
    casepost: Casepost, left: Traces, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two steps mail comes in and is filed; none of it is lost."""
    came, erased = Event(), Event()
    bench = left.bench
    before = len(bench.rows("tickets"))

    def others() -> None:
        number = 0
        while not erased.is_set() or number < 3:
            number += 1
            author = f"n{number}@klant.example"
            bench.deliver(mail(author=author, subject=f"New {number}"), sender=author)
            bench.work()
            came.set()

    def slowly(work: Callable[..., object]) -> Callable[..., object]:
        def one(*arguments: object) -> object:
            came.clear()
            assert came.wait(60)
            return work(*arguments)

        return one

    monkeypatch.setattr(erasing, "_erase_cases", slowly(erasing._erase_cases))  # noqa: SLF001  a step
    monkeypatch.setattr(mentions, "replace_mentions", slowly(mentions.replace_mentions))
    thread = Thread(target=others)
    thread.start()
    try:
        done = casepost(*CONFIRMED, "--no-vacuum")
    finally:
        erased.set()
        thread.join()
    assert (0, "") == (done.code, done.err)
    new = bench.rows("tickets")[before:]
    assert len(new) >= 3
    assert len(new) == len({row["requester"] for row in new})
    with bench.house.database.reading() as connection:
        assert not any(account.difference for account in books.accounts(connection))


@pytest.mark.thorough
def test_bytes_that_may_be_left_are_named(casepost: Casepost, left: Traces) -> None:
    """Without writing the file anew, one is told how to."""
    done = casepost(*CONFIRMED, "--no-vacuum")
    sqlite = left.bench.house.database.is_sqlite
    said = "`casepost erase --vacuum` writes it anew" if sqlite else "with its next VACUUM"
    assert (0, True) == (done.code, said in done.out)
