"""outbox: mail that did not go out is listed, and tried again."""

import json
from datetime import timedelta

from gateway.store import outbox
from gateway.store.claimant import this_process
from lib.commands import Casepost
from lib.workbench import Workbench, mail

CONFIG = ("--config", "house/casepost.toml")
_LEASE = timedelta(minutes=1)


def _fail_all(bench: Workbench) -> None:
    """Have a courier give up every mail that is queued."""
    with bench.house.database.writing() as connection:
        claimant = this_process(bench.house.node)
        claimed = outbox.claim(connection, claimant, bench.time, _LEASE, 50)
        results = [
            outbox.Result(one.id, one.epoch, outbox.OutboxState.FAILED, None, "550 5.1.1 no [red]")
            for one in claimed
        ]
        outbox.settle(connection, results, bench.time)


def test_what_failed_is_listed_and_tried_again(casepost: Casepost, bench: Workbench) -> None:
    """With the reply of the server that refused it; afterwards a courier finds it due."""
    assert "All outgoing mail was sent.\n" == casepost("outbox", "list", *CONFIG).out
    assert "[]\n" == casepost("outbox", "list", "--json", *CONFIG).out
    bench.deliver(mail())
    bench.work()
    _fail_all(bench)

    first, *others = json.loads(casepost("outbox", "list", "--json", *CONFIG).out)
    assert {
        "id": 1,
        "state": "failed",
        "template": "customer/acknowledge",
        "to": "jan@klant.example",
        "case": bench.rows("tickets")[0]["number"],
        "queued_at": "2026-03-02T09:00:00+00:00",
        "due_at": None,
        "attempts": 1,
        "last_reply": "550 5.1.1 no [red]",
    } == first
    assert ["agent/new"] == [one["template"] for one in others]
    human = casepost("outbox", "list", *CONFIG)
    assert "jan@klant.example" in human.out

    tried = casepost("outbox", "retry", "1", "99", *CONFIG)
    assert (1, "1 mail is tried again\n") == (tried.code, tried.out)
    assert "there is no outgoing mail 99" in tried.err
    row = bench.rows("outbox")[0]
    assert ("queued", 0, None) == (row["state"], row["attempts"], row["settled_at"])


def test_what_was_sent_is_not_sent_again(casepost: Casepost, bench: Workbench) -> None:
    """Whoever asks for it is told."""
    bench.deliver(mail())
    bench.work()
    with bench.house.database.writing() as connection:
        claimant = this_process(bench.house.node)
        claimed = outbox.claim(connection, claimant, bench.time, _LEASE, 1)
        (one,) = claimed
        sent = outbox.Result(one.id, one.epoch, outbox.OutboxState.SENT, None, "250 OK")
        outbox.settle(connection, [sent], bench.time)
    refused = casepost("outbox", "retry", str(one.id), *CONFIG)
    assert (1, "0 mails are tried again\n") == (refused.code, refused.out)
    assert f"outgoing mail {one.id} was sent" in refused.err
