"""`winmail.dat` is taken apart, or kept whole."""

import base64
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail.format import mapi, tnef
from gateway.mail.model import Attachment, Disposition
from gateway.mail.parse import content, parse
from lib.mails import assert_sound, mail_bytes, multipart


def attribute(level: int, name: int, value: bytes) -> bytes:
    """Write an attribute of a stream."""
    return (
        struct.pack("<BIL", level, name, len(value))
        + value
        + struct.pack("<H", sum(value) & 0xFFFF)
    )


def value(data: bytes) -> bytes:
    """Write one value of variable length with its count."""
    return struct.pack("<II", 1, len(data)) + data + b"\0" * (-len(data) % 4)


def properties(*found: bytes) -> bytes:
    """Write a list of properties."""
    return struct.pack("<I", len(found)) + b"".join(found)


def prop(kind: int, number: int, data: bytes) -> bytes:
    """Write a property."""
    return struct.pack("<HH", kind, number) + data


def unicode_prop(number: int, text: str) -> bytes:
    """Write a property that is a text."""
    return prop(mapi.UNICODE, number, value(f"{text}\0".encode("utf-16-le")))


def stream(*attributes: bytes, codepage: int = 1252) -> bytes:
    """Write a stream with these attributes."""
    head = tnef.SIGNATURE + b"\1\0" + attribute(1, 0x9006, b"\0\0\1\0")
    return head + attribute(1, 0x9007, struct.pack("<II", codepage, 0)) + b"".join(attributes)


def attachment(title: bytes, data: bytes, *found: bytes) -> bytes:
    """Write the attributes of one attachment."""
    head = attribute(2, 0x9002, bytes(14)) + attribute(2, 0x8010, title + b"\0")
    return head + attribute(2, 0x800F, data) + attribute(2, 0x9005, properties(*found))


def part(data: bytes) -> str:
    """Write a part with a stream in it."""
    head = 'Content-Type: application/ms-tnef; name="winmail.dat"\r\n'
    return f"{head}Content-Transfer-Encoding: base64\r\n\r\n{base64.encodebytes(data).decode()}"


FILES = stream(
    attachment(b"REPORT~1.PDF", b"%PDF", unicode_prop(0x3707, "R\u00e4port.pdf")),
    attachment(
        b"logo.png", b"\x89PNG", unicode_prop(0x3712, "logo"), unicode_prop(0x370E, "image/png")
    ),
    attachment("\u0448.txt".encode("cp1251"), b"x"),
    codepage=1251,
)


def test_attachments_are_taken_out() -> None:
    """Each has its long name, by the code page or as Unicode, and is found again."""
    raw = multipart("\r\nHello", part(FILES))
    mail = parse(raw)
    assert (
        Attachment(2, "R\u00e4port.pdf", "application/pdf", 4, piece=1),
        Attachment(2, "logo.png", "image/png", 4, content_id="logo", piece=2),
        Attachment(2, "\u0448.txt", "text/plain", 1, piece=3),
    ) == mail.attachments
    assert [b"%PDF", b"\x89PNG", b"x"] == [content(raw, a) for a in mail.attachments]
    assert "Hello" == mail.text


def test_pictures_of_the_text_are_inline() -> None:
    """What the mail's HTML shows stands in the text."""
    html = 'Content-Type: text/html\r\n\r\n<img src="cid:logo">'
    mail = parse(multipart(html, part(FILES)))
    assert [Disposition.ATTACHED, Disposition.INLINE, Disposition.ATTACHED] == [
        a.disposition for a in mail.attachments
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([attribute(1, 0x800C, b"p\xe4iv\xe4\0")], "p\u00e4iv\u00e4"),
        ([attribute(1, 0x9003, properties(unicode_prop(0x1000, "\u4f60")))], "\u4f60"),
        (
            [
                attribute(
                    1,
                    0x9003,
                    properties(
                        prop(0x0003, 0x3FDE, struct.pack("<I", 20866)),
                        prop(0x0102, 0x1013, value("<p>\u0448</p>".encode("koi8-r"))),
                    ),
                )
            ],
            "\u0448",
        ),
    ],
)
def test_the_text_of_a_mail_that_has_no_other(body: list[bytes], expected: str) -> None:
    """It is read where the mail is nothing but a stream; the stream stays as it came."""
    data = stream(*body)
    mail = parse(
        mail_bytes(Content_Type="application/ms-tnef", body="").strip() + b"\r\n\r\n" + data
    )
    assert expected == mail.text
    assert [("part-0.dat", len(data))] == [(a.name, a.size) for a in mail.attachments]
    assert "own" == parse(multipart("\r\nown", part(data))).text


def test_every_type_of_property_is_passed() -> None:
    """Named properties, several values and padding stand before what is looked for."""
    guid = bytes(16)
    named = struct.pack("<HH", 0x0003, 0x8001) + guid + struct.pack("<III", 0, 7, 1)
    text = "name".encode("utf-16-le")
    titled = struct.pack("<HH", 0x000B, 0x8002) + guid + struct.pack("<II", 1, len(text)) + text
    before = [
        named,
        titled + struct.pack("<I", 1),
        prop(0x0002, 1, bytes(4)),
        prop(0x0040, 2, bytes(8)),
        prop(0x0048, 3, guid),
        prop(0x1002, 4, struct.pack("<Ihhh", 3, 1, 2, 3) + bytes(2)),
        prop(0x1003, 5, struct.pack("<III", 2, 1, 2)),
        prop(0x101F, 6, struct.pack("<II", 2, 2) + b"a\0\0\0" + struct.pack("<I", 2) + b"b\0\0\0"),
    ]
    data = stream(attachment(b"8.3", b"x", *before, unicode_prop(0x3707, "long name.txt")))
    unpacked = tnef.unpack(data)
    assert unpacked is not None
    assert ["long name.txt"] == [piece.name for piece in unpacked.pieces]


def test_a_mail_in_a_stream_keeps_its_own() -> None:
    """An attached Outlook mail is a stream of its own."""
    inner = bytes.fromhex("0703020000000000c000000000000046") + stream()
    found = [unicode_prop(0x3001, "About"), prop(0x000D, 0x3701, value(inner))]
    data = stream(attribute(2, 0x9002, bytes(14)) + attribute(2, 0x9005, properties(*found)))
    unpacked = tnef.unpack(data)
    assert unpacked is not None
    assert [("About.dat", stream())] == [(p.name, p.content) for p in unpacked.pieces]


@pytest.mark.parametrize(
    "data",
    [
        tnef.SIGNATURE,
        FILES[:-3],
        FILES[:190],
        stream(attribute(1, 0x9003, struct.pack("<I", 2**32 - 1) + bytes(400))),
        stream(attribute(1, 0x9003, struct.pack("<IHHI", 1, 0x1002, 5, 2**32 - 1) + bytes(400))),
        stream(attribute(1, 0x9003, struct.pack("<IHHI", 1, 0x001F, 5, 2**32 - 1) + bytes(400))),
        stream(attribute(1, 0x9003, struct.pack("<IHH", 1, 0x7777, 5))),
        stream(*[attachment(b"a", b"b")] * 101),
        stream(*[attribute(1, 0x8006, b"")] * 10_001),
    ],
)
def test_what_is_broken_stays_whole(data: bytes) -> None:
    """A stream that lies about its lengths, or holds too much, is an attachment as it came."""
    raw = multipart("\r\nHello", part(data))
    mail = parse(raw)
    assert [("winmail.dat", 0)] == [(a.name, a.piece) for a in mail.attachments]
    assert data == content(raw, mail.attachments[0])


def test_what_gateways_add_at_the_end_is_passed_over() -> None:
    """Streams come padded and with rubbish behind them."""
    for rubbish in (b"\0" * 4, b"\0" * 100, b"\r\n", b"rubbish" * 30):
        unpacked = tnef.unpack(FILES + rubbish)
        assert unpacked is not None
        assert 3 == len(unpacked.pieces)


@settings(max_examples=60)
@given(st.integers(0, len(FILES) - 1), st.binary(min_size=1, max_size=8))
def test_any_damage(position: int, damage: bytes) -> None:
    """Whatever is wrong with a stream, the mail is read."""
    data = FILES[:position] + damage + FILES[position + len(damage) :]
    assert_sound(parse(multipart("\r\nHello", part(data))))
