"""Flowed text (RFC 3676)."""

import pytest

from gateway.mail.flowed import unflow
from gateway.mail.parse import parse
from lib.mails import mail_bytes, multipart


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one \ntwo\nthree", "one two\nthree"),
        ("one\n\ntwo \n\nthree", "one\n\ntwo\n\nthree"),
        ("> one \n> two\nthree", "> one two\nthree"),
        ("> one \n>> two \n> three \nfour", "> one\n>> two\n> three\nfour"),
        (">one \n>two", "> one two"),
        (" > stuffed\n From here", " > stuffed\nFrom here"),
        ("  indented", " indented"),
        ("end \n-- \nJan \nSales", "end\n-- \nJan Sales"),
        ("> -- \n> Jan", "> -- \n> Jan"),
        (">\n> x\n>", ">\n> x\n>"),
        ("goes on ", "goes on"),
        ("", ""),
    ],
)
def test_paragraphs(text: str, expected: str) -> None:
    """Lines that go on are one paragraph, within one depth of quotation, up to a signature."""
    assert expected == unflow(text, delete_space=False)


def test_deleted_spaces() -> None:
    """With DelSp the blank at the end of a line is none of the text, as in Japanese."""
    assert "\u65e5\u672c\u8a9e\nend" == unflow("\u65e5\u672c \n\u8a9e\nend", delete_space=True)


def test_only_where_it_is_declared() -> None:
    """A text is put together when its part says that it is flowed."""
    flowed = mail_bytes(Content_Type="text/plain; Format=Flowed; DelSp=Yes", body="one \r\ntwo")
    assert "onetwo" == parse(flowed).text
    assert "one \ntwo" == parse(mail_bytes(body="one \r\ntwo")).text
    part = multipart("Content-Type: text/plain; format=flowed\r\n\r\none \r\ntwo")
    assert "one two" == parse(part).text
