"""A backup is one moment of a house at work, is checked, and can be gone on from."""

import json
import shutil
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from gateway.config.load import load
from gateway.house import open_house
from gateway.store import books, sessions, unsent, users
from gateway.store.large_places import large_mails_of
from lib.commands import Casepost
from lib.daemon import DaemonProcess, insist
from lib.workbench import Workbench, mail, workbench
from servers import process

CONFIG = ("--config", "house/casepost.toml")
LARGE = 600 * 1024
DAY = timedelta(days=1)


def fill(bench: Workbench) -> None:
    """Have three cases, one of them opened by a large mail."""
    for number, body in enumerate(("White.", "Grey.", ("x" * 70 + "\n") * (LARGE // 71)), 1):
        text = mail(author=f"c{number}@klant.example", subject=f"Page {number}", body=body)
        bench.deliver(text, sender=f"c{number}@klant.example")
    bench.work()


@contextmanager
def restored(bench: Workbench, data: Path, url: str = "") -> Iterator[Workbench]:
    """Open the same house on restored data."""
    configuration = load(bench.house.path)
    settings = configuration.settings
    own = replace(settings.database, url=url or settings.database.url)
    raw = replace(settings.raw, folder=data / "large")
    settings = replace(settings, data=data, database=own, raw=raw)
    house = open_house(replace(configuration, settings=settings))
    try:
        opened = Workbench(house)
        opened.time = bench.time + DAY
        yield opened
    finally:
        house.database.close()


def numbers(bench: Workbench) -> list[int]:
    """Give the running numbers of all cases."""
    return [int(row["number"][3:7]) for row in bench.rows("tickets")]


def test_a_backup_is_whole_and_nobody_elses(casepost: Casepost, bench: Workbench) -> None:
    """It has everything that is needed, and only its owner can read any of it."""
    fill(bench)
    (bench.house.settings.templates / "en").mkdir()
    (bench.house.settings.templates / "en" / "note.txt").write_text("x")
    made = casepost("backup", "copy", *CONFIG)
    assert (0, "") == (made.code, made.err)
    assert "3 mails, 3 tickets, 1 large mails" in made.out
    assert "keep it as secret as a password file" in made.out
    assert made.out.endswith("It is whole.\n")

    found = sorted(p.relative_to("copy") for p in Path("copy").rglob("*") if p.is_file())
    assert Path("config/casepost.toml") in found
    assert Path("config/desks/north.toml") in found
    assert Path("templates/en/note.txt") in found
    assert {"message-id", "reply-address.1", "files.1", "node"} == {
        p.name for p in found if p.parts[0] == "keys"
    }
    large = [p for p in found if p.parts[0] == "large"]
    assert 1 == len(large)
    for path in (Path("copy"), *(Path("copy") / one for one in found if one not in large)):
        assert 0 == stat.S_IMODE(path.stat().st_mode) & 0o077, path

    listed = json.loads(casepost("backup", "copy", "--verify", "--json").out)
    assert ([], 3, 1) == (listed["faults"], listed["rows"]["tickets"], listed["large_mails"])


def test_nothing_is_overwritten(casepost: Casepost, bench: Workbench) -> None:
    """Neither by a backup nor by what is restored."""
    fill(bench)
    assert 0 == casepost("backup", "copy", *CONFIG).code
    again = casepost("backup", "copy", *CONFIG)
    assert (2, "casepost: copy is not empty: name a folder that is not there yet\n") == (
        again.code,
        again.err,
    )
    refused = casepost("restore", "copy", "--to", bench.house.data)
    assert 2 == refused.code
    assert "is not empty, and nothing there is overwritten" in refused.err
    assert 2 == casepost("restore", "house", "--to", "new").code
    assert not Path("new").exists()


def _lose_a_large_mail(folder: Path) -> str:
    next((folder / "large").glob("*/*")).unlink()
    return "is missing"


def _change_a_large_mail(folder: Path) -> str:
    path = next((folder / "large").glob("*/*"))
    content = bytearray(path.read_bytes())
    path.unlink()
    content[-5] ^= 1
    path.write_bytes(content)
    return "is damaged"


def _change_a_key(folder: Path) -> str:
    (folder / "keys" / "node").write_bytes(b"x" * 32)
    return "keys/node is not what it was"


def _cut_the_database(folder: Path) -> str:
    path = next((folder / "database").iterdir())
    path.write_bytes(path.read_bytes()[:-4096])
    return "is not what it was"


def _lose_a_file(folder: Path) -> str:
    (folder / "config" / "desks" / "south.toml").unlink()
    return "config/desks/south.toml is missing"


HARMS = (
    _lose_a_large_mail,
    _change_a_large_mail,
    _change_a_key,
    _cut_the_database,
    _lose_a_file,
)


def test_a_damaged_backup_is_known(casepost: Casepost, bench: Workbench) -> None:
    """`--verify` says what is wrong, and nothing of it is restored."""
    fill(bench)
    assert 0 == casepost("backup", "copy", *CONFIG).code
    for harm in HARMS:
        shutil.rmtree("harmed", ignore_errors=True)
        shutil.copytree("copy", "harmed")
        sentence = harm(Path("harmed"))
        verified = casepost("backup", "harmed", "--verify")
        assert (1, True) == (verified.code, sentence in verified.err), harm
        refused = casepost("restore", "harmed", "--to", "new")
        assert (2, True) == (refused.code, "the backup is damaged" in refused.err), harm
        assert not Path("new").exists()


def test_a_half_made_backup_is_none(casepost: Casepost, bench: Workbench) -> None:
    """Its manifest is written last."""
    fill(bench)
    assert 0 == casepost("backup", "copy", *CONFIG).code
    Path("copy/manifest.json").unlink()
    verified = casepost("backup", "copy", "--verify")
    assert (2, True) == (verified.code, "or not a whole one" in verified.err)


@pytest.mark.thorough
def test_a_backup_in_one_file(casepost: Casepost, bench: Workbench) -> None:
    """It is a tar archive, verified and restored as it is, and leaves nothing beside it."""
    fill(bench)
    assert 0 == casepost("backup", "copy.tar", *CONFIG).code
    assert tarfile.is_tarfile("copy.tar")
    assert 0 == stat.S_IMODE(Path("copy.tar").stat().st_mode) & 0o077
    assert 0 == casepost("backup", "copy.tar", "--verify").code
    assert 0 == casepost("restore", "copy.tar", "--to", "new").code
    assert {"house", "copy.tar", "new"} == {path.name for path in Path().iterdir()}


@pytest.mark.thorough
def test_a_copy_is_one_moment_of_a_house_at_work(casepost: Casepost, bench: Workbench) -> None:
    """Mail goes on coming in while it is made, and in the copy the books balance all the same."""
    fill(bench)
    enough, stop = Event(), Event()
    delivered: list[int] = []

    def deliver() -> None:
        while not stop.is_set():
            number = len(delivered)
            size = LARGE if number % 10 == 0 else 200
            text = mail(author=f"d{number}@klant.example", body=f"{number} " + "y" * size)
            bench.deliver(text, sender=f"d{number}@klant.example")
            delivered.append(number)
            bench.work()
            if number == 20:
                enough.set()

    thread = Thread(target=deliver)
    thread.start()
    try:
        assert enough.wait(60)
        before = len(delivered)
        made = casepost("backup", "copy", "--json", *CONFIG)
        after = len(delivered)
    finally:
        stop.set()
        thread.join()
    assert (0, []) == (made.code, json.loads(made.out)["faults"])
    assert before + 3 <= json.loads(made.out)["rows"]["spool"] <= after + 4

    assert 0 == casepost("restore", "copy", "--to", "new").code
    with restored(bench, Path("new").resolve()) as again:
        again.work()
        with again.house.database.reading() as connection:
            assert not any(account.difference for account in books.accounts(connection))


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
        large = large_mails_of(again.house.settings)
        assert large.places
        with again.house.database.reading() as connection:
            assert not any(account.difference for account in books.accounts(connection))
        assert "house.restore" == again.rows("audit")[-1]["action"]


def test_numbers_and_mail_as_one_says(casepost: Casepost, bench: Workbench) -> None:
    """Who knows what happened since says how many numbers to pass over, and that mail may go."""
    fill(bench)
    assert 0 == casepost("backup", "copy", *CONFIG).code
    done = casepost("restore", "copy", "--to", "new", "--skip-numbers", "7", "--send", "--json")
    plain = json.loads(done.out)
    assert (0, 0, 7) == (done.code, plain["kept_back"], plain["skipped_numbers"])
    with restored(bench, Path("new").resolve()) as again:
        assert {"queued"} == {row["state"] for row in again.rows("outbox")}


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
def test_a_dump_of_postgresql(
    casepost: Casepost, tmp_path: Path, postgresql_house_url: str, request: pytest.FixtureRequest
) -> None:
    """A backup on PostgreSQL is a dump, and comes back into an empty database."""
    server = request.getfixturevalue("postgresql_server")
    monkeypatch = request.getfixturevalue("monkeypatch")
    monkeypatch.setenv("PATH", str(server.binaries), prepend=":")
    with workbench(tmp_path, postgresql_house_url) as bench, server.database() as empty:
        fill(bench)
        made = casepost("backup", "copy", *CONFIG)
        assert (0, "") == (made.code, made.err)
        done = casepost("restore", "copy", "--to", "new", "--database", server.url(empty))
        assert (0, "") == (done.code, done.err)
        with restored(bench, Path("new").resolve(), server.url(empty)) as again:
            assert 3 == len(again.rows("tickets"))
            again.deliver(mail(author="new@klant.example"), sender="new@klant.example")
            again.work()
            assert numbers(again)[-1] > numbers(bench)[-1]
            assert again.rows("spool")[-1]["id"] > 1000
        full = casepost("restore", "copy", "--to", "other", "--database", server.url(empty))
        assert (2, True) == (full.code, "is not empty" in full.err)


@pytest.mark.thorough
def test_without_pg_dump_one_is_told_what_to_run(
    casepost: Casepost,
    tmp_path: Path,
    postgresql_house_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In one sentence."""
    with workbench(tmp_path, postgresql_house_url):
        monkeypatch.setenv("PATH", str(tmp_path))
        made = casepost("backup", "copy", *CONFIG)
    assert 2 == made.code
    assert "pg_dump is not installed here: run `pg_dump --format=custom" in made.err


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
        insist(port, "new@klant.example", "help@north.example", text.encode())
        process.wait_until(
            lambda: '"waiting": 0' in _status(casepost, settings), seconds=60, what="it is filed"
        )
        found = json.loads(_status(casepost, settings))
        assert (True, True, 4) == (found["ready"], found["balanced"], found["spool"]["received"])
    finally:
        daemon.stop()


def _status(casepost: Casepost, settings: Path) -> str:
    return casepost("status", "--json", "--config", settings).out
