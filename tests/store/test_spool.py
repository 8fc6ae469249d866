"""What is accepted: one row for each delivery, counted in the ledger, whoever else accepts it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import delete

from gateway.mail.model import Envelope
from gateway.store import raw, spool
from gateway.store.schema import spool as table
from gateway.store.spool import Accepted, Delivery
from lib.workbench import START, Workbench, mail


def delivery(
    bench: Workbench, content: bytes, recipient: str = "help@north.example", source: str = "smtp"
) -> Delivery:
    """Make a delivery of these bytes."""
    envelope = Envelope("jan@klant.example", recipient, "192.0.2.1")
    raw_mail = raw.from_bytes(content, bench.house.large)
    return Delivery(spool.smtp_key(envelope, raw_mail), source, envelope, raw_mail, "", bench.time)


def accept(bench: Workbench, groups: Sequence[Sequence[Delivery]]) -> list[tuple[Accepted, ...]]:
    """Accept deliveries in one transaction."""
    with bench.house.database.writing() as connection:
        return spool.accept(connection, groups, bench.house.node)


def test_each_recipient_of_a_mail_has_a_row_and_the_bytes_are_kept_once(bench: Workbench) -> None:
    """Groups come back in their order, with the ids of their rows."""
    one = [delivery(bench, b"1", f"{name}@north.example") for name in ("help", "urgent")]
    two = [delivery(bench, b"2")]

    accepted = accept(bench, [one, two])

    assert [(1, 2), (3,)] == [tuple(a.spool_id for a in group) for group in accepted]
    assert not any(a.repeated for group in accepted for a in group)
    assert 2 == len(bench.rows("raw_mails"))


def test_a_repeat_inside_one_group_is_the_same_row(bench: Workbench) -> None:
    """A client that names a recipient twice, and two sessions in one transaction."""
    same = delivery(bench, b"1")

    accepted = accept(bench, [[same, same], [same]])

    assert [(False, True), (True,)] == [tuple(a.repeated for a in group) for group in accepted]
    assert {1} == {a.spool_id for group in accepted for a in group}
    assert 1 == len(bench.rows("spool"))


def test_more_than_one_statement_takes(bench: Workbench) -> None:
    """Hundreds at once, some of which came before, each get the id of their own row."""
    several = [[delivery(bench, b"%d" % number)] for number in range(450)]
    before = accept(bench, several[::3])

    accepted = accept(bench, several)

    assert [Accepted(ids[0].spool_id, repeated=True) for ids in before] == [
        one for (one,) in accepted[::3]
    ]
    known = {row["id"]: row["raw"] for row in bench.rows("spool")}
    assert [one.raw.sha256 for (one,) in several] == [known[one.spool_id] for (one,) in accepted]
    assert 150 == sum(one.repeated for (one,) in accepted)


def test_the_ledger_counts_what_came_and_what_came_again(bench: Workbench) -> None:
    """By source and day, over several transactions."""
    accept(bench, [[delivery(bench, b"1")], [delivery(bench, b"2", source="imap:a")]])
    accept(bench, [[delivery(bench, b"1"), delivery(bench, b"3")]])
    bench.time = datetime(2026, 3, 3, tzinfo=UTC)
    accept(bench, [[delivery(bench, b"1")]])

    counted = {
        (row["source"], row["day"]): (row["received"], row["repeated"])
        for row in bench.rows("ledger")
    }

    assert counted == {
        ("smtp", "2026-03-02"): (3, 1),
        ("imap:a", "2026-03-02"): (1, 0),
        ("smtp", "2026-03-03"): (1, 1),
    }


def test_two_who_accept_the_same_delivery_at_once_write_one_row(bench: Workbench) -> None:
    """A client that lost its connection and sends again at once, to another thread or node."""
    both_ready = Barrier(2)

    def accept_it() -> Accepted:
        both_ready.wait()
        return accept(bench, [[delivery(bench, b"1")]])[0][0]

    with ThreadPoolExecutor(2) as threads:
        accepted = [future.result() for future in [threads.submit(accept_it) for _ in range(2)]]

    assert 1 == len(bench.rows("spool"))
    assert [False, True] == sorted(a.repeated for a in accepted)
    assert 1 == len({a.spool_id for a in accepted})
    assert (2, 1) == tuple(bench.rows("ledger")[0][name] for name in ("received", "repeated"))


def test_no_id_is_used_again(bench: Workbench) -> None:
    """Not even that of the newest row, once it is deleted."""
    first = accept(bench, [[delivery(bench, b"1")], [delivery(bench, b"2")]])
    with bench.house.database.writing() as connection:
        connection.execute(delete(table))

    later = accept(bench, [[delivery(bench, b"3")]])

    assert later[0][0].spool_id > max(a.spool_id for group in first for a in group)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Envelope("", "b@x.example"), Envelope("b", "@x.example")),
        (Envelope("a@x.example", "b@x.example"), Envelope("a@x.example", "c@x.example")),
        (Envelope("a@x.example", "b@x.example"), Envelope("", "b@x.example")),
    ],
)
def test_a_delivery_key_tells_envelopes_apart(one: Envelope, other: Envelope) -> None:
    """Sender and recipient count, and can't run into each other."""
    content = raw.RawMail("0" * 64, 0, b"", b"")

    assert spool.smtp_key(one, content) != spool.smtp_key(other, content)


def test_an_imap_key_is_of_account_folder_uidvalidity_and_uid() -> None:
    """A UID means nothing without the other three (RFC 9051 section 2.3.1.1)."""
    keys = {
        spool.imap_key(*what)
        for what in (("a", "b", 1, 2), ("a", "b", 12, 2), ("a", "b", 1, 22), ("ab", "", 1, 2))
    }

    assert 4 == len(keys)


def test_a_quiet_mail_and_its_times_are_kept(bench: Workbench) -> None:
    """What a transport said is what a worker reads."""
    bench.deliver(mail(), quiet=True)

    (claimed,) = bench.load(bench.claim())

    assert (True, START, "help@north.example") == (
        claimed.quiet,
        claimed.received_at,
        claimed.envelope.recipient,
    )
