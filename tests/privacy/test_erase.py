"""Erasing a person leaves nothing of theirs, and everything else as it was."""

import json

import pytest
from sqlalchemy import select

from gateway.desk import lifecycle
from gateway.desk.ticket import Change, Event, EventKind
from gateway.store import books, sessions, users
from gateway.store.lookup import ticket_of
from gateway.store.schema import metadata, tickets
from lib.commands import Casepost
from lib.traces import ADA, ALIAS, EVA, JAN, NAME, NEAR, SECRET, Traces, address_of
from lib.workbench import Workbench, mail

CONFIRMED = ("erase", JAN, "--confirm", JAN)


def left_of(bench: Workbench, *words: str) -> list[str]:
    """Give where one of these words still is: in a table, or in a file of the data folder."""
    found = []
    for name in metadata.tables:
        for row in bench.rows(name):
            text = " ".join(_text(value) for value in row.values())
            found += [f"{name}: {word}: {text[:200]}" for word in words if word in text]
    bench.house.database.close()
    for path in bench.house.data.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        found += [f"{path.name}: {word}" for word in words if word.encode() in content]
    return found


def _text(value: object) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes) else str(value)


def test_nothing_is_left(casepost: Casepost, left: Traces) -> None:
    """Neither an address, nor the name, nor a word; in no table, and in no file.

    But what Eva wrote, who quoted the address.
    """
    bench = left.bench
    assert left_of(bench, SECRET)
    done = casepost(*CONFIRMED)
    assert (0, "") == (done.code, done.err), done
    assert "All of it is erased." in done.out
    assert [] == left_of(bench, SECRET, NAME, ALIAS)
    assert {"entries", "raw_mails"} == {where.partition(":")[0] for where in _in_tables(bench, JAN)}
    (raw,) = [bytes(r["content"]) for r in bench.rows("raw_mails") if JAN.encode() in r["content"]]
    assert f"From: {EVA}".encode() in raw
    says = [row["text"] for row in bench.rows("entries") if JAN in row["text"]]
    assert [f"As {JAN} told me."] == [text.strip() for text in says]


def _in_tables(bench: Workbench, address: str) -> list[str]:
    """Give where an address still is in tables, and not within a longer one."""
    return [
        f"{name}: {row}"
        for name in metadata.tables
        for row in bench.rows(name)
        if address in " ".join(_text(value) for value in row.values())
    ]


def test_what_happened_stays(casepost: Casepost, left: Traces) -> None:
    """Cases with their numbers and times; the books balance, and a report says what it said."""
    bench = left.bench
    before = {row["id"]: row for row in bench.rows("tickets")}
    states = bench.states()
    report = casepost(
        "report", "--from", "2026-03-01", "--to", "2026-03-31", "--format", "json"
    ).out
    assert 0 == casepost(*CONFIRMED).code
    kept = ("number", "desk", "type", "severity", "opened_at", "organisation", "assignee")
    for row in bench.rows("tickets"):
        assert [before[row["id"]][name] for name in kept] == [row[name] for name in kept]
    with bench.house.database.reading() as connection:
        assert not any(account.difference for account in books.accounts(connection))
        for kept_row in connection.execute(select(tickets)):
            ticket = ticket_of(kept_row)
            blank = lifecycle.blank(ticket.id, ticket.number, ticket.desk, ticket.opened_at)
            assert ticket == lifecycle.fold(blank, _events(bench, ticket.id))
    # What was held waits for nobody any more.
    assert ["filed" if state == "held" else state for state in states] == bench.states()
    again = casepost("report", "--from", "2026-03-01", "--to", "2026-03-31", "--format", "json").out
    assert "created" in report
    assert report == again


def _events(bench: Workbench, ticket: int) -> list[Event]:
    return [
        Event(
            EventKind(row["kind"]),
            row["at"],
            row["actor"],
            row["why"],
            tuple(Change(*change) for change in row["changes"]),
        )
        for row in bench.rows("events")
        if row["ticket"] == ticket
    ]


def test_others_keep_what_is_theirs(casepost: Casepost, left: Traces) -> None:
    """Eva's case and mails, what Ada answered her, and whoever's address is nearly the same."""
    bench = left.bench
    assert 0 == casepost(*CONFIRMED).code
    own, evas, near = bench.rows("tickets")
    assert ("", "[erased]", []) == (own["requester"], own["subject"], own["participants"])
    assert (EVA, "Evas page", []) == (evas["requester"], evas["subject"], evas["participants"])
    assert (NEAR, "Another") == (near["requester"], near["subject"])
    said = [(row["author"], row["text"]) for row in bench.rows("entries")]
    assert (EVA, "Grey.") in {(author, text.strip()) for author, text in said}
    assert ("erased", "[erased]") in said
    assert (ADA, "[erased]") in said
    assert NEAR in {row["recipient"] for row in bench.rows("outbox")}


@pytest.mark.thorough
def test_its_timers_end(casepost: Casepost, left: Traces) -> None:
    """An open case is closed: nobody is reminded, and nobody works on it."""
    bench = left.bench
    own = bench.rows("tickets")[0]
    assert own["id"] in {row["ticket"] for row in bench.rows("timers")}
    assert 0 == casepost(*CONFIRMED).code
    own = bench.rows("tickets")[0]
    assert ("closed", False) == (own["phase"], own["answerable"])
    assert own["id"] not in {row["ticket"] for row in bench.rows("timers")}


def test_explained_as_erased(casepost: Casepost, left: Traces) -> None:
    """What became of a mail is known, and by which rule; not what it said."""
    assert 0 == casepost(*CONFIRMED).code
    explained = json.loads(casepost("explain", "--mail", "1", "--json").out)
    assert ("[erased]", "[erased]", "filed") == (
        explained["subject"],
        explained["text"].strip(),
        explained["decision"]["outcome"],
    )
    assert ("opened", left.case) == (explained["decision"]["reason"], explained["ticket"])
    assert ("erased", "") == (explained["sender"]["address"], explained["sender"]["name"])
    assert 0 == casepost("show", left.case).code


def test_who_writes_again_is_new(casepost: Casepost, left: Traces) -> None:
    """The same mail as before, byte for byte, is kept; an answer to what we sent opens a case."""
    bench = left.bench
    (mine,) = {row["message_id"] for row in bench.rows("outbox") if row["id"] == 1}
    assert 0 == casepost(*CONFIRMED).code
    text = mail(author=JAN, subject="Re: it", body="Hello again.", answers=mine)
    bench.deliver(text, sender=JAN)
    bench.work()
    *_, newest = bench.rows("tickets")
    assert (4, JAN, "Re: it") == (
        len(bench.rows("tickets")),
        newest["requester"],
        newest["subject"],
    )
    same = f"{SECRET} page", f"{SECRET} 1."
    bench.deliver(mail(author=f"{NAME} <{JAN}>", subject=same[0], body=same[1]), sender=EVA)
    bench.work()
    contents = [bytes(row["content"]) for row in bench.rows("raw_mails") if row["content"]]
    assert [True] == [f"{SECRET} 1.".encode() in one for one in contents if SECRET.encode() in one]


@pytest.mark.thorough
def test_it_is_listed_first(casepost: Casepost, left: Traces) -> None:
    """Without the address a second time nothing changes, and another one is a mistake."""
    before = {name: left.bench.rows(name) for name in metadata.tables}
    listed = casepost("erase", JAN)
    assert 0 == listed.code
    assert "1 cases\n" in listed.out
    assert "1 mails of other customers" not in listed.out
    assert "1 cases on which other customers wrote the address" in listed.out
    assert listed.out.endswith("--confirm with the address once more erases it.\n")
    wrong = casepost("erase", JAN, "--confirm", EVA)
    assert (2, "casepost: that was another address; nothing was erased\n") == (
        wrong.code,
        wrong.err,
    )
    assert before == {name: left.bench.rows(name) for name in metadata.tables}


@pytest.mark.thorough
def test_once_is_enough(casepost: Casepost, left: Traces) -> None:
    """By an alias as well; whoever asks again is told that nothing is kept."""
    assert 0 == casepost("erase", ALIAS, "--confirm", ALIAS).code
    before = {name: left.bench.rows(name) for name in metadata.tables if name != "audit"}
    again = casepost(*CONFIRMED)
    assert (0, f"Nothing is kept of {JAN}.") == (again.code, again.out.splitlines()[0])
    assert before == {name: left.bench.rows(name) for name in metadata.tables if name != "audit"}
    (noted,) = [row for row in left.bench.rows("audit") if row["action"] == "person.erase"]
    assert 16 == len(noted["about"])


@pytest.mark.usefixtures("left")
def test_who_works_here_is_not_erased_by_mistake(casepost: Casepost) -> None:
    """An agent's name stands on other people's cases; a desk's own address is nobody's."""
    refused = casepost("erase", ADA, "--confirm", ADA)
    assert (2, True) == (refused.code, "--also-user erases the name as well" in refused.err)
    assert 2 == casepost("erase", "help@north.example").code
    assert 2 == casepost("erase", "nobody").code


@pytest.mark.thorough
def test_mails_of_others_on_request(casepost: Casepost, left: Traces) -> None:
    """What somebody else wrote on Jan's case stays, and goes with `--all-mails`."""
    bench = left.bench
    told = [r for r in bench.rows("outbox") if r["recipient"] == ADA and r["ticket"] is not None]
    case = bench.rows("tickets")[0]["id"]
    to = address_of(next(r for r in told if r["ticket"] == case))
    bench.deliver(mail(author=ADA, to=to, body=f"#cc {EVA}"), to, sender=ADA)
    bench.work()
    text = mail(author=EVA, subject=f"[{left.case}] It", body="Evas own words.")
    bench.deliver(text, sender=EVA)
    bench.work()
    assert "Evas own words." in {row["text"].strip() for row in bench.rows("entries")}
    listed = casepost("erase", JAN)
    assert "1 mails of other customers on these cases" in listed.out
    assert 0 == casepost(*CONFIRMED).code
    assert "Evas own words." in {row["text"].strip() for row in bench.rows("entries")}
    assert [EVA] == bench.rows("tickets")[0]["participants"]


@pytest.mark.thorough
def test_an_agent_on_request(casepost: Casepost, left: Traces) -> None:
    """With `--also-user` a name goes from others' cases; what was answered to them stays."""
    bench = left.bench
    with bench.house.database.writing() as connection:
        user = users.add(connection, ADA, "Ada", "admin", "hash", bench.time)
        sessions.begin(connection, "0" * 64, user, bench.time, bench.time)
    done = casepost("erase", ADA, "--confirm", ADA, "--also-user")
    assert (0, "") == (done.code, done.err)
    (row,) = bench.rows("users")
    assert ("", "", True) == (row["name"], row["password"], row["address"].startswith("erased-"))
    assert [] == bench.rows("sessions")
    assert "Dear Jan Zwaluw, please try again." in {
        row["text"].strip() for row in bench.rows("entries")
    }
    assert ADA not in {row["author"] for row in bench.rows("entries")}
    assert ADA not in {row["actor"] for row in bench.rows("events")}
