"""A house that was restored goes on, and does nothing twice that may have been done since."""

import json
import shutil
from pathlib import Path

import pytest

from gateway.store import books, sessions, unsent, users
from lib.commands import Casepost
from lib.copied import DAY, fill, numbers, restored
from lib.daemon import DaemonProcess, insist
from lib.workbench import Workbench, mail
from servers import process

CONFIG = ("--config", "house/casepost.toml")


def test_a_restored_house_goes_on(casepost: Casepost, bench: Workbench) -> None:
    """What is explained there stays explained; no number is given twice; nothing goes out twice."""
    fill(bench)
    with bench.house.database.writing() as connection:
        user = users.add(connection, "ada@north.example", "Ada", "admin", "", bench.time)
        sessions.begin(connection, "0" * 64, user, bench.time, bench.time + DAY)
    assert 0 == casepost("backup", "copy", *CONFIG).code
    bench.deliver(mail(author="late@klant.example", subject="Late"), sender="late@klant.example")
    bench.work()
    lost = numbers(bench)[-1]

    done = casepost("restore", "copy", "--to", "new")
    assert (0, "") == (done.code, done.err)
    assert "outgoing mails are kept back" in done.out
    with restored(bench, Path("new").resolve()) as again:
        assert 3 == len(again.rows("tickets"))
        assert [] == again.rows("sessions")
        with again.house.database.reading() as connection:
            held_back = unsent.unsent(connection)
        assert {("uncertain", None)} == {(one.state.value, one.due_at) for one in held_back}
        answer = mail(author="c1@klant.example", subject="Re: Page 1", body="Still white.")
        number = again.rows("tickets")[0]["number"]
        again.deliver(answer.replace("Page 1", f"Page 1 [{number}]"), sender="c1@klant.example")
        again.deliver(mail(author="new@klant.example", subject="New"), sender="new@klant.example")
        again.work()
        *_, newest = numbers(again)
        assert 4 == len(again.rows("tickets"))
        assert newest > lost
        ids = [row["id"] for row in again.rows("spool")]
        assert ids[-1] - ids[2] > 1000
        with again.house.database.reading() as connection:
            assert not any(account.difference for account in books.accounts(connection))
        assert "house.restore" == again.rows("audit")[-1]["action"]


def test_only_what_the_backup_names_is_restored(casepost: Casepost, bench: Workbench) -> None:
    """Neither a file that somebody laid beside the keys, nor what a link there leads to."""
    fill(bench)
    assert 0 == casepost("backup", "copy", *CONFIG).code
    Path("secret").write_text("of somebody else")
    Path("copy/keys/laid").write_text("beside")
    Path("copy/keys/link").symlink_to(Path("secret").resolve())

    assert 0 == casepost("restore", "copy", "--to", "new").code

    names = {path.name for path in Path("new/keys").iterdir()}
    assert {"message-id", "node"} <= names
    assert not {"laid", "link"} & names


@pytest.mark.thorough
def test_numbers_and_mail_as_one_says(casepost: Casepost, bench: Workbench) -> None:
    """Who knows what happened since says how many numbers to pass over, and that mail may go."""
    fill(bench)
    assert 0 == casepost("backup", "copy", *CONFIG).code
    done = casepost("restore", "copy", "--to", "new", "--skip-numbers", "7", "--send", "--json")
    plain = json.loads(done.out)
    assert (0, 0, 7) == (done.code, plain["kept_back"], plain["skipped_numbers"])
    with restored(bench, Path("new").resolve()) as again:
        assert {"queued"} == {row["state"] for row in again.rows("outbox")}


@pytest.mark.thorough
def test_explained_as_before(
    casepost: Casepost, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`casepost explain` says of a restored mail what it said of it before."""
    fill(bench)
    before = casepost("explain", "--mail", "3", "--json", *CONFIG).out
    assert 0 == casepost("backup", "copy", *CONFIG).code
    assert 0 == casepost("restore", "copy", "--to", "new").code
    shutil.copytree("copy/config", "again")
    settings = Path("again/casepost.toml")
    settings.write_text(settings.read_text().replace('data = "data"', 'data = "../new"'))
    (settings.parent / "templates").mkdir()
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert before == casepost("explain", "--mail", "3", "--json", "--config", settings).out
    assert "opened" in before


@pytest.mark.thorough
def test_a_daemon_starts_on_what_was_restored(casepost: Casepost, bench: Workbench) -> None:
    """With the restored configuration; it takes mail, and its books balance."""
    fill(bench)
    assert 0 == casepost("backup", "copy", *CONFIG).code
    assert 0 == casepost("restore", "copy", "--to", "new").code
    shutil.copytree("copy/config", "again")
    (Path("again") / "templates").mkdir()
    settings, port = Path("again/casepost.toml").resolve(), process.free_port()
    text = settings.read_text().replace('data = "data"', 'data = "../new"')
    settings.write_text(f"{text}\n[[listener]]\nport = {port}\n")
    daemon = DaemonProcess(settings, port, Path("log").resolve())
    daemon.start()
    try:
        text = mail(author="new@klant.example", subject="New")
        insist(port, "new@klant.example", "help@north.example", text.replace("\n", "\r\n").encode())
        process.wait_until(
            lambda: '"waiting": 0' in _status(casepost, settings), seconds=60, what="it is filed"
        )
        found = json.loads(_status(casepost, settings))
        assert (True, True, 4) == (found["ready"], found["balanced"], found["spool"]["received"])
    finally:
        daemon.stop()


def _status(casepost: Casepost, settings: Path) -> str:
    return casepost("status", "--json", "--config", settings).out
