"""Bounces by RFC 3464: which mail, whom it did not reach, with what status, and for good or not."""

import pytest

from gateway.mail import dsn
from gateway.mail.model import Bounce, Mail, Undelivered
from gateway.mail.parse import parse

DAEMON = "From: Mail Delivery System <MAILER-DAEMON@mx.example>\nTo: support@desk.example\n"
PERSON = "From: Jan <jan@klant.example>\nTo: support@desk.example\n"
SUBJECT = "Subject: Undelivered Mail Returned to Sender\n"
RETURNED = (
    "Content-Type: message/rfc822\n\nFrom: support@desk.example\nTo: els@klant.example\n"
    "Message-ID: <cp.1@desk.example>\nSubject: Your question\n\nHello"
)


def report(*fields: str, head: str = DAEMON + SUBJECT, returned: str = RETURNED) -> Mail:
    """Make a report with these groups of recipient fields."""
    status = "\n\n".join(("Reporting-MTA: dns; mx.example", *fields))
    return parse(
        f"{head}Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\n\nSome words.\n--b\nContent-Type: message/delivery-status\n\n{status}\n\n"
        f"--b\n{returned}\n--b--\n".encode()
    )


def only(mail: Mail) -> Undelivered:
    """Give the one recipient of a bounce."""
    found = dsn.bounce(mail)
    assert found is not None
    assert len(found.recipients) == 1
    return found.recipients[0]


FAILED = "Final-Recipient: rfc822; Els@Klant.example\nAction: failed\nStatus: 5.1.1\n"


def test_a_report_tells_all() -> None:
    """The returned mail, the recipient in the canonical form, the status and the server's words."""
    said = "Diagnostic-Code: smtp; 550 5.1.1 <els@klant.example>:\n User unknown"
    expected = Bounce(
        of="<cp.1@desk.example>",
        recipients=(
            Undelivered(
                "els@klant.example",
                "5.1.1",
                permanent=True,
                diagnostic="550 5.1.1 <els@klant.example>: User unknown",
            ),
        ),
        returned_subject="Your question",
        reason="delivery-status: failed or delayed",
    )
    assert expected == dsn.bounce(report(FAILED + said))


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ("Final-Recipient: rfc822; els@klant.example", "els@klant.example"),
        ("Final-Recipient: RFC822;<els@klant.example>", "els@klant.example"),
        ("Final-Recipient: <els@klant.example>", "els@klant.example"),
        ("Final-Recipient: LOCAL;\n els@klant.example", "els@klant.example"),
        (
            "Original-Recipient: rfc822; els@klant.example\nFinal-Recipient: rfc822; x@in.example",
            "els@klant.example",
        ),
        (
            "Original-Recipient: rfc822; els\nFinal-Recipient: rfc822; els@in.example",
            "els@in.example",
        ),
        ("Original-Recipient: rfc822; els+2Bcase@klant.example", "els+case@klant.example"),
        ("Final-Recipient: rfc822; els+41@klant.example", "els+41@klant.example"),
        ("Final-Recipient: utf-8; \\x{E9}ls@klant.example", "éls@klant.example"),
        ("Final-Recipient: utf-8; els\\x{D800}@klant.example", "els@other.example"),
        ("Final-Recipient: x400; /S=Els/ADMD=x/", "els@other.example"),
        ("Final-Recipient: unknown; Els", "els@other.example"),
    ],
)
def test_the_address_is_the_one_that_was_written_to(fields: str, address: str) -> None:
    """Types, brackets, xtext and escapes are undone; without an address the returned mail tells."""
    returned = RETURNED.replace("els@klant", "els@other")
    mail = report(f"{fields}\nAction: failed\nStatus: 5.1.1", returned=returned)
    assert address == only(mail).address


@pytest.mark.parametrize(
    ("fields", "status", "permanent"),
    [
        ("Action: failed\nStatus: 5.1.1", "5.1.1", True),
        ("Action: FAILED (bad address)\nStatus: 5.1.10 (no such user)", "5.1.10", True),
        ("Action: failed\nStatus: 4.4.7", "4.4.7", False),
        ("Action: delayed\nStatus: 4.4.1", "4.4.1", False),
        ("Action: delayed\nStatus: 5.0.0", "5.0.0", False),
        ("Action: error\nStatus: 5.7.1", "5.7.1", True),
        ("Status: 5.1.2", "5.1.2", True),
        ("Action: failed", "", True),
        ("Action: failed\nStatus: 5.2.2", "5.2.2", False),
        ("Action: failed\nStatus: 5.4.1", "5.4.1", True),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.7.1 no", "5.7.1", True),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.0 no", "5.1.0", True),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 no", "5.0.0", True),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 452 4.2.2 full", "5.0.0", True),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552 over quota", "5.0.0", False),
        ("Action: failed\nDiagnostic-Code: smtp; 552 5.0.0 5.2.1 off", "5.2.1", True),
        ("Action: failed\nStatus: 5.4.317\nDiagnostic-Code: smtp; timed out", "5.4.317", False),
        ("Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; try again", "5.1.1", True),
        ("Action: failed\nStatus: bad\nDiagnostic-Code: smtp; 452 full", "4.0.0", False),
        ("Action: failed\nDiagnostic-Code: smtp; host 10.5.1.1 said 550 no", "5.0.0", True),
    ],
)
def test_the_status_says_whether_it_is_for_good(
    fields: str, status: str, *, permanent: bool
) -> None:
    """By class and by what RFC 3463 says of the code; a delay is never for good."""
    one = only(report(f"Final-Recipient: rfc822; els@klant.example\n{fields}"))
    assert (status, permanent) == (one.status, one.permanent)
    assert one.delayed == ("delayed" in fields)


def test_each_recipient_is_told_apart() -> None:
    """With and without blank lines between them, and in any order of the fields."""
    mail = report(
        "Status: 5.1.1\nAction: failed\nFinal-Recipient: rfc822; a@klant.example",
        "Original-Recipient: rfc822; b@klant.example\nFinal-Recipient: rfc822; b@in.example\n"
        "Action: delayed\nStatus: 4.4.1\n"
        "Original-Recipient: rfc822; c@klant.example\nFinal-Recipient: rfc822; c@in.example\n"
        "Action: failed\nStatus: 5.2.1",
        "Final-Recipient: rfc822; d@klant.example",
        "Action: failed\nStatus: 5.1.3",
        "Final-Recipient: rfc822; e@klant.example\nAction: delivered\nStatus: 2.0.0",
        "Action: failed\nFinal-Recipient: rfc822; f@klant.example\n"
        "Original-Recipient: rfc822; f@klant.example\nStatus: 4.3.0",
    )
    found = dsn.bounce(mail)
    assert found is not None
    assert [
        ("a@klant.example", "5.1.1"),
        ("b@klant.example", "4.4.1"),
        ("c@klant.example", "5.2.1"),
        ("d@klant.example", "5.1.3"),
        ("f@klant.example", "4.3.0"),
    ] == [(one.address, one.status) for one in found.recipients]


def test_very_many_recipients_are_cut() -> None:
    """A report names at most a hundred."""
    groups = [f"Final-Recipient: rfc822; u{n}@klant.example\nAction: failed" for n in range(300)]
    found = dsn.bounce(report(*groups))
    assert found is not None
    assert len(found.recipients) == 100


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_notice_that_all_went_well_is_no_bounce(action: str) -> None:
    """Nothing has failed and nothing is late."""
    mail = report(f"Final-Recipient: rfc822; els@klant.example\nAction: {action}\nStatus: 2.0.0")
    assert dsn.bounce(mail) is None
    assert dsn.is_success_notice(mail)
    assert not dsn.is_success_notice(report(FAILED))


@pytest.mark.parametrize(
    "returned",
    [
        RETURNED,
        RETURNED.replace("message/rfc822", "text/rfc822-headers"),
        RETURNED.replace("Message-ID: <cp.1@desk.example>", "message-id: cp.1@desk.example"),
        (
            "Content-Type: text/plain\n\n--- Below this line is a copy of the message.\n\n"
            "Received: from x\nMessage-ID:\n <cp.1@desk.example>\nSubject: Your question\n\nHello"
        ),
        (
            "Content-Type: text/plain\n\n--- Original message ---\n\n> From: support@desk.example\n"
            "> Message-ID: <cp.1@desk.example>\n> Subject: Your question\n>\n> Hello"
        ),
    ],
)
def test_the_returned_mail_is_known_by_its_id(returned: str) -> None:
    """From a part of its own, or from its copy in the text."""
    found = dsn.bounce(report(FAILED, returned=returned))
    assert found is not None
    assert ("<cp.1@desk.example>", "Your question") == (found.of, found.returned_subject)


def test_without_a_returned_mail_the_answered_one_counts() -> None:
    """Some programs answer the mail and do not give it back."""
    head = f"{DAEMON}{SUBJECT}In-Reply-To: <cp.2@desk.example>\n"
    found = dsn.bounce(report(FAILED, head=head, returned="Content-Type: text/plain\n\n"))
    assert found is not None
    assert found.of == "<cp.2@desk.example>"


def test_a_bounce_within_a_scanners_mail_is_that_bounce() -> None:
    """The id is the original mail's, not the wrapped bounce's."""
    inner = (
        "Content-Type: message/rfc822\n\nFrom: MAILER-DAEMON@in.example\n"
        "Message-ID: <bounce@in.example>\nContent-Type: multipart/report; boundary=c\n\n"
        f"--c\nContent-Type: message/delivery-status\n\n{FAILED}\n--c\n{RETURNED}\n--c--\n"
    )
    mail = parse(
        f"{DAEMON}{SUBJECT}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n{inner}"
        "\n--b--\n".encode()
    )
    found = dsn.bounce(mail)
    assert found is not None
    assert ("<cp.1@desk.example>", "els@klant.example") == (found.of, found.recipients[0].address)


@pytest.mark.parametrize(
    "mail",
    [
        parse(
            f"{DAEMON}{SUBJECT}\nSome words.\n\nReporting-MTA: dns; mx.example\n\n{FAILED}".encode()
        ),
        parse(f"{DAEMON}{SUBJECT}Content-Type: message/delivery-status\n\n{FAILED}".encode()),
        parse(f"Content-Type: message/delivery-status\n\n{FAILED}".encode()),
    ],
)
def test_the_fields_count_wherever_they_stand(mail: Mail) -> None:
    """In the text, where a relay put them, and as the whole of the mail."""
    assert ("els@klant.example", "5.1.1") == (only(mail).address, only(mail).status)


def test_a_returned_mail_that_ran_into_the_report_is_found() -> None:
    """Its delimiter was lost, so its header block is one more group of fields."""
    lost = "Received: from x\nFrom: support@desk.example\nMessage-ID: <cp.1@desk.example>\n"
    found = dsn.bounce(report(FAILED, lost, returned="Content-Type: text/plain\n"))
    assert found is not None
    assert found.of == "<cp.1@desk.example>"


def test_a_challenge_in_the_form_of_a_report_is_no_bounce() -> None:
    """A service that lets only known senders through answers in the name of its customer."""
    head = "From: noreply@guests.example\nTo: support@desk.example\nSubject: Re: Your question\n"
    fields = "Final-Recipient: rfc822; els@klant.example\nStatus: 4.7.0\n"
    assert dsn.bounce(report(fields, head=head)) is None


def test_a_report_may_bear_the_subject_of_an_answer() -> None:
    """A postmaster's or a daemon's, by whom no person writes."""
    for sender in ("MAILER-DAEMON@mx.example", "postmaster@mx.example"):
        head = f"From: {sender}\nTo: support@desk.example\nSubject: Re: Your question\n"
        assert only(report(FAILED, head=head)).address == "els@klant.example"


def test_a_report_without_fields_is_a_bounce_all_the_same() -> None:
    """Google leaves them out now and then; the returned mail has only one recipient."""
    one = only(report(returned=RETURNED))
    assert ("els@klant.example", "", True) == (one.address, one.status, one.permanent)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Fwd: Undelivered Mail Returned to Sender", "See below."),
        ("WG: Unzustellbar: Angebot", "Bitte ansehen."),
        ("Undelivered mail", "Hello, my mail to you bounced: undeliverable"),
        ("Mail delivery failed", "Please help: This is the mail system at host mx.example."),
        ("A question", "My mail to you bounced: undeliverable"),
    ],
)
def test_a_persons_mail_about_a_bounce_is_a_persons(subject: str, text: str) -> None:
    """Inline, as parts or as an attached mail: the author is a person, and the words are theirs."""
    parts = f"--b\nContent-Type: message/delivery-status\n\n{FAILED}\n--b\n{RETURNED}"
    mixed = f"{PERSON}Subject: {subject}\nContent-Type: multipart/mixed; boundary=b\n\n"
    attached = f"--b\nContent-Type: message/rfc822\n\n{DAEMON}{SUBJECT}\n{FAILED}"
    assert dsn.bounce(parse(f"{mixed}--b\n\n{text}\n{parts}\n--b--\n".encode())) is None
    assert dsn.bounce(parse(f"{mixed}--b\n\n{text}\n{attached}\n--b--\n".encode())) is None
    inline = f"{PERSON}Subject: {subject}\n\n{text}\n\n{SUBJECT}\n{FAILED}"
    assert dsn.bounce(parse(inline.encode())) is None


@pytest.mark.parametrize("report_type", ["disposition-notification", "feedback-report"])
def test_other_reports_are_no_bounces(report_type: str) -> None:
    """A receipt or a complaint gives a mail back as well."""
    mail = parse(
        f"{DAEMON}Subject: Report\nContent-Type: multipart/report; report-type={report_type}; "
        f"boundary=b\n\n--b\n\nYour message was not delivered.\n--b\n{RETURNED}\n--b--\n".encode()
    )
    assert dsn.bounce(mail) is None


def test_a_receipt_in_the_text_is_no_bounce() -> None:
    """Its recipient has read the mail."""
    fields = "Final-Recipient: rfc822; els@klant.example\nDisposition: manual-action; displayed\n"
    assert dsn.bounce(parse(f"{DAEMON}Subject: Read: x\n\nRead.\n\n{fields}".encode())) is None


def test_a_refusal_by_a_rule_is_a_bounce() -> None:
    """Sieve refuses a mail by a disposition notification; reading it unread is no refusal."""

    def notified(words: str, mode: str) -> Mail:
        return parse(
            f"{DAEMON}Subject: {words}\nContent-Type: multipart/report; boundary=b; "
            "report-type=disposition-notification\n\n--b\n\nYour message: quota exceeded\n"
            "--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; "
            f"els@klant.example\nOriginal-Message-ID: <cp.1@desk.example>\nDisposition: {mode}\n"
            "--b--\n".encode()
        )

    refused = notified("Automatically rejected mail", "automatic-action/MDN-sent-auto; deleted")
    found = dsn.bounce(refused)
    assert found is not None
    assert ("<cp.1@desk.example>", "els@klant.example") == (found.of, found.recipients[0].address)
    assert dsn.bounce(notified("Not read", "manual-action/MDN-sent-manually; deleted")) is None
    assert dsn.bounce(notified("Read", "automatic-action/MDN-sent-auto; displayed")) is None
