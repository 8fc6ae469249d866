"""Bytes to text: labels that say nothing or the wrong thing, and the charsets of mail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail.format.charset import codec_of, decode, hint_of
from gateway.mail.parse import parse
from lib.mails import assert_sound, multipart

FINNISH = "P\u00e4iv\u00e4\u00e4"
JAPANESE = "\u30c6\u30b9\u30c8"
RUSSIAN = "\u0428\u0435\u0441\u0442\u043e\u0439"


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("UTF8", "utf-8"),
        (" 'utf-8' ", "utf-8"),
        ("utf_8", "utf-8"),
        ("iso8859_15", "iso8859-15"),
        ("ISO-8859-1", "cp1252"),
        ("cp850", "cp850"),
        ("ks_c_5601-1987", "cp949"),
        ("iso-2022-kr", "iso2022_kr"),
        ("us-ascii", None),
        ("", None),
        ("utf-7", None),
        ("unicode-1-1-utf-7", None),
        ("x-user-defined", None),
        ("rot13", None),
        ("zlib", None),
        ("unicode_escape", None),
        ("idna", None),
        ("undefined", None),
        ("\u00fctf-8", None),
        ("utf-8" * 20, None),
    ],
)
def test_labels(label: str, codec: str | None) -> None:
    """Charsets that are text and nothing else are known, in the spellings of mailers."""
    assert codec == codec_of(label)


@pytest.mark.parametrize(
    ("label", "data", "expected"),
    [
        ("koi8-r", RUSSIAN.encode("koi8-r"), RUSSIAN),
        ("windows-1251", RUSSIAN.encode("cp1251"), RUSSIAN),
        ("big5", "\u4f60\u597d".encode("big5"), "\u4f60\u597d"),
        ("gb18030", "\u4f60\U0001f600".encode("gb18030"), "\u4f60\U0001f600"),
        ("gb2312", "\u4f60\u3402".encode("gb18030"), "\u4f60\u3402"),
        ("euc-jp", JAPANESE.encode("euc_jp"), JAPANESE),
        ("euc-kr", "\uc548\ub155".encode("cp949"), "\uc548\ub155"),
        ("iso-2022-kr", "\uc548\ub155".encode("iso2022_kr"), "\uc548\ub155"),
        ("hz-gb-2312", "\u4f60\u597d".encode("hz"), "\u4f60\u597d"),
        ("shift_jis", "\u30c6\u2460".encode("cp932"), "\u30c6\u2460"),
        ("iso-2022-jp", JAPANESE.encode("iso2022_jp"), JAPANESE),
        ("", JAPANESE.encode("iso2022_jp"), JAPANESE),
        ("us-ascii", b"a " + JAPANESE.encode("iso2022_jp"), f"a {JAPANESE}"),
        ("us-ascii", b"\x1b[31mred\x1b$", "\x1b[31mred\x1b$"),
        ("iso-2022-jp", b"\x1b$B-!\x1b(B", "\u2460"),
        ("iso-2022-jp", b"\x1b(I1\x1b(B", "\uff71"),
        ("iso-2022-jp", JAPANESE.encode("iso2022_jp")[:-3] + b"\x1b$", JAPANESE + "\ufffd"),
        ("utf-16", FINNISH.encode("utf-16"), FINNISH),
        ("utf-16", b"\xfe\xff" + FINNISH.encode("utf-16-be"), FINNISH),
        ("utf-16", b"plain ASCII", "plain ASCII"),
        ("utf-8", b"\xef\xbb\xbfabc", "abc"),
        ("utf-8", FINNISH.encode("latin-1"), FINNISH),
        ("no-such-charset", FINNISH.encode(), FINNISH),
        ("us-ascii", FINNISH.encode(), FINNISH),
        ("utf-7", b"+AGE-", "+AGE-"),
    ],
)
def test_charsets(label: str, data: bytes, expected: str) -> None:
    """A label is taken at its word where the bytes allow it, and for what programs mean by it."""
    assert expected == decode(data, label)


def test_hints() -> None:
    """The charset of a mail's text helps with bytes beside it, unless it could do harm."""
    assert ["koi8-r", "big5hkscs"] == [hint_of("koi8-r"), hint_of("big5")]
    assert [""] * 5 == [hint_of(x) for x in ("", "utf-8", "iso-8859-1", "utf-16", "iso-2022-jp")]
    assert RUSSIAN == decode(RUSSIAN.encode("koi8-r"), "", hint_of("koi8-r"))
    assert RUSSIAN == decode(RUSSIAN.encode(), "", hint_of("koi8-r"))


def test_a_raw_subject_in_japanese() -> None:
    """A subject that shifts to Japanese characters is read, with no label."""
    raw = b"Subject: Re: " + JAPANESE.encode("iso2022_jp") + b"\n\n"
    assert f"Re: {JAPANESE}" == parse(raw).subject


def test_raw_headers_are_read_by_the_charset_of_the_text() -> None:
    """Names and subjects that nobody encoded are mostly in the charset of the text."""
    head = f"From: {RUSSIAN} <a@b.example>\r\nSubject: {RUSSIAN}\r\n"
    text = f"Content-Type: text/plain; charset=koi8-r\r\n\r\n{RUSSIAN}\r\n"
    file = f'Content-Disposition: attachment; filename="{RUSSIAN}.txt"\r\n\r\n{RUSSIAN}'
    both = f"{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{text}--b\r\n{file}"
    mail = parse(both.encode("koi8-r"))
    assert (RUSSIAN, RUSSIAN) == (mail.subject, mail.text)
    assert mail.author is not None
    assert RUSSIAN == mail.author.name
    assert f"{RUSSIAN} <a@b.example>" == mail.header("from")
    assert [f"{RUSSIAN}.txt"] == [a.name for a in mail.attachments]


_LABELS = ["utf-8", "utf-16", "utf-32", "big5", "gb18030", "iso-2022-jp", "iso-2022-kr", "hz", "x"]


@settings(max_examples=60)
@given(st.sampled_from(_LABELS), st.binary(max_size=40))
def test_no_lone_surrogate(label: str, data: bytes) -> None:
    """No charset, right or wrong, lets anything into a text that cannot be written again."""
    part = f"Content-Type: text/plain; charset={label}\r\n\r\n".encode() + data
    name = b'Content-Disposition: attachment; filename="' + data + b'"\r\n\r\nx'
    whole = multipart("@text@", "@name@").replace(b"@text@", part).replace(b"@name@", name)
    assert_sound(parse(b"Subject: " + data + b"\r\n" + whole))
    assert_sound(parse(whole))
