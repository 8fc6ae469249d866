"""Parts that describe or give back a mail are read as fields, whatever a relay made of them."""

from base64 import b64encode

import pytest

from gateway.mail.format import enclosed
from gateway.mail.model import Mail
from gateway.mail.parse import parse

STATUS = (
    "Reporting-MTA: dns; mx.klant.example\n\n"
    "Final-Recipient: rfc822; jan@klant.example\nAction: failed\nStatus: 5.1.1\n\n"
    "Final-Recipient: rfc822; els@klant.example\nAction: delayed\nStatus: 4.4.1\n"
)


def report(*parts: str) -> Mail:
    """Parse a report made of parts that bring their own header lines."""
    body = "".join(f"--b\n{part}\n" for part in parts)
    head = "From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; boundary=b\n\n"
    return parse(f"{head}{body}--b--\n".encode())


def names(mail: Mail) -> list[tuple[str, list[list[str]]]]:
    """Give the types of what is enclosed, and the names of its fields by group."""
    return [(e.media_type, [[h.name for h in group] for group in e.groups]) for e in mail.enclosed]


RECIPIENT = ["final-recipient", "action", "status"]


@pytest.mark.parametrize(
    "part",
    [
        f"Content-Type: message/delivery-status\n\n{STATUS}",
        f"Content-Type: message/global-delivery-status\n\n{STATUS}",
        f"Content-Type: Message/Delivery-Status\n\n\n\n{STATUS}",
        "Content-Type: message/delivery-status\n\n" + STATUS.replace("\n\n", "\n\n\n"),
        "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
        + b64encode(STATUS.encode()).decode(),
        "Content-Type: message/delivery-status\nContent-Transfer-Encoding: quoted-printable\n\n"
        + STATUS.replace(": dns", ":=20dns"),
        f"Content-Type: text/plain; name=ATT0001.txt\n\n{STATUS}",
        f"Content-Type: application/octet-stream; name=details.txt\n\n{STATUS}",
    ],
)
def test_a_delivery_status_is_read_in_its_groups(part: str) -> None:
    """The groups come out the same however the part is declared, encoded and spaced."""
    expected = ("message/delivery-status", [["reporting-mta"], RECIPIENT, RECIPIENT])
    assert [expected] == names(report(part))


def test_a_line_that_is_no_field_does_not_part_a_group() -> None:
    """A wrapped value without its blank costs nothing but that line."""
    broken = "Final-Recipient: rfc822; a@b.example\nDiagnostic-Code: smtp; 550 no\nsuch user\n"
    mail = report(f"Content-Type: message/delivery-status\n\n{broken}Action: failed\n")
    assert ["final-recipient", "diagnostic-code", "action"] == names(mail)[0][1][0]


def test_recipients_that_a_relay_encoded_are_decoded() -> None:
    """A relay that encodes all behind the first group says so in that group."""
    first, _, rest = STATUS.partition("\n\n")
    encoded = b64encode(rest.encode()).decode()
    part = f"{first}\nContent-Transfer-Encoding: base64\n\n{encoded}\n"
    mail = report(f"Content-Type: message/delivery-status\n\n{part}")
    assert [RECIPIENT, RECIPIENT] == names(mail)[0][1][1:]


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("message/rfc822", "message/rfc822"),
        ("message/global", "message/rfc822"),
        ("text/rfc822-headers", "text/rfc822-headers"),
        ("message/global-headers", "text/rfc822-headers"),
        ("text/plain; name=original.txt", "message/rfc822"),
    ],
)
def test_of_a_returned_mail_the_header_block_is_read(media_type: str, expected: str) -> None:
    """What follows the header block of the returned mail is not looked at."""
    mail = report(
        f"Content-Type: {media_type}\n\nFrom: a@b.example\nMessage-ID: <1@b.example>\n"
        "Date: Mon, 2 Mar 2026 09:00:00 +0100\nSubject: =?utf-8?q?=C3=A4?=\n\nFinal: no field\n"
    )
    assert [(expected, [["from", "message-id", "date", "subject"]])] == names(mail)
    assert mail.enclosed[0].groups[0][3].value == "ä"


def test_a_receipt_that_came_as_text_is_a_receipt() -> None:
    """A field tells it from a delivery status (RFC 8098)."""
    fields = "Reporting-UA: x\nFinal-Recipient: rfc822; a@b.example\nDisposition: x; displayed\n"
    mail = report(f"Content-Type: text/plain; name=a.txt\n\n{fields}")
    assert names(mail)[0][0] == "message/disposition-notification"


def test_other_parts_are_not_enclosed_mails() -> None:
    """A text that begins like a field is a text."""
    mail = report(
        "Content-Type: text/plain; name=list.txt\n\nSubject: shopping\n\nmilk",
        "Content-Type: text/plain; name=from.txt\n\nFrom: me\nTo: you\n",
        "Content-Type: text/csv; name=a.csv\n\nFrom: me\nDate: x\nReceived: y\n",
    )
    assert [] == names(mail)


def test_a_report_within_an_enclosed_mail_is_read_once() -> None:
    """A scanner may put a whole bounce into a part; deeper down nothing is looked for."""
    inner = (
        "Content-Type: multipart/report; boundary=c\n\n--c\nContent-Type: message/delivery-status"
        f"\n\n{STATUS}\n--c\nContent-Type: message/rfc822\n\nSubject: x\n"
        "Content-Type: multipart/report; boundary=d\n\n--d\nContent-Type: "
        f"message/delivery-status\n\n{STATUS}\n--d--\n--c--\n"
    )
    found = [name for name, _ in names(report(f"Content-Type: message/rfc822\n\n{inner}"))]
    assert ["message/rfc822", "message/delivery-status", "message/rfc822"] == found


def test_what_is_enclosed_is_bounded() -> None:
    """Of very many parts, groups and fields only so many are read."""
    part = f"Content-Type: message/delivery-status\n\n{STATUS}"
    assert enclosed.MAX_ENCLOSED == len(report(*[part] * 40).enclosed)
    groups = "Final-Recipient: rfc822; a@b.example\n\n" * 500
    mail = report(f"Content-Type: message/delivery-status\n\n{groups}")
    assert enclosed.MAX_GROUPS == len(mail.enclosed[0].groups)
    fields = "Action: failed\n" * 1000
    mail = report(f"Content-Type: message/delivery-status\n\n{fields}")
    assert enclosed.MAX_FIELDS == len(mail.enclosed[0].groups[0])
