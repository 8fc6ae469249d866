"""Outgoing mail, looked at and tried again in the console."""

from datetime import timedelta

import pytest

from gateway.store import outbox, schema
from gateway.store.claimant import this_process
from gateway.store.outbox import OutboxState, Result
from lib.console import Visitor, visitor
from lib.workbench import Workbench, mail

_LEASE = timedelta(minutes=1)


@pytest.fixture
def chief(bench: Workbench) -> Visitor:
    """A supervisor at a browser."""
    return visitor(bench, "supervisor")


def settle(bench: Workbench, state: OutboxState) -> None:
    """Have a courier end all that is queued in this state."""
    with bench.house.database.writing() as connection:
        claimant = this_process(bench.house.node)
        claimed = outbox.claim(connection, claimant, bench.time, _LEASE, 50)
        due = bench.time + timedelta(minutes=5) if state is OutboxState.DEFERRED else None
        results = [Result(one.id, one.epoch, state, due, "550 <no>") for one in claimed]
        outbox.settle(connection, results, bench.time)


def test_what_was_not_sent_is_listed(bench: Workbench, chief: Visitor) -> None:
    """With the last reply; what was sent is listed for whoever asks for it."""
    bench.deliver(mail())
    bench.work()
    settle(bench, OutboxState.FAILED)
    text = chief.get("/outbox").text
    assert 2 == text.count("550 &lt;no&gt;")
    assert "customer/acknowledge" in text
    assert "550" not in chief.get("/outbox?state=sent").text
    chief.post("/outbox/retry", {"mail-1": "on", "mail-2": "on"})
    settle(bench, OutboxState.SENT)
    assert "All outgoing mail was sent" in chief.get("/outbox").text
    sent = chief.get("/outbox?state=sent").text
    assert "customer/acknowledge" in sent
    assert 'type="checkbox"' not in sent


def test_a_mail_is_tried_at_once(bench: Workbench, chief: Visitor) -> None:
    """What was sent is let alone, and it is noted who did it."""
    bench.deliver(mail())
    bench.work()
    settle(bench, OutboxState.DEFERRED)
    answer = chief.follow(chief.post("/outbox/retry", {"mail-1": "on", "mail-9": "on"}))
    assert "1 mail is tried at once." in answer.text
    assert ["queued", "deferred"] == [row["state"] for row in bench.rows("outbox")]
    assert ["outgoing mail 1"] == [row["about"] for row in bench.rows("audit")]
    settle(bench, OutboxState.SENT)
    answer = chief.follow(chief.post("/outbox/retry", {"mail-1": "on"}))
    assert "Nothing was done" in answer.text


def test_who_may_send_twice_is_asked(bench: Workbench, chief: Visitor) -> None:
    """Before anything is tried that may have arrived."""
    bench.deliver(mail())
    bench.work()
    settle(bench, OutboxState.UNCERTAIN)
    asked = chief.follow(chief.post("/outbox/retry", {"mail-1": "on"}))
    assert "<h1>Send again?</h1>" in asked.text
    assert "uncertain" == bench.rows("outbox")[0]["state"]
    chief.post("/outbox/retry", {"mail-1": "on", "confirmed": "yes"})
    assert "queued" == bench.rows("outbox")[0]["state"]


def test_a_mail_is_shown(bench: Workbench, chief: Visitor) -> None:
    """What it says, as text and in a frame, without the secrets of its recipient."""
    bench.deliver(mail(subject="White <b>"))
    bench.work()
    secret = "/feedback/" + "a" * 26
    content = b"Subject: Hi\r\nContent-Type: text/html\r\n\r\n<p>At " + secret.encode() + b"</p>"
    with bench.house.database.writing() as connection:
        connection.execute(
            schema.outbox.update().where(schema.outbox.c.id == 2).values(content=content)
        )
    number = bench.rows("tickets")[0]["number"]
    text = chief.get("/outbox/1").text
    assert f"[{number}] White &lt;b&gt;" in text
    assert f'<a href="/tickets/{number}">' in text
    assert "jan@klant.example" in text
    other = chief.get("/outbox/2")
    frame = chief.get("/outbox/2/html")
    assert secret not in other.text + frame.text
    assert "<p>At /feedback/\N{HORIZONTAL ELLIPSIS}</p>" in frame.text
    assert "sandbox" in frame.headers["content-security-policy"]
    assert 404 == chief.get("/outbox/9").status_code
    assert 404 == chief.get("/outbox/9/html").status_code
