"""Whose Authentication-Results a mailbox could be read by."""

import pytest

from gateway.mail.authenticity.survey import Proposal, survey

MX = "mx.desk.example"


def received(by: str, source: str = "out.klant.example") -> str:
    """Write a Received field."""
    return f"Received: from {source} by {by} with ESMTP; now\r\n"


def results(name: str) -> str:
    """Write an Authentication-Results field."""
    return f"Authentication-Results: {name}; dmarc=pass header.from=klant.example\r\n"


def heads(head: str, count: int = 10) -> list[bytes]:
    """Give so many mails with this head."""
    return [f"{head}From: jan@klant.example\r\n\r\n".encode()] * count


PLAIN = results(MX) + received(MX)
LMTP = received("imap.desk.example", MX) + PLAIN


@pytest.mark.parametrize(
    ("expected", "mails"),
    [
        ((), []),
        ((), heads(PLAIN, 2)),
        ((Proposal(MX, (), 10, 10, 0),), heads(PLAIN)),
        ((Proposal(MX, (), 9, 10, 0),), heads(PLAIN, 9) + heads(received(MX), 1)),
        ((), heads(PLAIN, 8) + heads(received(MX), 2)),
        ((Proposal(MX, (), 10, 10, 3),), heads(PLAIN, 7) + heads(PLAIN + results(MX), 3)),
        ((Proposal(MX, ("imap.desk.example",), 10, 10, 0),), heads(LMTP)),
        ((Proposal(MX, ("imap.desk.example",), 10, 10, 0),), heads(LMTP, 9) + heads(PLAIN, 1)),
        (
            (Proposal(MX, ("*.desk.example",), 10, 10, 0),),
            heads(LMTP, 5) + heads(LMTP.replace("imap.", "imap2."), 5),
        ),
        (
            (Proposal(MX, ("box",), 10, 10, 0),),
            heads("Received: from x by box with LMTP id 1; now\r\n" + PLAIN),
        ),
        ((), heads("Received: from x by box with ESMTP id 1; now\r\n" + PLAIN)),
        # Results that only whoever sent the mail can have written.
        ((), heads(received(MX) + results(MX))),
        ((), heads(received(MX) + results("mx.evil.example") + received("mx.evil.example"))),
        ((), heads(results(MX))),
        ((), heads(PLAIN.replace(f"by {MX}", "by mx.evil.example"))),
        # Microsoft names no host.
        (
            (Proposal("(none)", ("*.prod.outlook.example",), 10, 10, 0),),
            heads(
                received("a1.eur1.prod.outlook.example", "f1.mail.outlook.example")
                + "Authentication-Results: spf=pass smtp.mailfrom=klant.example\r\n"
                + received("f1.mail.outlook.example"),
                5,
            )
            + heads(
                received("a2.eur2.prod.outlook.example", "f2.mail.outlook.example")
                + "Authentication-Results: spf=pass smtp.mailfrom=klant.example\r\n"
                + received("f2.mail.outlook.example"),
                5,
            ),
        ),
        ((), [b"", b"\x00" * 1000, b"Authentication-Results: ((((\r\n", b"Received:\r\n" * 2000]),
    ],
)
def test_who_is_proposed(expected: tuple[Proposal, ...], mails: list[bytes]) -> None:
    """A host of ours whose results stand above its own Received field in nearly all mails."""
    assert expected == survey(mails)
