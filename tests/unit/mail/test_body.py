"""The text that a person reads."""

import pytest

from gateway.mail.parse import parse
from lib.mails import mail_bytes, multipart


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (multipart("\r\none", "\r\ntwo"), "one\n\ntwo"),
        (multipart("\r\n \r\n", "Content-Type: text/html\r\n\r\n<p>html</p>"), "html"),
        (multipart("Content-Type: text/html\r\n\r\n<p>html</p>", kind="alternative"), "html"),
        (multipart("Content-Disposition: attachment\r\n\r\nx"), ""),
        (multipart("Content-Type: text/plain; name=a.txt\r\n\r\nx", "\r\nread me"), "read me"),
        (mail_bytes(Content_Type="text/plain; name=a.txt", body="whole"), "whole"),
        (mail_bytes(Content_Type="multipart/mixed; boundary=x", body="no parts"), "no parts"),
        (mail_bytes(Content_Type="application/pdf", body="%PDF"), ""),
    ],
)
def test_which_parts_are_the_text(raw: bytes, expected: str) -> None:
    """Plain text before HTML, and no attachment is taken for the text."""
    assert expected == parse(raw).text
