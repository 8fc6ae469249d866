"""What was kept for long enough is erased, bit by bit; without a word of it, nothing ever is."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from gateway.config.load import load, load_settings
from gateway.config.retention import KEYS
from gateway.courier.file_outlet import folder_in
from gateway.errors import Misconfigured
from gateway.privacy import retaining
from gateway.privacy.retaining import Place
from gateway.store import books, retention
from gateway.store.personal import marks
from gateway.store.schema import metadata, tickets
from lib.commands import Casepost
from lib.traces import ADA, EVA, JAN, NAME, SECRET, Traces
from lib.workbench import START

YEARS = timedelta(days=800)


def settle(left: Traces, **keys: str) -> Place:
    """Close all cases but that of the other one, and say how long things are kept."""
    bench = left.bench
    path = bench.house.path
    with path.open("a") as file:
        file.write("[retention]\n" + "".join(f'{key} = "{text}"\n' for key, text in keys.items()))
    with bench.house.database.writing() as connection:
        connection.execute(
            update(tickets)
            .where(tickets.c.number != left.near)
            .values(phase="closed", status="Done")
        )
    house = bench.house
    return Place(house.database, house.large, folder_in(house.data), load(path).desks)


def run(left: Traces, place: Place, after: timedelta = YEARS) -> dict[str, int]:
    """Let the clock go by once."""
    wanted = load_settings(left.bench.house.path).retention
    return dict(retaining.go_on(place, wanted, START + after))


def test_for_ever_unless_somebody_says_so(casepost: Casepost, left: Traces) -> None:
    """Nothing is erased by a configuration that does not speak of it."""
    before = {name: left.bench.rows(name) for name in metadata.tables}
    place = settle(left)
    assert {} == run(left, place)
    assert "Everything is kept for ever" in casepost("retention").out
    changed = {name for name in before if before[name] != left.bench.rows(name)}
    assert {"tickets"} == changed


def test_what_closed_cases_say_goes(left: Traces) -> None:
    """Whoever said it; numbers, times and figures stay, and a case that is open as a whole."""
    bench = left.bench
    place = settle(left, closed_tickets="730d")
    assert {"closed_tickets": 0} == run(left, place, timedelta(days=700))
    before = bench.rows("tickets")
    assert {"closed_tickets": 2} == run(left, place)
    assert {"closed_tickets": 0} == run(left, place)
    own, evas, near = bench.rows("tickets")
    for row in (own, evas):
        assert ("[erased]", "", []) == (row["subject"], row["requester"], row["participants"])
    kept = ("number", "opened_at", "since", "stays", "status", "type", "severity", "organisation")
    assert [[row[name] for name in kept] for row in before] == [
        [row[name] for name in kept] for row in bench.rows("tickets")
    ]
    assert before[2] == near
    of_cases = {own["id"], evas["id"]}
    said = [row for row in bench.rows("entries") if row["ticket"] in of_cases]
    assert {"[erased]"} == {row["text"] for row in said}
    told = [row for row in bench.rows("outbox") if row["ticket"] in of_cases]
    assert {b""} == {bytes(row["content"]) for row in told}
    assert {ADA, "erased"} == {row["recipient"] for row in told}
    rows = [*said, *told, own, evas]
    rows += [row for row in bench.rows("events") if row["ticket"] in of_cases]
    assert not [word for word in (SECRET, NAME, JAN, EVA) if word in str(rows)]
    with bench.house.database.reading() as connection:
        assert not any(account.difference for account in books.accounts(connection))
        (done,) = retention.runs(connection)
    assert ("closed_tickets", 2) == (done.what, done.erased)


def test_bytes_of_mails_go(left: Traces) -> None:
    """What they said stays on their tickets; large ones are removed from their place."""
    bench = left.bench
    place = settle(left, raw_mail="30d")
    assert 1 == len(list((bench.house.data / "large").glob("*/*")))
    assert run(left, place)["raw_mail"] >= 6
    assert [] == list((bench.house.data / "large").glob("*/*"))
    texts = {row["text"].strip() for row in bench.rows("entries")}
    assert f"{SECRET} 1." in texts
    held = [row["raw"] for row in bench.rows("spool") if row["state"] == "held"]
    assert {row["sha256"] for row in bench.rows("raw_mails")} == {marks.RAW, *held}


def test_the_other_things_that_are_kept(casepost: Casepost, left: Traces) -> None:
    """Traces, outgoing mails, lines of the trail; the latest and what waits for somebody stay."""
    bench = left.bench
    place = settle(left, spool_traces="30d", outbox="30d", audit="30d", dropped="30d")
    counted = json.loads(casepost("retention", "--dry-run", "--json").out)["counts"]
    assert [] != [row for row in bench.rows("spool") if row["trace"]]
    done = run(left, place)
    assert counted == done
    traced = {row["state"] for row in bench.rows("spool") if row["trace"]}
    assert {"held"} == traced
    assert {b""} == {bytes(row["content"]) for row in bench.rows("outbox")}
    assert [] == list((bench.house.data / "outgoing").iterdir())
    assert [] == bench.rows("audit")
    assert 0 == casepost("explain", "--mail", "1").code
    listed = json.loads(casepost("status", "--json").out)["retention"]
    assert {key: done[key] for key in done} == {one["what"]: one["erased"] for one in listed}


@pytest.mark.thorough
def test_what_was_dropped_goes_and_cannot_be_held_again(casepost: Casepost, left: Traces) -> None:
    """A held mail that somebody dropped is erased after its time."""
    bench = left.bench
    (held,) = [row["id"] for row in bench.rows("spool") if row["state"] == "held"]
    assert 0 == casepost("held", "drop", held).code
    place = settle(left, dropped="30d")
    now = datetime.now(UTC) - START
    assert {"dropped": 0} == run(left, place, now + timedelta(days=29))
    assert {"dropped": 1} == run(left, place, now + timedelta(days=31))
    (row,) = [row for row in bench.rows("spool") if row["id"] == held]
    assert ("filed", "erased", "") == (row["state"], row["reason"], row["author"])


@pytest.mark.thorough
def test_all_at_once_by_command(casepost: Casepost, left: Traces) -> None:
    """It ends when nothing is due any more."""
    settle(left, outbox="30d", closed_tickets="30d")
    assert 0 == casepost("retention").code
    again = casepost("retention", "--dry-run")
    assert "outbox: 0 would be erased" in again.out


def test_terms_are_checked(tmp_path: Path) -> None:
    """What is no duration, or a slip that would erase what is worked on, is refused."""
    (tmp_path / "desks").mkdir()
    path = tmp_path / "casepost.toml"
    for text, said in (("soon", "must be a duration"), ("2d", 'must be at least "7d"')):
        for key in KEYS:
            path.write_text(f'[retention]\n{key} = "{text}"\n')
            with pytest.raises(Misconfigured) as refused:
                load_settings(path)
            assert said in str(refused.value)


def test_a_case_that_opens_again_meanwhile_stays(left: Traces) -> None:
    """Between the look for what is due and the erasure a mail may be filed, by another node."""
    database = left.bench.house.database
    settle(left, closed_tickets="730d")
    before = START + YEARS
    with database.writing() as connection:
        found = retention.next_portion(connection, "closed_tickets", before, before)
    assert found is not None
    first, *others = found.ids
    with database.writing() as connection:
        connection.execute(update(tickets).where(tickets.c.id == first).values(phase="open"))
    with database.writing() as connection:
        due = retention.still_due(connection, "closed_tickets", found.ids, before)
    assert tuple(others) == due
