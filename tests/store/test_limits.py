"""What was sent is counted in the database, and again where mail is queued."""

import logging
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.config.settings import Sending
from gateway.desk.lately import Sendings
from gateway.store import limits
from gateway.store.conflict import Conflict
from gateway.store.effects import queue
from gateway.store.outbox import Outgoing
from gateway.store.schema import correspondents
from lib.workbench import START, Workbench

JAN = "jan@klant.example"
LIMITS = Sending(domain_hour=20)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def mail(number: int, to: str = JAN, **more: object) -> Outgoing:
    """Give an automatic mail; its number is its id, its topic and its time."""
    plain = Outgoing(
        id=number,
        ticket=0,
        template="customer/acknowledge",
        recipient=to,
        reverse_path="",
        message_id=f"<{number}@desk.example>",
        content=b"",
        automatic=True,
        queued_at=START,
        topic=str(number),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def send(bench: Workbench, *mails: Outgoing) -> None:
    """Queue mails in one transaction, if they may be."""
    with bench.house.database.writing() as connection:
        limits.check(connection, mails, LIMITS, bench.time)
        queue(connection, mails)


def found(bench: Workbench, address: str = JAN) -> Sendings:
    """Say what an address got."""
    with bench.house.database.reading() as connection:
        return limits.sendings(connection, [address], bench.time)[address]


def test_what_was_sent_is_counted(bench: Workbench) -> None:
    """By age, ticket, topic; the domain's and all strangers' apart; news to agents not at all."""
    mails = [
        mail(1, queued_at=START - 25 * HOUR),
        mail(2, queued_at=START - 23 * HOUR),
        mail(3, queued_at=START - 2 * HOUR, topic="help"),
        mail(4, topic="help", vouched=False),
        mail(5, "ann@klant.example", vouched=False),
        mail(6, "eve@other.example", vouched=False),
        mail(7, template="agent/new"),
        mail(8, automatic=False),
        mail(9, template="agent/confirm"),
    ]
    with bench.house.database.writing() as connection:
        queue(connection, mails)
    assert found(bench) == Sendings(
        JAN,
        hour=1,
        three_hours=2,
        day=3,
        domain=2,
        unvouched=3,
        house=4,
        confirms=1,
        by_topic=(("customer/acknowledge", "help", 2),),
    )
    nobody = Sendings("max@klant.example", domain=2, unvouched=3, house=4)
    assert nobody == found(bench, nobody.address)


def test_windows_slide(bench: Workbench) -> None:
    """A mail counts for an hour to the second, both ends included."""
    send(bench, mail(1, vouched=False))
    bench.time += HOUR
    assert (1, 1, 1) == (found(bench).hour, found(bench).unvouched, found(bench).house)
    bench.time += SECOND
    assert (0, 0, 0, 1) == (
        found(bench).hour, found(bench).unvouched, found(bench).house, found(bench).day
    )  # fmt: skip


def test_a_transaction_never_queues_more_than_may_go(bench: Workbench) -> None:
    """All of its mails or none; what a look-up before it saw does not matter."""
    send(bench, *(mail(number) for number in range(1, 4)))
    with pytest.raises(Conflict, match="to this address in an hour"):
        send(bench, mail(4), mail(5), mail(6))
    send(bench, mail(4), mail(5), mail(7, template="agent/new"), mail(8, automatic=False))
    assert LIMITS.address_hour == found(bench).hour


def test_nodes_together_send_no_more_than_one(bench: Workbench) -> None:
    """Six at once, on whichever database: five to an address, twenty to a domain."""
    together = threading.Barrier(6)
    sent: list[str] = []

    def node(number: int) -> None:
        together.wait()
        for place in range(7):
            one = number * 1000 + place + 1
            ann, jan = f"p{one}@klant.example", mail(one, vouched=False)
            for mails in ([jan], [mail(-one, ann, vouched=False)]):
                try:
                    send(bench, *mails)
                except Conflict:
                    continue
                sent.append(mails[0].recipient)

    threads = [threading.Thread(target=node, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert LIMITS.address_hour == sent.count(JAN) == found(bench).hour
    assert LIMITS.domain_hour == len(sent) == found(bench).domain


def test_a_full_breaker_is_an_alarm_once_an_hour(
    bench: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged once, shown for an hour, and other domains go on."""
    people = [mail(n, f"p{n}@klant.example", vouched=False) for n in range(1, 21)]
    with caplog.at_level(logging.ERROR, "casepost.limits"):
        send(bench, *people[:19])
        assert [] == caplog.messages
        send(bench, people[19])
        send(bench, mail(101, "p@other.example", vouched=False))
        with pytest.raises(Conflict, match="to strangers of"):
            send(bench, mail(102, "p@klant.example", vouched=False))
        assert ["to people of klant.example" in line for line in caplog.messages] == [True]
    with bench.house.database.reading() as connection:
        assert 1 == len(limits.raised(connection, bench.time))
        assert () == limits.raised(connection, bench.time + HOUR)


def test_a_muted_address_is_known(bench: Workbench) -> None:
    """For as long as it is."""
    until = START + HOUR
    with bench.house.database.writing() as connection:
        row = {"address": JAN, "muted_until": until, "muted_why": "550 no such user"}
        connection.execute(correspondents.insert(), [row])
    assert "550 no such user" in found(bench).muted
    bench.time = until
    assert "" == found(bench).muted


def test_very_many_are_counted_at_once(bench: Workbench) -> None:
    """More addresses than a statement takes."""
    people = [f"p{number}@klant.example" for number in range(12_000)]
    send(bench, mail(1, people[-1]))
    with bench.house.database.reading() as connection:
        counted = limits.sendings(connection, people, bench.time)
    assert (12_000, 1) == (len(counted), counted[people[-1]].hour)
