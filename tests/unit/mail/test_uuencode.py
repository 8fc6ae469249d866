"""Files in the text of a mail, as programs older than MIME put them there."""

import binascii

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail.format import uuencode
from gateway.mail.model import Attachment
from gateway.mail.parse import content, parse
from lib.mails import mail_bytes, multipart

DATA = bytes(range(256))


def encoded(data: bytes, name: str = "a.gif", *, end: str = "`\nend\n") -> str:
    """Write a file as uuencode does."""
    lines = [binascii.b2a_uu(data[i : i + 45], backtick=True) for i in range(0, len(data), 45)]
    return f"begin 644 {name}\n" + b"".join(lines).decode("ascii") + end


def test_files_in_a_text_are_attachments() -> None:
    """Each is found again by part and piece, and the text around them is the mail's text."""
    body = f"Two files:\n\n{encoded(DATA)}\nand\n\n{encoded(b'x', 'b c.pdf')}\nBye\n"
    raw = mail_bytes(body=body)
    mail = parse(raw)
    assert (
        Attachment(0, "a.gif", "image/gif", 256, piece=1),
        Attachment(0, "b c.pdf", "application/pdf", 1, piece=2),
    ) == mail.attachments
    assert [DATA, b"x"] == [content(raw, attachment) for attachment in mail.attachments]
    assert ["Two files:", "and", "Bye"] == [line for line in mail.text.split("\n") if line]


def test_files_in_a_part_and_beside_it() -> None:
    """Parts and pieces are counted apart."""
    raw = multipart(
        f"\r\nHere:\r\n{encoded(DATA)}", "Content-Type: text/csv; name=t.csv\r\n\r\n1,2"
    )
    mail = parse(raw)
    assert [("a.gif", 1, 1), ("t.csv", 2, 0)] == [
        (a.name, a.part, a.piece) for a in mail.attachments
    ]
    assert [DATA, b"1,2"] == [content(raw, attachment) for attachment in mail.attachments]
    with pytest.raises(LookupError):
        content(raw, Attachment(1, "a.gif", "image/gif", 256, piece=2))
    with pytest.raises(LookupError):
        content(raw, Attachment(2, "t.csv", "text/csv", 3, piece=1))


@pytest.mark.parametrize(
    ("text", "files", "rest"),
    [
        (encoded(DATA).replace("\n", "\r\n"), [DATA], ""),
        (encoded(DATA, end="end\n"), [DATA], ""),
        (encoded(DATA, end=" \nend"), [DATA], ""),
        (encoded(DATA, end=""), [DATA], ""),
        (encoded(bytes(90)).replace("`", " "), [bytes(90)], ""),
        (
            encoded(b"a" * 45 + bytes(45)).replace("M````" + "`" * 56, "M"),
            [b"a" * 45 + bytes(45)],
            "",
        ),
        ("begin 644 \n" + encoded(b"abc").partition("\n")[2], [b"abc"], ""),
        ("begin 644 a\nend\n", [], None),
        ("begin 644 a\nThe list of all files\nend\n", [], None),
        ("begin 644 words and so on\n\nHello\n", [], None),
        ("we begin 644 a\n", [], None),
        ("> " + encoded(b"abc"), [], None),
        ("begin 644 a\n" + "M" * 5000 + "\nend\n", [], None),
        (encoded(DATA).replace("\n", "\nno line of it\n", 3), [], None),
        ("begin 644 cut off", [], None),
    ],
)
def test_what_a_file_is(text: str, files: list[bytes], rest: str | None) -> None:
    """What keeps to the format from begin to end is taken out; anything else stays text."""
    pieces, left = uuencode.unpack(text.encode())
    assert files == [piece.content for piece in pieces]
    assert (text if rest is None else rest).encode() == left


def test_the_transfer_encoding() -> None:
    """A part may be uuencoded as a whole."""
    head = 'Content-Type: image/gif; name="a.gif"\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n'
    raw = multipart("\r\nx", head + encoded(DATA))
    assert DATA == content(raw, parse(raw).attachments[0])
    raw = multipart("\r\nx", head + "none")
    assert b"none" == content(raw, parse(raw).attachments[0])


@settings(max_examples=50)
@given(
    st.lists(st.sampled_from(["begin 644 a", "M", "#86)C", "`", "end", "", "x" * 99]), max_size=9)
)
def test_nothing_is_lost(lines: list[str]) -> None:
    """Lines that make no file stay, and all the rest of the text does."""
    text = "\n".join(lines).encode()
    pieces, left = uuencode.unpack(text)
    assert pieces or text == left
    assert len(left) <= len(text)
