"""No query reads a whole table, so that the millionth mail takes no longer than the first."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from gateway import agenda
from gateway.config.desk import Duplicates
from gateway.desk.account_name import AccountName
from gateway.desk.asking import Request
from gateway.desk.entitled import FoundBy
from gateway.desk.likeness import likeness
from gateway.desk.named import Searched
from gateway.desk.needs import Limited, Needs
from gateway.desk.requested import Rating, Said
from gateway.mail.model import Clues, Issued, ReplyClue
from gateway.store import (
    account_names,
    answered,
    archive,
    aside,
    books,
    canned,
    claims,
    clicks,
    diary,
    feedback,
    imap,
    knowledge,
    likenesses,
    limits,
    orders,
    outbox,
    outbox_list,
    queues,
    removals,
    rule_counts,
    rule_hits,
)
from gateway.store.aside import Aside
from gateway.store.claimant import this_process
from gateway.store.imap import UidSpace
from gateway.store.large_mails import Named
from gateway.store.lookup import Question, alike, look_up
from gateway.store.lookup.likened import Candidate
from gateway.store.lookup.sought import sought
from gateway.store.outbox import OutboxState, Result
from gateway.store.pages import Asked
from gateway.store.queues import Queue
from gateway.store.schema import metadata
from gateway.store.waiting import Wanted, suspects_wait
from lib.desks import DESK, TICKET
from lib.large import large_in
from lib.workbench import START, Workbench, mail, workbench

LEASE = timedelta(seconds=60)
DAY = timedelta(days=1)
# Indexes of what waits or is not done: as long as the work that is left.
OF_WHAT_IS_LEFT = {"ix_spool_waiting", "ix_outbox_due", "ix_spool_aside", "ix_spool_ticketless"}
# A row for each agent who is, or was, away.
AS_LONG_AS_THE_LIST_OF_AGENTS = {"absences"}
QUESTION = Question(
    spool_id=9,
    desk="north",
    clues=Clues(
        (Issued(1, "<1@x>"),),
        ("<1@klant.example>",),
        ("NO-00017",),
        (ReplyClue("c", "1", 1, "a" * 26, "help@north.example"),),
    ),
    author="jan@klant.example",
    fingerprint="f" * 64,
    received_at=START,
    agents=("ada@north.example",),
    of_agent=True,
    of_bounce=True,
    needs=Needs(accounts=True, find_by=("site", "order", "organisation", "name")),
    searched=Searched("A-1042", "Kim Bos of Blue Widgets", ("site", "order", "organisation")),
)
NAMES = [AccountName(kind, "blue widgets") for kind in (FoundBy.SITE, FoundBy.NAME)]
SHOUTING = Limited("shouting", 2, DAY)
_NORTH = replace(DESK, duplicates=Duplicates(signatures=("Crash:",)))
LIKE = Candidate(
    sought(_NORTH, "It stays white", likeness("", "It stays white again today.\nCrash: X", _NORTH)),
    "jan@klant.example",
    "Klant",
    START,
)
ASKED = Request("f" * 64, 1, "jan@klant.example", "", START, START + DAY, START - DAY)
SPACE = UidSpace("support", "INBOX", 1)

pytestmark = pytest.mark.thorough

LARGE = large_in(Path())


@contextmanager
def plans() -> Iterator[list[tuple[str, str]]]:
    """Collect each statement with SQLite's plan for it."""
    found: list[tuple[str, str]] = []

    def explain(
        connection: Connection,
        _cursor: object,
        statement: str,
        parameters: Any,  # noqa: ANN401  as the driver has them
        _context: object,
        many: bool,  # noqa: FBT001
    ) -> None:
        # INSERT ... VALUES reads nothing, and many rows may stand in one.
        if not re.match("SELECT|UPDATE|DELETE", statement):
            return
        values = parameters[0] if many else parameters
        driver: Any = connection.connection.driver_connection
        rows = driver.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        found.append((statement, "\n".join(row[3] for row in rows)))

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", explain)


def require_indexes(found: list[tuple[str, str]]) -> None:
    """See to it that no step of any plan reads a table from end to end."""
    assert found
    for statement, plan in found:
        for step in plan.splitlines():
            scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
            if scan and scan[1] in metadata.tables.keys() - AS_LONG_AS_THE_LIST_OF_AGENTS:
                assert scan[2] in OF_WHAT_IS_LEFT, f"{step}\n{statement}"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house with a ticket and a mail that waits, on SQLite."""
    with workbench(tmp_path, "sqlite:///casepost.db") as opened:
        opened.deliver(mail(message_id="<1@klant.example>"))
        opened.work()
        opened.deliver(mail(subject="It waits"))
        yield opened


Ask = Callable[[Connection], object]


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: account_names.outdated(c, ["jan@klant.example"]),
        lambda c: account_names.owners(c, NAMES),
        lambda c: account_names.refresh(c, ["jan@klant.example"]),
        lambda c: answered.answered(c, ["ada@north.example"], 20, START),
        lambda c: archive.explained(c, 1),
        lambda c: archive.whole(c, "NO-00017"),
        lambda c: aside.kept_aside(c, Aside.FAILED),
        *(
            lambda c, queue=queue: queues.queued(c, queue, Asked(), large_in(Path()))
            for queue in Queue
        ),
        queues.sizes,
        lambda c: outbox_list.kept(c, outbox_list.UNSENT, Asked(older_than=9)),
        lambda c: outbox_list.kept(c, (OutboxState.SENT,), Asked(newer_than=1)),
        outbox_list.unsent_counts,
        lambda c: rule_counts.read(c, "north", START),
        aside.waits_since,
        aside.without_ticket,
        lambda c: books.accounts(c, START.date()),
        lambda c: canned.canned(c, ["jan@klant.example"], ["faq/keys"], START),
        lambda c: claims.charge(c, (1, 1), START),
        *(
            lambda c, wanted=wanted: claims.claim(c, this_process("a"), START, LEASE, 50, wanted)
            for wanted in Wanted
        ),
        lambda c: suspects_wait(c, START),
        lambda c: claims.fail(c, (1, 1), "", START),
        lambda c: claims.free_dead(c, "a", ["b"]),
        lambda c: claims.give_back(c, [(1, 1)], None),
        lambda c: claims.load(c, [(1, 1)], LARGE),
        lambda c: claims.retry(c, [1, 2]),
        lambda c: claims.take_apart(c, [(1, 1), (2, 1)]),
        lambda c: clicks.url_of(c, 1),
        lambda c: diary.appointments(c, {"north": ["help@north.example"]}, START + 9 * DAY, 50),
        lambda c: diary.lock(c, [1]),
        diary.next_due,
        lambda c: feedback.asked(c, ["jan@klant.example"]),
        lambda c: feedback.asked_on(c, [1, 2]),
        lambda c: feedback.enter(c, [(1, ASKED)]),
        lambda c: feedback.rating_of(c, 1),
        lambda c: imap.last_success(c, "support"),
        lambda c: imap.meet_folder(c, SPACE, START),
        lambda c: imap.set_marked(c, SPACE, [1, 2]),
        lambda c: imap.spooled(c, "smtp", ["a" * 64, "b" * 64]),
        lambda c: imap.unmarked(c, SPACE, 0, 50),
        lambda c: imap.unseen(c, SPACE, [1, 2]),
        lambda c: look_up(c, [QUESTION]),
        lambda c: alike.find(c, [LIKE]),
        lambda c: alike.proposed(c, [(TICKET, DAY)]),
        lambda c: knowledge.search(c, "white report", "en", 3),
        lambda c: likenesses.forget(c, START),
        lambda c: limits.news(c, [1, 2], START),
        lambda c: limits.sendings(c, ["jan@klant.example"], START),
        lambda c: orders.numbered(c, ["A-1042"]),
        lambda c: orders.of_persons(c, ["jan@klant.example"]),
        lambda c: outbox.claim(c, this_process("a"), START, LEASE, 50),
        lambda c: outbox.give_back(c, [(1, 1)]),
        lambda c: outbox.mark_data(c, [(1, 1, START, START)]),
        outbox.next_due,
        lambda c: outbox.recover(c, "a", START, LEASE),
        lambda c: outbox.settle(c, [Result(1, 1, OutboxState.SENT, None, "")], START),
        lambda c: outbox.templates(c, [1, 2]),
        lambda c: removals.without_row(c, [Named("a" * 64), Named("b" * 64)]),
        lambda c: rule_hits.forget(c, START),
        lambda c: rule_hits.read(c, [("north", "jan@klant.example", [SHOUTING])], START),
    ],
)
def test_no_query_reads_a_whole_table(bench: Workbench, ask: Ask) -> None:
    """Each goes by an index, or by one of what is left to do."""
    with bench.house.database.writing() as connection, plans() as found:
        ask(connection)

    require_indexes(found)


def test_no_rating_reads_a_whole_table(bench: Workbench) -> None:
    """From the secret of its link to what is kept of it."""
    with bench.house.database.writing() as connection, plans() as found:
        feedback.enter(connection, [(1, ASKED)])
        requested = feedback.find(connection, ASKED.digest)
        assert requested is not None
        assert {1: requested} == feedback.made_by(connection, [1])
        feedback.keep_unconfirmed(connection, requested.id, Said(1, ""), START)
        feedback.note_trapped(connection, requested.id, START)
        feedback.rate(connection, requested, Rating(5, "", START, START))

    require_indexes(found)


def test_a_look_up_asks_for_all_that_a_mail_names(bench: Workbench) -> None:
    """So that the plans above are of all its queries; and of what is not asked there is none."""
    with bench.house.database.reading() as connection, plans() as found:
        look_up(connection, [QUESTION])
    read = {name for statement, _ in found for name in re.findall(r"FROM (\w+)", statement)}

    assert {
        "absences",
        "account_names",
        "ancestors",
        "entries",
        "events",
        "fingerprints",
        "message_ids",
        "organisation_domains",
        "outbox",
        "person_aliases",
        "persons",
        "spool",
        "tickets",
    } <= read
    nothing = Question(9, "north", Clues((), (), ()), "", "f" * 64, START)
    with bench.house.database.reading() as connection, plans() as found:
        look_up(connection, [nothing])
    assert ["fingerprints"] == [re.findall(r"FROM (\w+)", statement)[0] for statement, _ in found]


def test_no_stage_of_a_mails_way_reads_a_whole_table(bench: Workbench) -> None:
    """From the listener to the reminder: new, answered, the same again, and a week later."""
    with plans() as found:
        bench.deliver(mail(message_id="<1@klant.example>"))
        bench.deliver(mail(message_id="<2@klant.example>", answers="<1@klant.example>"))
        bench.work()
        agenda.sweep(bench.house, START + 9 * DAY)

    require_indexes(found)
    written = {statement.split()[1] for statement, _ in found if statement.startswith("UPDATE")}
    assert {"spool", "tickets"} <= written


def test_mails_known_by_their_bytes_are_found_by_them(bench: Workbench) -> None:
    """Not by their source, which may be that of all mails."""
    with bench.house.database.reading() as connection, plans() as found:
        imap.spooled(connection, "smtp", ["a" * 64])

    assert ["ix_spool_raw"] == re.findall("ix_spool_[a-z]+", found[0][1])


def test_mails_without_their_mark_are_found_among_many(bench: Workbench) -> None:
    """The others are not looked at."""
    with bench.house.database.reading() as connection, plans() as found:
        imap.unmarked(connection, SPACE, 0, 50)

    assert "ix_imap_uids_unmarked" in found[0][1]


def test_counting_reads_an_index_and_no_mail(bench: Workbench) -> None:
    """`casepost status` counts everything, but not by reading everything."""
    with bench.house.database.reading() as connection, plans() as found:
        books.accounts(connection)
        outbox.counts(connection)

    tables = [plan for _, plan in found if re.search(r"\b(spool|outbox)\b", plan)]
    assert 2 == len(tables)
    assert all("COVERING INDEX" in plan for plan in tables)
