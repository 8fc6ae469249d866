"""What a person gets to read of what is kept of them: all of theirs, and nothing of others."""

import json
import stat
import zipfile
from pathlib import Path

import pytest

from gateway.store.schema import entries
from lib.commands import Casepost
from lib.traces import ADA, ALIAS, EVA, JAN, NAME, SECRET, Traces
from lib.workbench import Workbench


def test_all_of_it(casepost: Casepost, left: Traces) -> None:
    """Their row, orders and ratings; their cases, with what was answered; their mails as they came.

    By an alias as well; and only who exported it can read the file.
    """
    done = casepost("export", ALIAS, "--to", "jan.zip")
    assert (0, "") == (done.code, done.err)
    assert "jan.zip: 2 tickets, 4 mails of theirs" in done.out
    assert 0o600 == stat.S_IMODE(Path("jan.zip").stat().st_mode)
    with zipfile.ZipFile("jan.zip") as packed:
        names = packed.namelist()
        found = json.loads(packed.read("export.json"))
        mails = [packed.read(name) for name in names if name.startswith("mails/")]
        sent = [packed.read(name) for name in names if name.startswith("sent/")]
    assert [JAN, ALIAS] == found["addresses"]
    assert (NAME, {"plan": "gold"}) == (found["person"][0]["name"], found["person"][0]["facts"])
    assert [f"O-{SECRET}"] == [one["number"] for one in found["orders"]]
    assert [(2, f"{SECRET} 4")] == [(one["stars"], one["comment"]) for one in found["ratings"]]
    assert ["bug-7"] == [one["number"] for one in found["notices"]]
    own, joined = found["tickets"]
    assert (left.case, "requester") == (own["number"], own["part"])
    assert (left.evas, "participant") == (joined["number"], joined["part"])
    texts = [entry["text"].strip() for entry in own["entries"]]
    assert "Dear Jan Zwaluw, please try again." in texts
    assert [f"{SECRET} 5."] == [e["text"].strip() for e in joined["entries"] if e["author"] == JAN]
    assert 4 == len(mails)
    assert all(SECRET.encode() in mail for mail in mails)
    assert {one["id"] for one in found["sent"]} == {
        row["id"] for row in left.bench.rows("outbox") if row["recipient"] == JAN
    }
    assert len(found["sent"]) == len(sent)


def test_nothing_of_others(casepost: Casepost, left: Traces) -> None:
    """Neither what Eva wrote, nor her address, nor what agents wrote to each other unless asked."""
    bench = left.bench
    _note(bench, left.case)
    assert 0 == casepost("export", JAN, "--to", "jan.zip").code
    assert 0 == casepost("export", JAN, "--to", "all.zip", "--internal").code
    plain, internal = (_index(name) for name in ("jan.zip", "all.zip"))
    assert EVA not in plain
    assert "Grey." not in plain
    assert "between us" not in plain
    assert '"why"' not in json.dumps(json.loads(plain)["tickets"][0]["events"])
    assert "between us" in internal


def _index(name: str) -> str:
    with zipfile.ZipFile(name) as packed:
        return packed.read("export.json").decode()


def _note(bench: Workbench, number: str) -> None:
    """Have an agent write something that no customer sees."""
    case = next(row["id"] for row in bench.rows("tickets") if row["number"] == number)
    note = {"id": 999, "ticket": case, "at": bench.time, "kind": "note", "direction": "in"}
    rest = {"author": ADA, "folds": [], "attachments": [], "automatic": False, "internal": True}
    with bench.house.database.writing() as connection:
        connection.execute(entries.insert().values(**note, **rest, text="between us"))


@pytest.mark.thorough
def test_nobody_is_nobody(casepost: Casepost, left: Traces) -> None:
    """No file is made for them, and none is written over."""
    unknown = casepost("export", "nobody@klant.example", "--to", "nobody.zip")
    assert (1, "casepost: nothing is kept of nobody@klant.example\n") == (unknown.code, unknown.err)
    assert not Path("nobody.zip").exists()
    Path("there.zip").write_bytes(b"x")
    assert 2 == casepost("export", JAN, "--to", "there.zip").code
    assert b"x" == Path("there.zip").read_bytes()
    assert left.case
    assert 0 == casepost("erase", JAN, "--confirm", JAN).code
    assert 1 == casepost("export", JAN, "--to", "after.zip").code
