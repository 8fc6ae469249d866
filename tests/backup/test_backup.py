"""A backup is one moment of a house at work, is checked, and can be gone on from."""

import json
import shutil
import stat
import tarfile
from pathlib import Path
from threading import Event, Thread

import pytest

from gateway.store import books
from lib.commands import Casepost
from lib.copied import LARGE, fill, numbers, restored
from lib.workbench import Workbench, mail, workbench

CONFIG = ("--config", "house/casepost.toml")


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


@pytest.mark.thorough
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
        nowhere = casepost("restore", "copy", "--to", "other")
        assert (2, True) == (nowhere.code, "name an empty database there" in nowhere.err)


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
