"""Files on outgoing mails: whatever they are called, a mail has the parts that were meant."""

import email
import email.policy
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.mail.compose import Letter, compose
from gateway.mail.enclosure import Enclosure, enclose, enclosed_size, stated_type
from gateway.mail.format.filename import clean
from gateway.mail.model import Mailbox
from gateway.mail.parse import Opened, content, parse

LETTER = Letter(
    sender=Mailbox("North Help", "help@north.example"),
    to=Mailbox("Jan", "jan@klant.example"),
    subject="[NO-00013] It stays white",
    body="Dear Jan,\n\nwe have it.\n",
    message_id="<cp.1.abc@north.example>",
    at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
)
HEAD = [
    "from", "to", "subject", "date", "message-id", "auto-submitted", "precedence",
    "x-auto-response-suppress", "mime-version", "content-type",
]  # fmt: skip
TEXT = ["content-type", "content-transfer-encoding"]
FILE = ["content-type", "content-transfer-encoding", "content-disposition"]

# Names that have broken out of headers and folders before.
TRICKS = (
    "=?utf-8?q?a=0D=0ABcc=3A_x=40y.example?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0D=3D0ABcc=3A_x=3F=3D?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3F=3D3D=3D3Futf-8=3D3Fq=3D3Fa=3D3D0D=3D3D0AX=3A_y=3D3F=3D3D=3F=3D?=",
    'a"; filename="b.exe',
    "a\r\nX-Injected: 1",
    "a\n\nbody",
    "../../etc/passwd",
    "C:\\x\\con.txt",
    "\u202egpj.exe",
    "\x00\x1b[31m",
    "%0d%0aX: y",
    "''''",
    "\ud800",
    "é" * 200,
    "x" * 400 + ".pdf",
    "日本語" * 40 + ".xlsx",
    " . ",
    "",
)
names = st.lists(st.sampled_from(TRICKS) | st.text(st.characters(), max_size=40), max_size=6).map(
    "".join
)


def parts_of(data: bytes) -> list[Message]:
    """Give the parts of a mail, read by Python's reader."""
    return [part for part in email.message_from_bytes(data).walk() if not part.is_multipart()]


def names_of(part: Message) -> list[str]:
    """Give the names of a part's header fields."""
    return [name.lower() for name, _ in part.items()]


@given(names, names)
@example(TRICKS[0], TRICKS[1])
@example(TRICKS[2], TRICKS[3])
@settings(max_examples=60)
def test_each_part_has_exactly_the_fields_that_were_meant(name: str, subject: str) -> None:
    """No name and no subject adds a field, a part or a line."""
    letter = replace(
        LETTER, subject=subject, body=f"{subject}\n{name}", enclosures=(enclose(name, b"data"),) * 2
    )
    data = compose(letter)
    read = email.message_from_bytes(data)
    parts = parts_of(data)
    assert HEAD == names_of(read)
    assert [TEXT, FILE, FILE] == [names_of(part) for part in parts]
    assert [b"data"] * 2 == [part.get_payload(decode=True) for part in parts[1:]]
    assert not any(b"\r" in line or b"\n" in line for line in data.split(b"\r\n"))
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert 2 == len(parse(data).attachments)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("report.pdf", "report.pdf"),
        ("résumé 2026.pdf", "résumé 2026.pdf"),
        ("../../etc/passwd", "passwd"),
        ('a"b;c.txt', "a_b;c.txt"),
        ("Ünïcödé-" * 12 + ".txt", "Ünïcödé-" * 12 + ".txt"),
        ("100% sure.txt", "100% sure.txt"),
        ("", "part-0.bin"),
    ],
)
def test_a_name_arrives_as_it_was_cleaned(name: str, shown: str) -> None:
    """By our own reader and by Python's (RFC 2231)."""
    data = compose(replace(LETTER, enclosures=(enclose(name, b"data"),)))
    (own,) = parse(data).attachments
    read = email.message_from_bytes(data, policy=email.policy.default)
    (other,) = read.iter_attachments()
    assert own.name == other.get_filename()
    assert (clean(shown) or shown) == own.name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.pdf", "application/pdf"),
        ("a.PNG", "image/png"),
        ("a.txt", "text/plain"),
        ("a.mp4", "video/mp4"),
        ("a.html", "application/octet-stream"),
        ("a.svg", "application/octet-stream"),
        ("a.js", "application/octet-stream"),
        ("a.xml", "application/octet-stream"),
        ("a.ics", "application/octet-stream"),
        ("a.eml", "application/octet-stream"),
        ("a.exe", "application/octet-stream"),
        ("a.pdf.lnk", "application/octet-stream"),
        ("none", "application/octet-stream"),
    ],
)
def test_only_what_runs_nothing_states_its_type(name: str, expected: str) -> None:
    """What the sender said of the type does not matter."""
    assert expected == stated_type(name)
    data = compose(replace(LETTER, enclosures=(enclose(name, b"x"),)))
    assert expected == parse(data).attachments[0].media_type


@given(st.binary(max_size=2000))
@settings(max_examples=30)
def test_a_file_arrives_byte_for_byte(data: bytes) -> None:
    """In lines of at most 76 characters, and no larger than was reckoned."""
    part = enclose("a.bin", data)
    mail = compose(replace(LETTER, enclosures=(part,)))
    (found,) = parse(mail).attachments
    assert data == content(mail, found)
    assert len(part.part) <= enclosed_size(len(data))
    body = part.part.partition(b"\r\n\r\n")[2]
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))


def test_a_text_that_looks_like_a_delimiter_ends_no_part() -> None:
    """Not even one that knows the mail's own boundary."""
    enclosures = (enclose("a.txt", b"data"),)
    first = compose(replace(LETTER, enclosures=enclosures))
    boundary = email.message_from_bytes(first).get_boundary()
    body = f"a\n--{boundary}\nContent-Type: text/html\n\n<b>\n--{boundary}--\n"
    mail = compose(replace(LETTER, body=body, enclosures=enclosures))
    assert 2 == len(parts_of(mail))
    assert body.rstrip("\n") == parse(mail).text


def test_a_file_is_encoded_once_however_many_mails_bear_it() -> None:
    """What is in memory is the part, and each mail."""
    data = bytes(6_000_000)
    tracemalloc.start()
    part: Enclosure = enclose("a.bin", data)
    mails = [compose(replace(LETTER, enclosures=(part,))) for _ in range(2)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert all(len(mail) > 8_000_000 for mail in mails)
    assert peak < 50_000_000


def test_files_in_a_mail_are_found_again_by_their_places() -> None:
    """With the names that the mail's reader gave them, packed ones as well."""
    raw = (
        b"From: jan@klant.example\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=B\r\n\r\n"
        b"--B\r\nContent-Type: text/plain\r\n\r\nHi\r\n\r\nbegin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n"
        b"--B\r\nContent-Type: application/pdf; name=b.pdf\r\n\r\n%PDF\r\n--B--\r\n"
    )
    opened = Opened(raw)
    found = parse(raw).attachments
    assert [(a.name, content(raw, a)) for a in found] == [
        opened.file(a.part, a.piece) for a in found
    ]
    assert ["a.txt", "b.pdf"] == [a.name for a in found]
    for part, piece in ((9, 0), (1, 5), (2, 1)):
        with pytest.raises(LookupError):
            opened.file(part, piece)
