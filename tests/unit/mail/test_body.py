"""The text that a person reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.body import html_to_text
from gateway.mail.parse import parse
from lib.mails import mail_bytes, multipart


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<div>One</div>\n<div>Two</div>", "One\n\nTwo"),
        ("a <b>bold</b> word, a<i>b</i>c", "a bold word, abc"),
        ("<ul><li>One<li>Two</ul>after", "- One\n- Two\n\nafter"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
        ("a\n  b\t c", "a b c"),
        ("&lt;tag&gt; &amp; &euro; &nbsp;x &#228;", "<tag> & \u20ac x \u00e4"),
        ("&#x0;&#xD800;&#99999999999;", "\ufffd\ufffd\ufffd"),
        ("<style>p { }</style><script>if (a < b)</script><title>t</title>x", "x"),
        ("<!-- <p>hidden</p> -->x<!DOCTYPE html>y<?php z ?>", "xy"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("x <p unclosed", "x <p unclosed"),
        ("<style>never closed", ""),
        ("", ""),
    ],
)
def test_html_as_text(html: str, expected: str) -> None:
    """Blocks become lines, entities characters, and what is not shown is left out."""
    assert expected == html_to_text(html)


@given(st.text(alphabet="<>/!-?&#; \nabpstyle\x00\r"))
def test_any_html(html: str) -> None:
    """No markup breaks the reader, and its text has no line end but LF."""
    text = html_to_text(html)
    assert not set(text) & {"\r", "\x00"}


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
