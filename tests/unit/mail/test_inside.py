"""Which other mails a mail names or gives back, by its kind."""

import pytest

from gateway.mail.automatic import classify
from gateway.mail.forward import Forwarded
from gateway.mail.inside import others_of
from gateway.mail.model import Classification, Envelope, Kind, Mailbox
from gateway.mail.parse import parse
from lib.mails import mail_bytes, multipart

RETURNED = (
    "Content-Type: message/rfc822\r\n\r\n"
    "From: support@desk.example\r\nMessage-ID: <sent@desk>\r\n\r\nHello\r\n"
)
STATUS = (
    "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.klant.example\r\n\r\n"
    "Final-Recipient: rfc822; jan@klant.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
)
READ = (
    "Content-Type: message/disposition-notification\r\n\r\n"
    "Final-Recipient: rfc822; jan@klant.example\r\nOriginal-Message-ID: <read@desk>\r\n"
)
BOUNCE = parse(multipart("Content-Type: text/plain\r\n\r\nFailed", STATUS, RETURNED, kind="report"))
RECEIPT = parse(multipart("Content-Type: text/plain\r\n\r\nRead", READ, kind="report"))
NOBODY = Envelope("", "support@desk.example")
FORWARDED = Forwarded(Mailbox("", "a@b.example"), None, "", "<first@b>", "", (), "", whole=True)


def of_kind(kind: Kind) -> Classification:
    """Give what a mail of a kind was taken for, with nothing read in it."""
    return Classification(kind, (), answerable=False)


def test_a_bounce_tells_what_was_not_delivered_and_gives_it_back() -> None:
    """Its recipients, and the id of the returned mail, once."""
    found = classify(BOUNCE, NOBODY, lambda _: False, lambda _: False)

    assert found.bounce is not None
    assert ["jan@klant.example"] == [one.address for one in found.bounce.recipients]
    assert ("<sent@desk>",) == others_of(BOUNCE, found, None)
    assert ("<sent@desk>",) == others_of(BOUNCE, of_kind(Kind.BOUNCE), None)


def test_a_receipt_names_the_mail_that_was_read() -> None:
    """RFC 8098 section 3.2.5."""
    assert ("<read@desk>",) == others_of(RECEIPT, of_kind(Kind.RECEIPT), None)


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.BOUNCE, Kind.RECEIPT}))
def test_what_anybody_else_encloses_is_no_clue(kind: Kind) -> None:
    """Whoever has been sent a mail could attach it."""
    assert () == others_of(BOUNCE, of_kind(kind), None)


def test_of_a_forward_it_is_the_first_mail() -> None:
    """If its id is known."""
    mail = parse(mail_bytes())
    nameless = Forwarded(FORWARDED.author, None, "", "", "", (), "", whole=False)

    assert ("<first@b>",) == others_of(mail, of_kind(Kind.PERSON), FORWARDED)
    assert () == others_of(mail, of_kind(Kind.PERSON), nameless)
