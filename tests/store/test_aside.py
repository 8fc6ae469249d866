"""Mails that wait for a person are found, and tried again when somebody says so."""

from gateway.mail.model import Verdict
from gateway.store import aside, claims
from gateway.store.aside import Aside
from lib.workbench import START, Workbench, mail


def test_what_is_set_aside_is_found_and_tried_again(bench: Workbench) -> None:
    """A failed mail waits anew, alone and with nothing charged; others stay what they are."""
    bench.deliver(mail(subject="It fails"))
    (claimed,) = bench.claim()
    with bench.house.database.writing() as connection:
        claims.fail(connection, claimed, "nobody knows", bench.time)
    bench.verdict = Verdict.UNKNOWN
    bench.deliver(mail(author="ada@north.example"))
    bench.deliver(mail(subject="Out of office", headers="Auto-Submitted: auto-replied"))
    bench.work()

    with bench.house.database.writing() as connection:
        assert [1] == [kept.spool_id for kept in aside.kept_aside(connection, Aside.FAILED)]
        assert [2] == [kept.spool_id for kept in aside.kept_aside(connection, Aside.HELD)]
        assert 1 == aside.without_ticket(connection)
        assert aside.waits_since(connection) is None
        assert 1 == claims.retry(connection, [1, 2, 3, 99])
        assert START == aside.waits_since(connection)

    failed, held, _ = bench.rows("spool")
    assert ("waiting", "", None, 0, 0, True) == tuple(
        failed[key]
        for key in ("state", "reason", "settled_at", "attempts", "claims_alone", "alone")
    )
    assert "held" == held["state"]
    bench.work()
    assert ["filed", "held", "filed"] == bench.states()
