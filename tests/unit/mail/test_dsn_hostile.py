"""Bounces made to stop their reader: a mebibyte of each is read in little time."""

import sys
import time

import pytest

from gateway.mail import dsn
from gateway.mail.bounce import detectors
from gateway.mail.parse import parse

SECONDS = 1 if sys.gettrace() is None else 5
MEBIBYTE = 1 << 20

_DAEMON = b"From: MAILER-DAEMON@x.example\nSubject: Undelivered mail\n"
_REPORT = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
_STATUS = b"--b\nContent-Type: message/delivery-status\n\n"
_NESTED = b"--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/report; boundary=c\n\n"


def filled(unit: bytes, size: int = MEBIBYTE) -> bytes:
    """Repeat a unit to a size."""
    return unit * (size // len(unit))


@pytest.mark.parametrize(
    "body",
    [
        b"\n" + filled(b"a"),
        b"\n" + filled(b"a@"),
        b"\n" + filled(b"<a@b.example>: 550\n"),
        b"\n" + b"".join(b"<a%d@b.example>:\n" % n for n in range(40_000)),
        b"\n" + filled(b"@\n"),
        b"\n" + filled(b" " * 299 + b"\n"),
        b"\n" + filled(b"From: x\n\n"),
        b"\n" + filled(b"5.1."),
        b"\n" + filled(b"> \n"),
        b"\n" + filled(b"your mail "),
        _REPORT + _STATUS + filled(b"x\n"),
        _REPORT + _STATUS + filled(b"\n"),
        _REPORT + _STATUS + filled(b"Final-Recipient: rfc822; a@b.example\nAction: failed\n\n"),
        _REPORT + _STATUS + b"Final-Recipient: rfc822; " + filled(b"a@"),
        _REPORT + filled(_STATUS + filled(b"x\n", 2000)),
        _REPORT + filled(_NESTED + filled(b"--c\n" + _STATUS[4:] + filled(b"x\n", 800), 60_000)),
        b"X-Failed-Recipients: " + filled(b"a@b.example,", 16_000) + b"\n\n" + filled(b"x@y\n"),
    ],
)
def test_a_hostile_bounce_is_read_in_time(body: bytes) -> None:
    """Linear and bounded, in the text, the fields and the parts."""
    start = time.process_time()
    found = dsn.bounce(parse(_DAEMON + body), null_path=True)
    assert time.process_time() - start < SECONDS
    assert found is not None
    assert 1 <= len(found.recipients) <= 100


@pytest.mark.parametrize("line", ["a" * 999, " " * 999, "<" * 999, "a@" * 500, ", a@" * 250])
def test_the_detectors_are_given_little(line: str) -> None:
    """Their patterns are quadratic in a line, and there are forty of them."""
    openings = (
        "here is your list of failed recipients",
        "Your message",
        "rcpt to:",
        "addressed to",
    )
    start = time.process_time()
    detectors.failures("a@aol.com", "Novell", "multipart/mixed", openings + (line,) * 1000)
    assert time.process_time() - start < SECONDS
