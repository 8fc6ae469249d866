"""The text that a person reads."""

import sys
import time

import pytest

from gateway.mail.html import to_text
from gateway.mail.parse import parse
from lib.mails import mail_bytes, multipart

# Under a tracer, as coverage is one, Python itself is several times slower.
SECONDS = 2 if sys.gettrace() is None else 10


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


def both(plain: str, html: str) -> bytes:
    """Write a mail with two forms of one text."""
    return multipart(
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{plain}",
        f"Content-Type: text/html; charset=utf-8\r\n\r\n{html}",
        kind="alternative",
    )


LONG = "<p>" + "We have moved your booking to another day, as you wished. " * 8 + "</p>"


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("", "<p>It works.</p>"),
        (" \r\n\u00a0\r\n", "<p>It works.</p>"),
        ("Your mail program does not support HTML.", "<p>Your order is on its way.</p>"),
        ("Dieses Programm kann keine HTML-Mails anzeigen.", "<p>Ihre Bestellung ist da.</p>"),
        ("T\u00e4m\u00e4 viesti on HTML-muodossa.", "<p>Tilauksesi on matkalla sinulle.</p>"),
        ("https://news.example/view/1234567890", LONG),
        ("View this mail in your browser: https://news.example/v/12", LONG),
        ("We have moved your booking to another day, as you wished. We have moved your ...", LONG),
        ("<html><body><p>It works.</p></body></html>", "<p>It works.</p>"),
    ],
)
def test_stubs(plain: str, html: str) -> None:
    """A plain text that only stands in for the HTML is not what a person reads."""
    assert to_text(html) == parse(both(plain, html)).text


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("It works.", "<p>It <i>works</i>.</p>"),
        ("It works.", "<div style='display:none'>" + "preheader " * 90 + "</div>It works."),
        ("It works.", ""),
        ("It works.", "<img src=x>"),
        ("Our HTML page is broken, please look at it.", "<p>Our HTML page is broken, please</p>"),
        ("A text of its own that has nothing to do with what stands in the other form.", LONG),
    ],
)
def test_no_stubs(plain: str, html: str) -> None:
    """A plain text that says something is read as it is."""
    assert plain == parse(both(plain, html)).text


HTML = "Content-Type: text/html\r\n\r\n"
IMAGE = "Content-Type: image/png; name=a.png\r\nContent-ID: <a>\r\n\r\nx"


def inner(kind: str, boundary: str, *parts: str) -> str:
    """Write a multipart that stands in another."""
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\r\n\r\n{body}--{boundary}--\r\n"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (multipart("\r\none", IMAGE, "\r\ntwo"), "one\n\ntwo"),
        (multipart("\r\none", f"{HTML}<p>footer</p>"), "one\n\nfooter"),
        (multipart(f"{HTML}<p>one</p>", "\r\nfooter"), "one\n\nfooter"),
        (multipart("\r\nsame text", f"{HTML}<p>same <b>text</b></p>"), "same text"),
        (multipart("\r\nsame text", f"{HTML}<p>same text and more</p>"), "same text and more"),
        (multipart("\r\nno", f"{HTML}<p>notice: not known</p>"), "no\n\nnotice: not known"),
        (multipart("\r\nnotice: not known", f"{HTML}<p>no</p>"), "notice: not known\n\nno"),
        (multipart("\r\none", "\r\n<div>one</div>", kind="alternative"), "one"),
        (multipart("\r\none", "\r\ntwo", kind="alternative"), "one\n\ntwo"),
        (
            multipart(inner("alternative", "c", "\r\none", f"{HTML}<p>other</p>"), "\r\ntwo"),
            "one\n\ntwo",
        ),
        (
            multipart(
                "\r\none",
                inner("mixed", "c", f"{HTML}<p>un</p>", IMAGE, f"{HTML}<p>deux</p>"),
                kind="alternative",
            ),
            "one",
        ),
        (
            multipart(
                "\r\n ",
                inner("mixed", "c", f"{HTML}<p>un</p>", IMAGE, f"{HTML}<p>deux</p>"),
                kind="alternative",
            ),
            "un\n\ndeux",
        ),
        (
            multipart(
                inner(
                    "related",
                    "c",
                    inner("alternative", "d", "\r\none", f"{HTML}<p>other</p>"),
                    IMAGE,
                ),
                inner("alternative", "e", "\r\ntwo", f"{HTML}<p>other</p>"),
            ),
            "one\n\ntwo",
        ),
    ],
)
def test_texts_in_their_order(raw: bytes, expected: str) -> None:
    """Each text of a mail is read once, in its best form, where it stands."""
    assert expected == parse(raw).text


def test_html_in_very_many_parts() -> None:
    """The limit on tags is one of the whole mail, and its last word is read all the same."""
    page = HTML + "<p>x" * 9000
    started = time.process_time()
    mail = parse(multipart(*[page] * 12, f"{HTML}<p>the end</p>"))
    assert time.process_time() - started < SECONDS
    assert mail.text.endswith("the end")


def test_a_named_text_alone() -> None:
    """A text with a name that is shown in its place is read where the mail has no other."""
    named = "Content-Type: text/plain; name=a.txt\r\n\r\none"
    assert "one" == parse(multipart(named)).text
    assert "two" == parse(multipart(named, "\r\ntwo")).text
    assert "one" == parse(multipart(named, named.replace("one", "more"))).text


def test_a_text_of_an_unknown_kind_alone() -> None:
    """A text that is of an unknown kind, or only another form, is read where there is no other."""
    unknown = "Content-Type: text/x-note\r\n\r\none"
    echo = "Content-Type: text/enriched\r\n\r\none"
    assert "one" == parse(multipart(unknown)).text
    assert "two" == parse(multipart(unknown, "\r\ntwo")).text
    assert "one" == parse(multipart(echo, kind="alternative")).text
    assert "two" == parse(multipart("\r\ntwo", echo, kind="alternative")).text
    assert "" == parse(multipart("Content-Type: text/x-vcard\r\n\r\none")).text


@pytest.mark.parametrize(
    ("head", "named", "data"),
    [
        ("", "windows-1251", "\u0434\u0430".encode("cp1251")),
        ("; charset=us-ascii", "windows-1251", "\u0434\u0430".encode("cp1251")),
        ("; charset=windows-1251", "koi8-r", "\u0434\u0430".encode("cp1251")),
        ("", "windows-1251", "\u0434\u0430".encode()),
        ("", "iso-2022-jp", "\u0434\u0430".encode("iso2022_jp")),
        ("", "no-such", "\u0434\u0430".encode()),
    ],
)
def test_html_may_name_its_charset(head: str, named: str, data: bytes) -> None:
    """A charset that only the HTML itself names counts where its part and UTF-8 do not fit."""
    field = f"Content-Type: text/html{head}\n\n".encode()
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={named}">'.encode()
    assert "\u0434\u0430" == parse(field + meta + b"<p>" + data).text
