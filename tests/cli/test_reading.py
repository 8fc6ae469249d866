"""tickets, show and status: what they tell, in shapes that others script against."""

import contextlib
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import update

from gateway.desk.ticket import EventKind
from gateway.mail.model import Verdict
from gateway.ports import free_port
from gateway.store import imap, schema
from gateway.store.plain import TICKET_KEYS
from lib.commands import Casepost
from lib.workbench import START, Workbench, mail

CONFIG = ("--config", "house/casepost.toml")
TICKET: dict[str, object] = {
    "number": "NO-00013",
    "desk": "north",
    "subject": "The report does not open",
    "type": "",
    "severity": "",
    "status": "New",
    "phase": "open",
    "requester": "jan@klant.example",
    "participants": [],
    "assignee": "",
    "language": "en",
    "opened_at": "2026-03-02T09:00:00+00:00",
    "updated_at": "2026-03-02T09:00:00+00:00",
    "due": {},
    "organisation": "",
    "merged_into": None,
    "parent": None,
    "answered_by": "",
    "answered_at": None,
    "hold_until": None,
    "time_spent": 0,
    "defects": [],
    "resolution": None,
    "group": "",
    "tags": [],
    "canned": [],
    "account": "",
    "level": "",
    "is_work": True,
    "submitted_at": "2026-03-02T09:00:00+00:00",
    "first_answered_at": None,
    "timezone": "",
    "product": "",
}


@pytest.fixture
def filed(bench: Workbench) -> Workbench:
    """A house with a ticket, a case of somebody else that claims it, and a held mail."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.work()
    bench.deliver(mail(author="eve@elsewhere.example", subject="Re: NO-00013", message_id="<2@e>"))
    bench.work()
    bench.verdict = Verdict.UNKNOWN
    bench.deliver(mail(author="ada@north.example", message_id="<3@north.example>"))
    bench.work()
    bench.verdict = Verdict.PASS
    return bench


def test_tickets_are_listed(casepost: Casepost, filed: Workbench) -> None:
    """All of them, in order of opening; `entries` is how many there are."""
    del filed
    ended = casepost("tickets", "--json", *CONFIG)
    assert (0, "") == (ended.code, ended.err)
    first, second = json.loads(ended.out)
    assert {**TICKET, "entries": 2} == first
    assert ("NO-00021", "eve@elsewhere.example") == (second["number"], second["requester"])
    human = casepost("tickets", *CONFIG)
    assert 0 == human.code
    assert all(text in human.out for text in ("NO-00013", "The report does not open", "NO-00021"))


def test_a_house_may_have_no_tickets(casepost: Casepost, bench: Workbench) -> None:
    """An empty list is a list."""
    del bench
    assert "[]\n" == casepost("tickets", "--json", *CONFIG).out
    assert "No tickets yet.\n" == casepost("tickets", *CONFIG).out


def test_a_ticket_is_shown_whole(casepost: Casepost, filed: Workbench) -> None:
    """Its number may be written in any case, and in brackets as it stands in a subject."""
    del filed
    ended = casepost("show", "[no-00013]", "--json", *CONFIG)
    assert (0, "") == (ended.code, ended.err)
    shown = json.loads(ended.out)
    assert set(TICKET_KEYS) == set(shown)
    assert TICKET.items() <= shown.items()
    assert (None, None) == (shown["rating"], shown["resolution"])
    assert [("remind", "2026-03-09"), ("close", "2026-03-16")] == [
        (timer["name"], timer["at"][:10]) for timer in shown["timers"]
    ]
    said, answered = shown["entries"]
    assert {
        "at": "2026-03-02T09:00:00+00:00",
        "kind": "customer",
        "author": "jan@klant.example",
        "direction": "in",
        "text": "It stays white.",
        "reply_text": "It stays white.",
        "folds": [],
        "attachments": [],
        "automatic": False,
        "internal": False,
        "mail": 1,
        "undelivered": [],
    } == said
    assert ("out", True) == (answered["direction"], answered["automatic"])
    assert ["opened", "answered", "notified"] == [event["kind"] for event in shown["events"]]
    assert {"at", "kind", "actor", "why", "changes"} == set(shown["events"][0])


def test_links_are_shown(casepost: Casepost, filed: Workbench) -> None:
    """A case that claims another says so, for people and for programs."""
    del filed
    shown = json.loads(casepost("show", "NO-00021", "--json", *CONFIG).out)
    assert [{"number": "NO-00013", "why": "opened-claiming-a-case"}] == shown["links"]
    human = casepost("show", "NO-00021", *CONFIG)
    assert 0 == human.code
    assert all(text in human.out for text in ("NO-00021", "NO-00013 (opened", "It stays white."))
    assert "To come" in human.out
    assert "2026-03-09 09:00:00  remind\n2026-03-16 09:00:00  close\n" in _unpadded(human.out)


def _unpadded(text: str) -> str:
    """Give a text without the space at the ends of its lines."""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def test_time_is_shown_by_the_type_it_was_spent_on(
    casepost: Casepost, filed: Workbench, tmp_path: Path
) -> None:
    """With what is chargeable of it, as far as the desk is known."""
    desk = tmp_path / "house" / "desks" / "north.toml"
    said = 'types = ["task"]\nchargeable_types = ["task"]\n'
    desk.write_text(f"{said}{desk.read_text()}")
    filed.deliver(
        mail(author="ada@north.example", subject="NO-00013", body="#time 1h 30m\n#note x")
    )
    filed.work()
    assert "1:30:00 (no type)" in casepost("show", "NO-00013", *CONFIG).out
    with filed.house.database.writing() as connection:
        changes = [["time_spent", "90"], ["spent_on", "task"]]
        connection.execute(
            update(schema.events)
            .where(schema.events.c.kind == EventKind.TIME_SPENT.value)
            .values(changes=changes)
        )
    assert "0:01:30 (task, chargeable)" in casepost("show", "NO-00013", *CONFIG).out
    spent = {"type": "task", "seconds": 90}
    shown = json.loads(casepost("show", "NO-00013", "--json", *CONFIG).out)
    assert [{**spent, "chargeable": True}] == shown["time_by_type"]
    desk.write_text(f"titel = 'North'\n{desk.read_text()}")
    shown = json.loads(casepost("show", "NO-00013", "--json", *CONFIG).out)
    assert [{**spent, "chargeable": None}] == shown["time_by_type"]


def test_what_is_not_new_is_one_line_unless_all_is_asked_for(
    casepost: Casepost, bench: Workbench
) -> None:
    """Programs get the whole text, with where in it the pieces are."""
    body = (
        "Still white.\n\nOn Mon, 2 Mar 2026 at 09:00, Ada <ada@web.example> wrote:\n> What?\n> A?"
    )
    bench.deliver(mail(body=body))
    bench.work()
    folded = casepost("show", "NO-00013", *CONFIG).out
    assert "Still white." in folded
    assert "[3 lines of quotation]" in folded
    assert "> What?" not in folded
    assert "> What?" in casepost("show", "NO-00013", "--full", *CONFIG).out
    entry = json.loads(casepost("show", "NO-00013", "--json", *CONFIG).out)["entries"][0]
    assert ("Still white.", body) == (entry["reply_text"], entry["text"])
    assert ["quotation"] == [fold["kind"] for fold in entry["folds"]]


def test_an_unknown_number_is_a_finding(casepost: Casepost, bench: Workbench) -> None:
    """It is no wrong use."""
    del bench
    ended = casepost("show", "NO-99999", *CONFIG)
    assert (1, "", "casepost: there is no ticket NO-99999\n") == (ended.code, ended.out, ended.err)


def test_what_a_mail_says_does_not_reach_the_terminal(casepost: Casepost, bench: Workbench) -> None:
    """Neither escape sequences nor markup of a subject or text are acted upon."""
    bench.deliver(mail(subject="=?utf-8?q?=1B[31mred_[bold]x?=", body="\x1b]0;title\x07 [red]y"))
    bench.work()
    for command in (("tickets",), ("show", "NO-00013")):
        ended = casepost(*command, *CONFIG)
        assert 0 == ended.code
        assert "\x1b" not in ended.out
        assert "[bold]x" in ended.out


def came_just_now(bench: Workbench) -> None:
    """Have all mails come at this moment, and not when the workbench's clock says."""
    with bench.house.database.writing() as connection:
        connection.execute(update(schema.spool).values(received_at=datetime.now(UTC)))


def test_status_counts_everything(casepost: Casepost, filed: Workbench) -> None:
    """The sums and the accounts they are the sums of; claimed rows count as waiting."""
    filed.deliver(mail(message_id="<4@klant.example>"))
    filed.deliver(mail(message_id="<4@klant.example>"))
    filed.claim()
    came_just_now(filed)
    ended = casepost("status", "--json", *CONFIG)
    assert (0, "") == (ended.code, ended.err)
    status = json.loads(ended.out)
    spool = {"received": 5, "waiting": 1, "filed": 2, "duplicate": 1, "held": 1, "failed": 0}
    assert spool == status["spool"]
    queued = len(filed.rows("outbox"))
    none = {"sent": 0, "deferred": 0, "failed": 0, "uncertain": 0}
    assert {"queued": queued, **none} == status["outbox"]
    assert (False, True, []) == (status["ready"], status["balanced"], status["problems"])
    assert [{"source": "smtp", "day": "2026-03-02", "difference": 0, **spool}] == status["accounts"]
    assert ([], [], 0) == (status["sources"], status["templates"], status["without_ticket"])
    assert status["lag_seconds"] in range(300)
    human = casepost("status", *CONFIG)
    assert 0 == human.code
    assert "The books balance; nothing is wrong." in human.out


def test_a_difference_in_the_books_is_wrong(casepost: Casepost, filed: Workbench) -> None:
    """A row that vanishes is noticed."""
    with filed.house.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM spool WHERE state = 'held'")
    ended = casepost("status", "--json", *CONFIG)
    assert 1 == ended.code
    status = json.loads(ended.out)
    assert not status["balanced"]
    assert ["the books of smtp on 2026-03-02 differ by 1 mails"] == status["problems"]
    assert "differ by 1 mails" in casepost("status", *CONFIG).out


def test_what_failed_is_wrong(casepost: Casepost, filed: Workbench) -> None:
    """Failed mails and undeliverable ones wait for a person, so somebody has to be told."""
    with filed.house.database.writing() as connection:
        connection.exec_driver_sql("UPDATE spool SET state = 'failed' WHERE state = 'held'")
        connection.exec_driver_sql("UPDATE outbox SET state = 'failed'")
    ended = casepost("status", "--json", *CONFIG)
    assert 1 == ended.code
    assert [
        "1 received mails failed and wait for a person",
        f"{len(filed.rows('outbox'))} outgoing mails cannot be delivered",
    ] == json.loads(ended.out)["problems"]


def test_a_daemon_that_does_not_listen_is_wrong(
    casepost: Casepost, bench: Workbench, tmp_path: Path
) -> None:
    """Who configures a listener expects mail by it."""
    del bench
    path = tmp_path / "house" / "casepost.toml"
    path.write_text(path.read_text() + f"\n[[listener]]\nport = {free_port()}\n")
    ended = casepost("status", "--json", *CONFIG)
    assert 1 == ended.code
    assert ["the daemon does not run, or does not take mail"] == json.loads(ended.out)["problems"]


def test_a_mail_that_waits_for_long_is_wrong(casepost: Casepost, bench: Workbench) -> None:
    """Whoever should take it in does not."""
    bench.deliver(mail())
    ended = casepost("status", "--json", *CONFIG)
    assert 1 == ended.code
    status = json.loads(ended.out)
    assert 300 < status["lag_seconds"]
    assert ["a mail has been waiting for"] == [p[:27] for p in status["problems"]]
    assert "Oldest waiting mail: " in casepost("status", *CONFIG).out


def test_a_refused_template_is_wrong(casepost: Casepost, bench: Workbench, tmp_path: Path) -> None:
    """The mails go out, but not as somebody wanted them."""
    del bench
    path = tmp_path / "house" / "templates" / "en" / "customer" / "acknowledge" / "body.txt"
    path.parent.mkdir(parents=True)
    path.write_text("{{ nothing.like.this }}")
    ended = casepost("status", "--json", *CONFIG)
    assert 1 == ended.code
    (problem,) = json.loads(ended.out)["problems"]
    assert problem.startswith("1 finding in templates: ")
    assert problem.endswith("en/customer/acknowledge/body.txt")
    assert 1 == len(json.loads(ended.out)["templates"])


def test_a_mail_without_a_ticket_is_told(casepost: Casepost, bench: Workbench) -> None:
    """An absence notice that belongs to no ticket is in order, and counted."""
    bench.deliver(mail(subject="Out of office", headers="Auto-Submitted: auto-replied"))
    bench.work()
    ended = casepost("status", "--json", *CONFIG)
    assert (0, 1) == (ended.code, json.loads(ended.out)["without_ticket"])


def test_a_ticket_is_one_line(casepost: Casepost, bench: Workbench) -> None:
    """A long subject is cut for people, and whole for programs."""
    bench.deliver(mail(subject="long " * 40))
    bench.work()
    lines = casepost("tickets", *CONFIG).out.splitlines()
    assert 2 == len(lines)
    assert "\N{HORIZONTAL ELLIPSIS}" in lines[1]
    (listed,) = json.loads(casepost("tickets", "--json", *CONFIG).out)
    assert ("long " * 40).strip() == listed["subject"]


def test_a_source_is_ill_until_it_works_again(casepost: Casepost, bench: Workbench) -> None:
    """What counts is which came last."""
    with bench.house.database.writing() as connection:
        imap.failed(connection, "imap:support", START, "the password was refused")
    ended = casepost("status", "--json", *CONFIG)
    assert 1 == ended.code
    (source,) = json.loads(ended.out)["sources"]
    assert ("imap:support", None) == (source["name"], source["last_success_at"])
    assert "the password was refused" in json.loads(ended.out)["problems"][0]
    with bench.house.database.writing() as connection:
        imap.succeeded(connection, "imap:support", START + timedelta(seconds=1))
    assert 0 == casepost("status", "--json", *CONFIG).code


@pytest.fixture
def greeting() -> Iterator[int]:
    """The port of a server that greets once as SMTP does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        # A test that fails before it connects ends all the same.
        server.settimeout(30)

        def greet() -> None:
            with contextlib.suppress(TimeoutError):
                connection, _ = server.accept()
                greet_over(connection)

        def greet_over(connection: socket.socket) -> None:
            with connection:
                connection.sendall(b"220 ready\r\n")
                connection.recv(100)

        thread = Thread(target=greet)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_ready_means_that_the_listener_greets(
    casepost: Casepost, bench: Workbench, tmp_path: Path, greeting: int
) -> None:
    """It is asked as a client would ask."""
    del bench
    path = tmp_path / "house" / "casepost.toml"
    path.write_text(path.read_text() + f"\n[[listener]]\nport = {greeting}\n")
    assert json.loads(casepost("status", "--json", *CONFIG).out)["ready"]


def test_all_of_it_can_be_looked_at_while_a_desk_is_wrong(
    casepost: Casepost, filed: Workbench, tmp_path: Path
) -> None:
    """What is written down needs no desk; the configuration is refused where one is needed."""
    del filed
    desk = tmp_path / "house" / "desks" / "north.toml"
    desk.write_text(f"titel = 'North'\n{desk.read_text()}")
    looks = (
        ("tickets",),
        ("show", "NO-00013"),
        ("explain", "--mail", "1"),
        ("held", "list"),
        ("held", "show", "3"),
        ("failed", "list"),
        ("outbox", "list"),
        ("keys", "list"),
        ("kb", "list"),
    )
    assert dict.fromkeys(looks, 0) == {one: casepost(*one, *CONFIG).code for one in looks}
    assert [] == json.loads(casepost("show", "NO-00013", "--json", *CONFIG).out)["timers"]
    assert 2 == casepost("rules", *CONFIG).code
