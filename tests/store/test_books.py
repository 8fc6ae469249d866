"""The books balance, and a mail that vanishes is noticed."""

from datetime import date, timedelta

from sqlalchemy import delete

from gateway.mail.model import Verdict
from gateway.store import books, imap
from gateway.store.books import Account, SourceHealth
from gateway.store.schema import spool
from lib.workbench import START, Workbench, mail


def accounts(bench: Workbench, since: date = date.min) -> tuple[Account, ...]:
    """Give the accounts from a day on."""
    with bench.house.database.reading() as connection:
        return books.accounts(connection, since)


def test_every_mail_is_counted_where_it_stands(bench: Workbench) -> None:
    """Filed, a copy of one filed, the same delivery again, held, set aside, and one that waits."""
    bench.verdict = Verdict.UNKNOWN
    text = mail(message_id="<1@klant.example>")
    bench.deliver(text)
    bench.deliver(text, "urgent@north.example")
    bench.deliver(text)
    bench.deliver(mail(author="ada@north.example"), sender="ada@north.example")
    bench.deliver(mail(), "help@west.example")
    bench.work()
    bench.deliver(mail(subject="It waits"))

    (account,) = accounts(bench)

    assert Account("smtp", "2026-03-02", 6, 1, 1, 2, 1, 1) == account
    assert 0 == account.difference


def test_days_are_apart_oldest_first(bench: Workbench) -> None:
    """A mail belongs to the day it was received, in UTC."""
    bench.deliver(mail())
    bench.time += timedelta(days=1)
    bench.deliver(mail(subject="Another"))

    assert ["2026-03-02", "2026-03-03"] == [account.day for account in accounts(bench)]
    assert ["2026-03-03"] == [account.day for account in accounts(bench, bench.time.date())]
    assert () == accounts(bench, bench.time.date() + timedelta(days=1))


def test_a_mail_that_vanishes_is_a_difference(bench: Workbench) -> None:
    """The ledger still knows of it."""
    bench.deliver(mail())
    bench.deliver(mail(subject="Another"))
    with bench.house.database.writing() as connection:
        connection.execute(delete(spool).where(spool.c.id == 1))

    assert [1] == [account.difference for account in accounts(bench)]


def test_a_mail_that_nobody_received_is_a_difference(bench: Workbench) -> None:
    """It shows below zero."""
    bench.deliver(mail())
    with bench.house.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM ledger")

    assert [-1] == [account.difference for account in accounts(bench)]


def test_the_health_of_sources_is_told(bench: Workbench) -> None:
    """When each last worked, and what went wrong."""
    with bench.house.database.writing() as connection:
        imap.succeeded(connection, "imap:a", START)
        imap.failed(connection, "imap:b", START, "no answer")
    with bench.house.database.reading() as connection:
        health = books.health(connection)

    assert health == (
        SourceHealth("imap:a", START, None, ""),
        SourceHealth("imap:b", None, START, "no answer"),
    )
