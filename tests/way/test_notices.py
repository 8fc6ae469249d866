"""What machines say of our mail, on its way: bounces, absence notices, receipts."""

from datetime import timedelta
from typing import Any

from gateway import agenda
from gateway.mail.model import Verdict
from gateway.mail.parse import parse
from gateway.store.aside import without_ticket
from lib.workbench import Workbench, mail

DAY = timedelta(days=1)
JAN = "jan@klant.example"
ADA = "ada@north.example"
DAEMON = "Mail Delivery System <mailer-daemon@mx.klant.example>"


def opened(bench: Workbench) -> str:
    """Open Jan's ticket; the Message-ID of its acknowledgement."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.work()
    return str(mail_to(bench, JAN)["message_id"])


def mail_to(bench: Workbench, address: str) -> dict[str, Any]:
    """Give the row of the last mail to an address."""
    return [row for row in bench.rows("outbox") if row["recipient"] == address][-1]


def answered(bench: Workbench) -> str:
    """Open Jan's ticket and have Ada answer it; the reverse-path of her answer."""
    opened(bench)
    told = parse(bytes(mail_to(bench, ADA)["content"]))
    text = mail(author=f"Ada <{ADA}>", subject="Re: it", body="Try the other browser.")
    bench.deliver(text, told.header("reply-to"), ADA)
    bench.work()
    answer = mail_to(bench, JAN)
    assert "customer/answer" == answer["template"]
    return str(answer["reverse_path"])


def bounce(
    returned: str,
    *,
    address: str = "jan@klant.example",
    action: str = "failed",
    status: str = "5.1.1",
    subject: str = "Undelivered Mail Returned to Sender",
    headers: str = "",
) -> str:
    """Write a delivery status notification (RFC 3464)."""
    head = (
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b"
    )
    body = (
        "--b\n\nIt could not be delivered.\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.klant.example\n\nFinal-Recipient: rfc822; {address}\n"
        f"Action: {action}\nStatus: {status}\n--b\nContent-Type: text/rfc822-headers\n\n"
        f"From: help@north.example\nTo: {address}\nMessage-ID: {returned}\n--b--"
    )
    headers = f"{headers}\n{head}" if headers else head
    return mail(author=DAEMON, subject=subject, headers=headers, body=body)


def sent(bench: Workbench) -> list[str]:
    """Give the templates of all that was sent to customers, after the acknowledgement."""
    templates = [str(row["template"]) for row in bench.rows("outbox")]
    return [template for template in templates if template.startswith("customer/")][1:]


def run(bench: Workbench, text: str, recipient: str = "help@north.example") -> None:
    """Take a mail with the null reverse-path its way."""
    bench.deliver(text, recipient, sender="")
    bench.work()


def test_after_a_lasting_failure_nobody_is_reminded(bench: Workbench) -> None:
    """Timers move the ticket on, in silence."""
    run(bench, bounce(opened(bench)))
    bench.time += 7 * DAY
    agenda.sweep(bench.house, bench.now())
    bench.time += 7 * DAY
    agenda.sweep(bench.house, bench.now())

    (ticket,) = bench.rows("tickets")
    assert ("Done", False) == (ticket["status"], ticket["answerable"])
    assert [] == sent(bench)


def test_a_delay_and_a_failure_elsewhere_change_nothing(bench: Workbench) -> None:
    """They are on the ticket; the reminder is sent."""
    ours = opened(bench)
    run(bench, bounce(ours, action="delayed", status="4.4.1"))
    run(bench, bounce(ours, status="4.2.2"))
    run(bench, bounce(ours, address="other@klant.example"))
    bench.time += 7 * DAY
    agenda.sweep(bench.house, bench.now())

    assert ["customer/reminder"] == sent(bench)
    assert 3 == [row["kind"] for row in bench.rows("events")].count("bounced")


def test_who_writes_again_is_reminded_again(bench: Workbench) -> None:
    """The address works, after all."""
    ours = opened(bench)
    run(bench, bounce(ours))
    bench.deliver(mail(answers=ours, body="I am here."))
    bench.work()
    bench.time += 7 * DAY
    agenda.sweep(bench.house, bench.now())

    assert ["customer/reminder"] == sent(bench)


def test_a_bounce_that_names_no_mail_of_ours_is_an_orphan(bench: Workbench) -> None:
    """No ticket, no answer, and counted."""
    opened(bench)

    run(bench, bounce("<1@klant.example>"))
    run(bench, bounce("<cp.1.aaaaaaaaaaaaaaaa@north.example>"))
    run(bench, bounce("<gone@klant.example>", subject="Undelivered: [NO-00013]"))
    run(bench, bounce("<gone@klant.example>", headers="References: <1@klant.example>"))

    assert ["opened", *4 * ["orphan"]] == [row["reason"] for row in bench.rows("spool")]
    assert 1 == len(bench.rows("tickets"))
    assert [] == sent(bench)
    with bench.house.database.reading() as connection:
        assert 4 == without_ticket(connection)


def test_a_receipt_is_kept_on_the_ticket_of_the_mail_that_was_read(bench: Workbench) -> None:
    """It names our mail in its machine-readable part alone (RFC 8098)."""
    ours = opened(bench)
    head = (
        "MIME-Version: 1.0\nContent-Type: multipart/report; boundary=b;\n"
        " report-type=disposition-notification"
    )
    body = (
        "--b\n\nIt was displayed.\n--b\nContent-Type: message/disposition-notification\n\n"
        f"Final-Recipient: rfc822; jan@klant.example\nOriginal-Message-ID: {ours}\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n--b--"
    )

    run(bench, mail(headers=head, body=body))

    (ticket,) = bench.rows("tickets")
    assert "New" == ticket["status"]
    assert ["automatic-filed"] == [row["reason"] for row in bench.rows("spool")][1:]
    assert [True] == [r["internal"] for r in bench.rows("entries") if r["kind"] == "automatic-in"]
    assert [] == sent(bench)


def test_an_absence_notice_from_elsewhere_is_kept_without_a_ticket(bench: Workbench) -> None:
    """A Message-ID alone lets nobody write on a ticket, nor their machine."""
    head = "Auto-Submitted: auto-replied"
    notice = mail(
        author="jan@home.example", subject="Out of office", answers=opened(bench), headers=head
    )

    run(bench, notice)

    assert 1 == len(bench.rows("tickets"))
    assert ["orphan"] == [row["reason"] for row in bench.rows("spool")][1:]


def test_an_answer_that_did_not_arrive_is_marked_and_told(bench: Workbench) -> None:
    """By its reverse-path alone, without the mail that is given back; other mail is not told."""
    reverse_path = answered(bench)
    assert reverse_path.startswith("help+b1-")
    before = len(bench.rows("outbox"))

    run(bench, bounce("<unknown@mx.klant.example>"), reverse_path.upper())

    (told,) = bench.rows("outbox")[before:]
    assert ("agent/bounced", ADA) == (told["template"], told["recipient"])
    (answer,) = [row for row in bench.rows("entries") if row["kind"] == "answer"]
    assert [JAN] == [address for address, _ in answer["undelivered"]]
    (muted,) = [row for row in bench.rows("correspondents") if row["address"] == JAN]
    assert muted["muted_until"] > bench.time + 59 * DAY
    (entry,) = [row for row in bench.rows("entries") if row["kind"] == "automatic-in"]
    assert entry["internal"]
    (ticket,) = bench.rows("tickets")
    assert not ticket["answerable"]


def test_a_bounce_to_a_forged_reverse_path_is_an_orphan(bench: Workbench) -> None:
    """It marks nothing, mutes nobody, and nobody is told."""
    reverse_path = answered(bench)
    before = len(bench.rows("outbox"))
    customers = parse(bytes(mail_to(bench, JAN)["content"])).header("reply-to")
    forged = (
        reverse_path.replace("+b1-", "+b1-9"),
        reverse_path[:-20] + "aaaa" + reverse_path[-16:],
        customers.replace("+c1-", "+b1-"),
        customers,
    )
    for number, address in enumerate(forged):
        run(bench, bounce("<unknown@mx.klant.example>", subject=f"Undelivered {number}"), address)

    assert 4 * ["orphan"] == [row["reason"] for row in bench.rows("spool")][-4:]
    assert before == len(bench.rows("outbox"))
    assert all(not row["undelivered"] for row in bench.rows("entries"))
    assert all(row["muted_until"] is None for row in bench.rows("correspondents"))


def test_a_ticket_has_ten_bounces_a_day(bench: Workbench) -> None:
    """Whoever was given a mail of ours can make them; the rest is filed, and seen in the spool."""
    ours = opened(bench)
    for number in range(12):
        bench.deliver(bounce(ours, subject=f"Undelivered {number}"), sender="")
    bench.work()

    assert 10 == [row["kind"] for row in bench.rows("entries")].count("automatic-in")
    assert 2 == [row["reason"] for row in bench.rows("spool")].count("orphan")
    bench.time += DAY
    run(bench, bounce(ours, subject="Undelivered again"))
    assert 11 == [row["kind"] for row in bench.rows("entries")].count("automatic-in")


def test_an_absence_notice_comes_to_the_reverse_path(bench: Workbench) -> None:
    """RFC 3834 section 4: it is kept on the ticket, moves nothing, and nobody is told."""
    reverse_path = answered(bench)
    before = len(bench.rows("outbox"))
    notice = mail(subject="Out of office", headers="Auto-Submitted: auto-replied", body="Away.")

    run(bench, notice, reverse_path)

    assert "automatic-filed" == bench.rows("spool")[-1]["reason"]
    assert before == len(bench.rows("outbox"))


def test_a_program_that_answers_what_an_agent_was_asked_opens_nothing(bench: Workbench) -> None:
    """It came to a reply address about a held mail, so that agents need no case of it."""
    bench.verdict = Verdict.UNKNOWN
    bench.deliver(mail(author=f"Ada <{ADA}>", body="#close"), sender=ADA)
    bench.work()
    asked = parse(bytes(mail_to(bench, ADA)["content"]))

    away = mail(author=f"Ada <{ADA}>", subject="Away", body="Until Monday.")
    bench.deliver(away, asked.header("reply-to"), "")
    bench.work()

    assert ["held", "filed"] == bench.states()
    assert [] == bench.rows("tickets")
    assert 1 == len(bench.rows("outbox"))
