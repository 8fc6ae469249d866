"""The one write: everything that a mail leads to, or nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway import intake
from gateway.desk.limits import Restraint
from gateway.mail.model import Verdict
from gateway.reading import question, read
from gateway.store import claims
from gateway.store.conflict import Conflict
from gateway.store.filing import Filing, write
from gateway.store.lookup import look_up
from lib.workbench import Workbench, mail

EFFECTS = ("tickets", "events", "entries", "links", "outbox", "message_ids", "fingerprints")


def filings(bench: Workbench) -> list[Filing]:
    """Take waiting mails their way as far as the write."""
    made = []
    for reading in read(bench.house, bench.load(bench.claim()), bench.authenticate):
        assert reading is not None
        with bench.house.database.reading() as connection:
            (known,) = look_up(connection, [question(reading)])
        restraint = Restraint(bench.house.settings.sending, (), bench.house.routes.is_ours)
        made.append(intake.settle(bench.house, reading, known, {}, restraint, bench.time))
    return made


def effects(bench: Workbench) -> list[list[dict[str, object]]]:
    """Give all that a mail can lead to, and where the mails stand."""
    return [bench.rows(table) for table in (*EFFECTS, "spool")]


def file(bench: Workbench, *made: Filing) -> None:
    """Write filings in one transaction."""
    with bench.house.database.writing() as connection:
        write(connection, made, bench.time, bench.house.settings.sending)


def open_case(bench: Workbench) -> str:
    """Open a ticket; the Message-ID of its acknowledgement."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.work()
    return str(bench.rows("outbox")[0]["message_id"])


def test_all_that_a_mail_leads_to_is_written_with_its_end_in_the_spool(bench: Workbench) -> None:
    """Ticket, events, entries, answer, the agent's notice, message ids, fingerprint."""
    bench.deliver(mail(message_id="<1@klant.example>"))

    file(bench, *filings(bench))

    assert [1, 3, 2, 0, 2, 3, 1] == [len(bench.rows(table)) for table in EFFECTS]
    assert ["filed"] == bench.states()


def test_a_ticket_that_changed_meanwhile_is_a_conflict_and_nothing_is_written(
    bench: Workbench,
) -> None:
    """Two mails on one ticket, both decided on what it was before."""
    answered = open_case(bench)
    bench.deliver(mail(answers=answered, body="One."))
    bench.deliver(mail(answers=answered, body="Two."))
    one, two = filings(bench)
    file(bench, one)
    before = effects(bench)

    with pytest.raises(Conflict, match="a ticket changed"):
        file(bench, two)

    assert before == effects(bench)


def test_the_same_mail_filed_meanwhile_is_a_conflict(bench: Workbench) -> None:
    """Two workers had a copy each."""
    text = mail(message_id="<1@klant.example>")
    bench.deliver(text)
    bench.deliver(text, "urgent@north.example")
    one, two = filings(bench)
    file(bench, one)
    before = effects(bench)

    with pytest.raises(Conflict, match="the same mail"):
        file(bench, two)

    assert before == effects(bench)


def test_a_lost_claim_is_a_conflict(bench: Workbench) -> None:
    """The late writer's epoch is over."""
    bench.deliver(mail())
    (late,) = filings(bench)
    bench.time += timedelta(minutes=2)
    bench.claim()
    before = effects(bench)

    with pytest.raises(Conflict, match="a claim was lost"):
        file(bench, late)

    assert before == effects(bench)


def test_a_mail_is_filed_once(bench: Workbench) -> None:
    """A second writing of the same filing is refused."""
    bench.deliver(mail())
    (made,) = filings(bench)
    file(bench, made)

    with pytest.raises(Conflict):
        file(bench, made)


@pytest.mark.parametrize("lost", [True, False])
def test_one_conflict_in_a_batch_leaves_the_others_written(bench: Workbench, *, lost: bool) -> None:
    """Each goes again by itself, under a savepoint; the one to be looked up again is told.

    One whose claim is lost is in other hands by now, and nothing is left to do.
    """
    answered = open_case(bench)
    bench.deliver(mail(subject="Another"))
    bench.deliver(mail(answers=answered, body="One."))
    bench.deliver(mail(subject="A third"))
    batch = filings(bench)
    (effects,) = batch[1].effects
    found = effects.touched.ticket
    assert found is not None
    stale = replace(effects.touched, ticket=replace(found, version=found.version - 1))
    late_effects = (replace(effects, touched=stale),)
    changes = {"epoch": batch[1].epoch - 1} if lost else {"effects": late_effects}
    late = replace(batch[1], **changes)

    conflicted = intake.apply(bench.house, [batch[0], late, batch[2]], bench.time)

    assert (set() if lost else {late.spool_id}) == conflicted
    assert ["filed", "filed", "waiting", "filed"] == bench.states()
    assert 3 == len(bench.rows("tickets"))
    assert 3 == len([m for m in bench.rows("outbox") if m["template"] == "customer/acknowledge"])


def test_nothing_to_write_is_nothing(bench: Workbench) -> None:
    """No transaction is begun."""
    bench.house.database.close()

    assert set() == intake.apply(bench.house, [], bench.time)


def test_a_mail_that_conflicts_is_looked_up_again_and_filed(bench: Workbench) -> None:
    """Two mails of one batch on one ticket: both are on it in the end, with one event each."""
    answered = open_case(bench)
    for body in ("One.", "Two.", "Three."):
        bench.deliver(mail(answers=answered, body=body))

    bench.work()

    happened = bench.rows("events")
    assert [*range(1, len(happened) + 1)] == [row["version"] for row in happened]
    assert 3 == len([row for row in happened if row["kind"] == "entry-added"])
    (ticket,) = bench.rows("tickets")
    assert len(happened) == ticket["version"]


def test_a_fingerprint_that_is_over_is_taken_by_the_next(bench: Workbench) -> None:
    """The same words ten minutes later are said anew, and count from then."""
    bench.deliver(mail(), sender="a@klant.example")
    bench.work()
    bench.time += timedelta(minutes=10)
    bench.deliver(mail(), sender="b@klant.example")

    bench.work()

    (row,) = bench.rows("fingerprints")
    assert (2, bench.time + timedelta(minutes=10)) == (row["spool"], row["expires_at"])


def test_a_duplicate_writes_nothing_but_its_end(bench: Workbench) -> None:
    """And says whose copy it is."""
    text = mail(message_id="<1@klant.example>")
    bench.deliver(text)
    bench.work()
    before = effects(bench)[:-1]
    bench.deliver(text, "urgent@north.example")

    file(bench, *filings(bench))

    assert before == effects(bench)[:-1]
    copy = bench.rows("spool")[1]
    assert ("duplicate", 1) == (copy["state"], copy["duplicate_of"])


def test_a_stale_batch_gives_up_after_some_rounds_and_keeps_the_mail(bench: Workbench) -> None:
    """Nothing is lost: whoever has the claim files it."""
    bench.deliver(mail())
    late = bench.load(bench.claim())
    bench.time += timedelta(minutes=2)
    held = bench.claim()
    intake.take_in(bench.house, late, bench.now, bench.authenticate)

    with bench.house.database.writing() as connection:
        claims.give_back(connection, held, None)
    bench.work()

    assert ["filed"] == bench.states()


def test_a_held_mail_touches_no_ticket(bench: Workbench) -> None:
    """It waits for a person, with its reason; whoever is asked about it is asked by mail."""
    bench.verdict = Verdict.UNKNOWN
    bench.deliver(mail(author="Ada <ada@north.example>"), sender="ada@north.example")

    file(bench, *filings(bench))

    (row,) = bench.rows("spool")
    assert ("held", "agent-not-proven", None) == (row["state"], row["reason"], row["ticket"])
    assert [0, 0, 0, 0, 1, 0] == [len(bench.rows(table)) for table in EFFECTS[:-1]]
    (asked,) = bench.rows("outbox")
    assert ("agent/confirm", None, row["id"], None) == (
        asked["template"],
        asked["ticket"],
        asked["spool"],
        asked["entry"],
    )
