"""Mails made to stop their reader: each is read in time, and each is still a mail."""

import sys
import time
import tracemalloc

import pytest

from gateway.mail.parse import parse, unreadable
from lib.mails import assert_sound

# Under a tracer, as coverage is one, Python itself is several times slower.
SECONDS = 2 if sys.gettrace() is None else 10
BYTES = 256 * 1024 * 1024

_MULTIPART = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"


def deep(kind: bytes, depth: int) -> bytes:
    """Write a part inside a part, many times."""
    return b"".join(kind.replace(b"%", str(n).encode()) for n in range(depth)) + b"end\r\n"


HOSTILE = {
    "semicolons in Content-Type": b"Content-Type: text/plain" + b";" * 90_000 + b"\r\n\r\nx",
    "parentheses in From": b"From: " + b"(" * 1000 + b"a@b.example\r\n\r\nx",
    "more parentheses in From": b"From: " + b"(" * 90_000 + b"\r\n\r\nx",
    "quotes in From": b"From: " + b'"a' * 45_000 + b"\r\n\r\nx",
    "nested multiparts": deep(b"Content-Type: multipart/mixed; boundary=b%\r\n\r\n--b%\r\n", 1000),
    "nested mails": deep(b"Content-Type: message/rfc822\r\n\r\n", 50_000),
    "nested parts of one boundary": deep(
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 5000
    ),
    "parts": _MULTIPART + b"--b\r\n\r\nx\r\n" * 100_000 + b"--b--\r\n",
    "empty parts": _MULTIPART + b"--b\r\n" * 400_000,
    "delimiters that are none": _MULTIPART + b"--c\r\n" * 900_000,
    "blank lines": b"\r\n" * (35 * 1024 * 1024 // 2),
    "blank lines in the body": b"From: a@b.example\r\n\r\n" + b"\r\n" * 999_000,
    "RFC 2231 parameters": b"Content-Type: text/plain"
    + b"".join(b";\r\n name*%d*=a" % n for n in range(12_000))
    + b"\r\n\r\nx",
    "RFC 2231 parameters in every part": _MULTIPART
    + (b"--b\r\nContent-Type: text/plain" + b';a*0*="%41' * 1400 + b"\r\n\r\nx\r\n") * 499,
    "words between parameters in every part": _MULTIPART
    + (b"--b\r\nContent-Type: text/plain; a" + b" " * 8000 + b"a " * 4000 + b"\r\n\r\nx\r\n") * 499,
    "stray lines in a header block": b"A: b\r\n" + (b"x\r\n" * 15 + b"X-y: z\r\n") * 900 + b"\r\nx",
    "beginnings of uuencoded files": b"\r\n" + b"begin 644 a\n#AAAA\n" * 300_000,
    "uuencoded lines": b"\r\nbegin 644 a\n" + (b"M" + b"A" * 60 + b"\n") * 200_000 + b"end\n",
    "calendars": _MULTIPART
    + (b"--b\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\n" + b"A:x\r\n" * 300) * 400,
    "properties in TNEF": b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\0\0"
    + (b"\1\3\x90\0\0" + (80_004).to_bytes(4, "little") + b"\x10\x27\0\0" + bytes(80_002)) * 9,
    "a huge section number": b"Content-Type: text/plain; name*" + b"9" * 90_000 + b"=a\r\n\r\nx",
    "quotation": b"From: a@b.example\r\n\r\n" + b">\r\n" * 50_000,
    "a long line": b"From: a@b.example\r\n\r\n" + b"x" * 1024 * 1024,
    "a long line of mail": b"x" * 35 * 1024 * 1024,
    "attributions": b"From: a@b.example\r\n\r\n" + b"On " * 20_000,
    "encoded words": b"Subject: " + b"=?utf-8?q?=E4?=\r\n " * 8000 + b"\r\n\r\n",
    "beginnings of encoded words": b"Subject: " + b"=?" * 60_000 + b"\r\n\r\n",
    "header fields": b"X: y\r\n" * 500_000 + b"\r\nx",
    "folds": b"Subject: x\r\n" + b" \r\n" * 500_000 + b"\r\nx",
    "addresses": b"To: " + b"a@b.example,\r\n " * 9000 + b"\r\n\r\n",
    "fields of addresses": (b"To: " + b"a@b.example," * 1200 + b"\r\n") * 9 + b"\r\n",
    "ids": b"References: " + b"<a@b>" * 25_000 + b"\r\n\r\n",
    "open tags": b"Content-Type: text/html\r\n\r\n" + b"<a" * 2_000_000,
    "open comments": b"Content-Type: text/html\r\n\r\n" + b"<!--" * 1_000_000,
    "open styles": b"Content-Type: text/html\r\n\r\n" + b"<style>" * 1_000_000,
    "tags": b"Content-Type: text/html\r\n\r\n" + b"<b>" * 1_000_000,
    "entities": b"Content-Type: text/html\r\n\r\n" + b"&amp" * 250_000 + b"&#" + b"9" * 90_000,
    "base64": b"Content-Transfer-Encoding: base64\r\n\r\n" + b"A\r\n" * 999_000,
    "soft line breaks": b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n" * 999_000,
    "UTF-8 cut short": b"\r\n" + b"\xe4" * 5_000_000,
    "carriage returns": b"\r" * 5_000_000,
    "NUL": b"\x00" * 5_000_000,
}


@pytest.mark.parametrize("raw", [pytest.param(raw, id=name) for name, raw in HOSTILE.items()])
def test_time_is_bounded(raw: bytes) -> None:
    """Whatever was sent is read within two seconds, also when only its head is looked at."""
    start = time.process_time()
    assert_sound(parse(raw))
    assert_sound(unreadable(raw))
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    "name",
    [
        *("blank lines", "blank lines in the body", "parts", "nested multiparts", "nested mails"),
        *("a long line of mail", "base64", "NUL", "UTF-8 cut short", "encoded words", "quotation"),
    ],
)
def test_memory_is_bounded(name: str) -> None:
    """Reading takes no more memory than a worker has."""
    raw = HOSTILE[name]
    tracemalloc.start()
    try:
        parse(raw)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < BYTES


@pytest.mark.parametrize(
    ("name", "opaque"),
    [
        ("blank lines", "more than 1000000 lines"),
        ("header fields", "more than 1000 header fields"),
        ("folds", "header block over 131072 bytes"),
        ("parts", "more than 500 parts"),
        ("nested multiparts", "parts nested deeper than 32"),
        ("quotation", ""),
        ("a long line", ""),
        ("a long line of mail", "text over 1048576 bytes"),
    ],
)
def test_what_was_not_read_is_said(name: str, opaque: str) -> None:
    """Over a limit the mail says which, and something still stands for what was left out."""
    mail = parse(HOSTILE[name])
    assert opaque == mail.opaque
    assert mail.attachments or mail.text
