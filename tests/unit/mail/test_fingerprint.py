"""The fingerprint: equal for one mail by any way, different for any other mail."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.fingerprint import is_fleeting
from gateway.mail.parse import parse, unreadable
from lib.mails import mail_bytes, multipart


def fingerprint(raw: bytes) -> str:
    """Read a mail for its fingerprint."""
    return parse(raw).fingerprint


BODY = "P\u00e4iv\u00e4\u00e4\r\n\r\n=20 kg\r\n"
PLAIN = mail_bytes(Content_Type="text/plain; charset=utf-8", body=BODY)


def encoded(encoding: str, body: str) -> bytes:
    """Write the mail of PLAIN in another transfer encoding."""
    return mail_bytes(
        Content_Type='text/plain; charset="utf-8"', Content_Transfer_Encoding=encoding, body=body
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"Received: by x;\r\n now\r\nReturn-Path: <>\r\nDelivered-To: a@b\r\n" + PLAIN,
        b"DKIM-Signature: v=1\r\nX-Spam: no\r\n" + PLAIN,
        PLAIN.replace(b"\r\n", b"\n"),
        PLAIN + b"\r\n\r\n",
        PLAIN.rstrip(b"\r\n"),
        PLAIN.replace(b"Subject: Q", b"Subject:\r\n Q"),
        PLAIN.replace(b"Subject: Question", b"SUBJECT: =?utf-8?q?Question?="),
        PLAIN.replace(b"Jan <jan", b"Jan\r\n\t<jan"),
        encoded("8bit", BODY),
        encoded("quoted-printable", "P=C3=A4iv=C3=A4=\r\n=C3=A4\r\n\r\n=3D20 kg\r\n"),
        encoded("base64", base64.encodebytes(BODY.encode()).decode()),
    ],
)
def test_one_mail_by_any_way(raw: bytes) -> None:
    """What transports add and change does not make another mail."""
    assert fingerprint(PLAIN) == fingerprint(raw)


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN.replace(b"kg", b"g"),
        PLAIN.replace(b"Jan <", b"Piet <"),
        PLAIN.replace(b"Question", b"Question?"),
        PLAIN.replace(b"10:00", b"10:01"),
        PLAIN.replace(b"<1@", b"<2@"),
        b"Cc: x@y\r\n" + PLAIN,
        b"In-Reply-To: <x@y>\r\n" + PLAIN,
        b"References: <x@y>\r\n" + PLAIN,
        b"From: Jan <jan@klant.example>\r\n" + PLAIN,
        PLAIN.replace(b"text/plain", b"text/html"),
        PLAIN.replace(b"\r\n\r\n=20", b"\r\n=20"),
    ],
)
def test_another_mail(raw: bytes) -> None:
    """What the author would have written differently is another mail."""
    assert fingerprint(PLAIN) != fingerprint(raw)


def test_boundaries_do_not_count_and_parts_do() -> None:
    """A relay may write new boundaries; the parts and their order are the author's."""
    raw = multipart("\r\none", "\r\ntwo")
    assert fingerprint(raw) == fingerprint(raw.replace(b"--b", b"--c").replace(b'"b"', b'"c"'))
    assert fingerprint(raw) != fingerprint(multipart("\r\ntwo", "\r\none"))
    assert fingerprint(raw) != fingerprint(multipart("\r\nonetwo"))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b" "])
def test_binary_content_counts_to_the_byte(end: bytes) -> None:
    """Of content in base64 that is no text, nothing is normalised."""
    head = "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    one, two = (
        multipart(head + base64.encodebytes(data).decode())
        for data in (b"\x89PNG", b"\x89PNG" + end)
    )
    assert fingerprint(one) != fingerprint(two)


def test_a_long_field_counts_in_full() -> None:
    """A difference beyond what is read of a field is one all the same."""
    ids = [f"<{n:05}@a.example>" for n in range(5000)]
    changed = [*ids[:2500], "<xxxxx@a.example>", *ids[2501:]]
    one, two = (mail_bytes(References=" ".join(each)) for each in (ids, changed))
    assert fingerprint(one) != fingerprint(two)


def test_mail_that_is_not_taken_apart_has_one_too() -> None:
    """An opaque or unreadable mail is told from another by its bytes after the head."""
    assert unreadable(PLAIN).fingerprint == unreadable(b"Received: x\r\n" + PLAIN).fingerprint
    assert unreadable(PLAIN).fingerprint != unreadable(PLAIN + b"x").fingerprint
    long = mail_bytes(body="\r\n" * 1_000_001)
    assert fingerprint(long + b"a") != fingerprint(long + b"b")


@given(st.lists(st.sampled_from(["", "a", "b", "a a"]), min_size=3, max_size=3))
def test_no_two_mails_meet_by_concatenation(values: list[str]) -> None:
    """Moving text from one field to the next makes another mail."""

    def written(subject: str, to: str, body: str) -> bytes:
        return f"To: {to}\r\nSubject: {subject}\r\n\r\n{body}".encode()

    shifted = [values[0] + values[1], "", values[2]]
    assert (values == shifted) == (fingerprint(written(*values)) == fingerprint(written(*shifted)))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Date": "", "Message-ID": ""}, True),
        ({"Date": ""}, False),
        ({"Message-ID": ""}, False),
        ({"Date": "yesterday", "Message-ID": ""}, False),
        ({}, False),
    ],
)
def test_fleeting(headers: dict[str, str], expected: bool) -> None:  # noqa: FBT001  a table's column
    """Only a mail with neither Message-ID nor Date may be sent twice and meant twice."""
    assert expected == is_fleeting(parse(mail_bytes(**headers)))
