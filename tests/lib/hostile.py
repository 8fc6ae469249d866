"""Mails made to stop whoever reads them: each a name and a way to write it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

_FROM = b"From: Jan <jan@klant.example>\r\nSubject: Fwd: x\r\n"
_PLAIN = _FROM + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
_HTML = _FROM + b"Content-Type: text/html; charset=utf-8\r\n\r\n"
_MIXED = _FROM + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
_DAEMON = (
    b"From: Mail Delivery System <mailer-daemon@mx.klant.example>\r\n"
    b"Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n\r\n"
)
_REPORT = (
    b"From: mailer-daemon@mx.klant.example\r\nSubject: Undelivered\r\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
)
_MEBIBYTE = 1024 * 1024

# What we sent before on the ticket: as much as the store gives to compare with.
SENT = tuple(" ".join(f"{place % 7}word{place % 991}" for place in range(2000)) for _ in range(3))


def _filled(piece: str | bytes, size: int = _MEBIBYTE) -> bytes:
    """Write a piece again and again."""
    one = piece.encode() if isinstance(piece, str) else piece
    return (one * (size // len(one) + 1))[:size]


def _nested(part: bytes, depth: int) -> bytes:
    """Write a part inside a part, each with a number of its own."""
    return b"".join(part.replace(b"%", b"%d" % level) for level in range(depth))


# What the parsers of other programs broke on.
TICKETS: Mapping[str, Callable[[], bytes]] = MappingProxyType(
    {
        "90 kB of semicolons in Content-Type": lambda: (
            _FROM + b"Content-Type: text/plain" + b";" * 90_000 + b"\r\n\r\nx"
        ),
        "1000 parentheses in From": lambda: b"From: " + b"(" * 1000 + b"jan@klant.example\r\n\r\nx",
        "a multipart 1000 deep": lambda: _nested(
            b"Content-Type: multipart/mixed; boundary=b%\r\n\r\n--b%\r\n", 1000
        ),
        "100,000 parts": lambda: _MIXED + b"--b\r\n\r\nx\r\n" * 100_000 + b"--b--\r\n",
        "35 MiB of CRLF": lambda: b"\r\n" * (35 * _MEBIBYTE // 2),
        "161 kB of RFC 2231 parameters": lambda: (
            _FROM
            + b"Content-Type: text/plain"
            + b"".join(b";\r\n name*%d*=a" % place for place in range(9800))
            + b"\r\n\r\nx"
        ),
        "50,000 quoted lines": lambda: _PLAIN + b"> a\r\n" * 50_000,
        "a line of 1 MiB": lambda: _PLAIN + b"x" * _MEBIBYTE,
        "an attribution begun 20,000 times": lambda: _PLAIN + b"On " * 20_000,
    }
)


def _enclosing(kind: str, content: bytes, times: int) -> bytes:
    part = b"--b\r\nContent-Type: " + kind.encode() + b"\r\n\r\n" + content + b"\r\n"
    return _MIXED + part * times + b"--b--\r\n"


# What ours could break on: each stage that reads a mail has a text of its own.
WORSE: Mapping[str, Callable[[], bytes]] = MappingProxyType(
    {
        "what we sent, quoted over and over": lambda: _PLAIN + _filled(f"> {SENT[0]}\n"),
        "what we sent, a word a line": lambda: _PLAIN + _filled(SENT[0].replace(" ", "\n")),
        "answers between quoted lines": lambda: _PLAIN + _filled("a\n> b\n"),
        "attributions": lambda: _PLAIN + _filled("On 1 May 2026, Jan wrote:\n> a\n"),
        "header blocks": lambda: (
            _PLAIN
            + _filled("From: a@b.example\nSent: today\nTo: c@d.example\nSubject: x\n\n", 600_000)
        ),
        "forwards": lambda: _PLAIN + _filled("---- Forwarded message ----\nFrom: a@b.example\n\n"),
        "marker lines": lambda: _PLAIN + _filled("=\N{SECTION SIGN}= x =\N{SECTION SIGN}=\n"),
        "quotation marks": lambda: _PLAIN + _filled(">"),
        "words without meaning": lambda: _PLAIN + _filled("\N{LATIN SMALL LETTER SHARP S}\u0130 "),
        "addresses in a bounce": lambda: (
            _DAEMON + _filled("<a@b.example>: host c said: 550 5.1.1\n")
        ),
        "the beginnings of addresses in a bounce": lambda: _DAEMON + _filled("<a@"),
        "reports in a bounce's text": lambda: (
            _DAEMON + _filled("Final-Recipient: rfc822; a@b.example\nAction: failed\n\n")
        ),
        "recipients in a report": lambda: (
            _REPORT
            + b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            + _filled("Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n")
        ),
        "failed recipients": lambda: (
            b"From: mailer-daemon@mx.klant.example\r\nX-Failed-Recipients: "
            + _filled("a@b.example,", 60_000)
            + b"\r\nSubject: "
            + _filled("Re: ", 60_000)
            + b"\r\n\r\nx"
        ),
        "words of absence": lambda: (
            b"From: a@b.example\r\nAuto-Submitted: auto-replied\r\nSubject: "
            + _filled("out of office: ", 60_000)
            + b"\r\n\r\n"
            + _filled("I am out of the office until ")
        ),
        "mails in a mail": lambda: _enclosing(
            "message/rfc822", b"From: a@b.example\r\n" * 400, 450
        ),
        "a large mail in a mail": lambda: _enclosing(
            "message/rfc822", _PLAIN + _filled("From: a@b.example\n", 8 * _MEBIBYTE), 1
        ),
        "a report in a mail in a mail": lambda: _enclosing(
            "message/rfc822", _REPORT + b"--b\r\n\r\n" * 5000, 16
        ),
        "calendars": lambda: _enclosing(
            "text/calendar", b"BEGIN:VEVENT\r\n" + b"DESCRIPTION:x\r\n" * 300, 400
        ),
        "TNEF": lambda: _enclosing(
            "application/ms-tnef",
            b"\x78\x9f\x3e\x22\0\0"
            + (b"\2\x0f\x80\6\0" + (10).to_bytes(4, "little") + bytes(12)) * 20_000,
            12,
        ),
        "short pages below a long text": lambda: (
            _MIXED
            + b"--b\r\n\r\n"
            + _filled("ab ", 700_000)
            + b"".join(
                b"\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>x%d" % place for place in range(498)
            )
        ),
        "pieces of base64": lambda: (
            _FROM + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"AA==\n" * 999_000
        ),
        "lines that are no base64": lambda: (
            _FROM
            + b"Content-Transfer-Encoding: base64\r\n\r\n"
            + _filled(b"=\n" + b"A" * 1021 + b"!\n", 8 * _MEBIBYTE)
        ),
        "soft line breaks": lambda: (
            _FROM + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"= \n" * 999_000
        ),
        "uuencoded files": lambda: _PLAIN + _filled("begin 644 a\n#AAAA\n`\nend\n"),
        **{
            f"HTML: {name}": lambda piece=piece: _HTML + _filled(piece)  # type: ignore[misc]
            for name, piece in {
                "quotations": "<blockquote>x",
                "tables": "<table><tr><td>x",
                "cells": "<td colspan=9999 rowspan=9999>x</td>",
                "lists": "<ol start=99999999999><li>x",
                "styles": "<p style='color:red;margin:-1px;background:url(x)'>x",
                "scripts": "<svg><style><!--</style><script>x</script>",
                "entities": "&lt;&#x41;&nbsp;",
            }.items()
        },
    }
)
