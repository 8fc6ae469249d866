"""The arguments of MAIL and RCPT."""

import pytest

from gateway.listener import replies
from gateway.listener.commands import Mail, parse_mail, parse_rcpt
from gateway.listener.replies import Refused, Reply


@pytest.mark.parametrize(
    ("argument", "mail"),
    [
        ("FROM:<>", Mail("", 0, smtputf8=False)),
        ("FROM:<a@b.example>", Mail("a@b.example", 0, smtputf8=False)),
        ("from: <A@b.example> size=12 body=8bitmime", Mail("A@b.example", 12, smtputf8=False)),
        ("FROM:<@relay.example:a@b.example>", Mail("a@b.example", 0, smtputf8=False)),
        ('FROM:<"a > b"@b.example>', Mail('"a > b"@b.example', 0, smtputf8=False)),
        ("FROM:<a@[192.0.2.1]>", Mail("a@[192.0.2.1]", 0, smtputf8=False)),
        ("FROM:<jörg@b.example> SMTPUTF8", Mail("jörg@b.example", 0, smtputf8=True)),
    ],
)
def test_mail_is_read(argument: str, mail: Mail) -> None:
    """The reverse-path and the parameters that we know."""
    assert mail == parse_mail(argument, extended=True)


@pytest.mark.parametrize(
    ("argument", "reply"),
    [
        ("", replies.BAD_SENDER),
        ("FROM:a@b.example", replies.BAD_SENDER),
        ("FROM:<a@b.example", replies.BAD_SENDER),
        ("FROM:<a@b.example>x", replies.BAD_SENDER),
        ("FROM:<a b@b.example>", replies.BAD_SENDER),
        ("FROM:<a@b@c.example>", replies.BAD_SENDER),
        ("FROM:< >", replies.BAD_SENDER),
        ("FROM:<a>", replies.BAD_SENDER),
        ("FROM:<a@b.example> SIZE=x", replies.BAD_ARGUMENT),
        ("FROM:<a@b.example> SIZE=", replies.BAD_ARGUMENT),
        ("FROM:<a@b.example> SIZE=" + "9" * 30, replies.BAD_ARGUMENT),
        ("FROM:<a@b.example> SIZE=1 SIZE=2", replies.BAD_ARGUMENT),
        ("FROM:<a@b.example> BODY=BINARYMIME", replies.BAD_ARGUMENT),
        ("FROM:<a@b.example> SMTPUTF8=1", replies.BAD_ARGUMENT),
        ("FROM:<a@b.example> AUTH=<>", replies.UNKNOWN_PARAMETER),
        ("FROM:<a@b.example> RET=FULL", replies.UNKNOWN_PARAMETER),
        ("FROM:<jörg@b.example>", replies.NEEDS_SMTPUTF8),
    ],
)
def test_what_is_wrong_with_mail(argument: str, reply: Reply) -> None:
    """Nothing is guessed and nothing is cut."""
    with pytest.raises(Refused) as caught:
        parse_mail(argument, extended=True)
    assert reply == caught.value.reply


def test_helo_has_no_parameters() -> None:
    """Who said HELO can't use an extension."""
    with pytest.raises(Refused) as caught:
        parse_mail("FROM:<a@b.example> SIZE=1", extended=False)
    assert replies.UNKNOWN_PARAMETER == caught.value.reply


@pytest.mark.parametrize(
    ("argument", "reply"),
    [
        ("TO:<>", replies.BAD_RECIPIENT),
        ("TO:a@b.example", replies.BAD_RECIPIENT),
        ("FROM:<a@b.example>", replies.BAD_RECIPIENT),
        ("TO:<a@b.example>,<c@d.example>", replies.BAD_RECIPIENT),
        ("TO:<a@b.example> NOTIFY=NEVER", replies.UNKNOWN_PARAMETER),
        ("TO:<jörg@b.example>", replies.NEEDS_SMTPUTF8),
    ],
)
def test_what_is_wrong_with_rcpt(argument: str, reply: Reply) -> None:
    """A recipient is one path without parameters."""
    with pytest.raises(Refused) as caught:
        parse_rcpt(argument, smtputf8=False)
    assert reply == caught.value.reply


def test_a_recipient_stays_as_written() -> None:
    """Its case and its extension are for others to judge."""
    assert parse_rcpt("to:<Support+X@Desk.example>", smtputf8=False) == "Support+X@Desk.example"
