"""A mail is read as its author meant it, and any bytes are read as a mail."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.model import Attachment, Disposition, Mailbox
from gateway.mail.parse import content, parse, unreadable
from lib.mails import assert_sound, mail_bytes, multipart


def test_a_plain_mail() -> None:
    """Every field of an everyday mail is read."""
    mail = parse(
        mail_bytes(
            "In-Reply-To: <p@desk.example>",
            "References: <r@desk.example>\r\n <p@desk.example>",
            "Cc: Piet <piet@klant.example>, kees@klant.example",
            body="Hello\r\n\r\nworld\r\n",
        )
    )
    assert Mailbox("Jan", "jan@klant.example") == mail.author == mail.claimed_author
    assert "" == mail.author_problem == mail.opaque == mail.html
    assert (Mailbox("", "support@desk.example"),) == mail.to
    assert ["piet@klant.example", "kees@klant.example"] == [m.address for m in mail.cc]
    assert "Question" == mail.subject
    assert datetime(2026, 11, 2, 9, 0, tzinfo=UTC) == mail.date
    assert "<1@klant.example>" == mail.message_id
    assert ("<p@desk.example>",) == mail.in_reply_to
    assert ("<r@desk.example>", "<p@desk.example>") == mail.references
    assert "Hello\n\nworld" == mail.text
    assert () == mail.attachments
    assert "Jan <jan@klant.example>" == mail.header("from")
    assert_sound(mail)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"=?utf-8?q?P=C3=A4iv=C3=A4=C3=A4?=", "P\u00e4iv\u00e4\u00e4"),
        (b"=?iso-8859-1?Q?P=E4iv=E4=E4?= =?utf-8?b?IQ==?=", "P\u00e4iv\u00e4\u00e4!"),
        (b"=?utf-8*fi?q?=C3=A4?=", "\u00e4"),
        (b"=?utf-8?q?a=C3?=\r\n =?utf-8?q?=A4b?=", "a\u00e4b"),
        (b"=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("P\u00e4iv\u00e4\u00e4".encode(), "P\u00e4iv\u00e4\u00e4"),
        ("P\u00e4iv\u00e4\u00e4".encode("latin-1"), "P\u00e4iv\u00e4\u00e4"),
        (b"=?utf-8?q?with blanks inside?=", "with blanks inside"),
        (b"=?utf-8?b?SGk?=", "Hi"),
        (b"=?utf-8?b?*?=", ""),
        (b"=?no-such-charset?q?=C3=A4?=", "\u00e4"),
        (b"=?utf-7?q?+AGE-?=", "+AGE-"),
        (b"=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        (b"=?utf-8?q?abc", "=?utf-8?q?abc"),
        (b"=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0D=3D0ABcc=3F=3D?=", "a Bcc"),
        (b"=?utf-8?q?x_=3D=3Futf-8=3Fq=3Fa=3D0D=3D0ABcc=3F=3D?=", "x =?utf-8?q?a=0D=0ABcc?="),
        (b"=?utf-8?b?PT91dGYtOD9xP2I/PQ==?=", "b"),
        (b"=?utf-8?q?=?utf-8?q?b?=?=", "b"),
        (b"=?utf-8?q?Why?_Because?=", "Why? Because"),
        (b"=?utf-8?q?Why??=", "Why?"),
        (b"=?utf-8?b?SGk=?= =?utf-8?b?SGk=?=", "HiHi"),
        (b"=?utf-8?q?a\r\n b?=", "a b"),
        (b"=??q?=C3=A4?=", "\u00e4"),
        (b"=?utf-8?q?a=0D=0ABcc:_x@y?=", "a Bcc: x@y"),
        (b"a\r\n b\r\n\tc", "a b c"),
        (b"a\x00b\x07c\x1b[31md", "a b c [31md"),
        (b"=?utf-8?q?=E2=80=AEtxt?=", "txt"),
        (b"=?utf-16?q?=00=D8?=", "\u00d8"),
        (b"=?utf-8?q?=ED=A0=80?=", "\u00ed\u00a0\u20ac".replace("\u00a0", " ")),
    ],
)
def test_subjects(raw: bytes, expected: str) -> None:
    """Encoded words are decoded once, raw bytes as well as can be, and it is one clean line."""
    mail = parse(b"Subject: " + raw + b"\r\n\r\n")
    assert expected == mail.subject
    assert_sound(mail)


@pytest.mark.parametrize(
    ("head", "problem", "claimed"),
    [
        (b"", "no From field", ""),
        (b"Sender: s@a.example\r\n", "no From field", "s@a.example"),
        (b"From: a@a.example\r\nFrom: b@b.example\r\n", "2 From fields", "a@a.example"),
        (b"From: a@a.example\r\nFrom : b@b.example\r\n", "2 From fields", "a@a.example"),
        (b"From: a@a.example, b@b.example\r\n", "From names several mailboxes", "a@a.example"),
        (b"From: a@a <b@b.example>\r\n", "From is not one clean address", "b@b.example"),
        (b"From: root\r\nReturn-Path: <r@a.example>\r\n", "From is not one clean address",
         "r@a.example"),
        (b"From: j\xe4n@a.example\r\n", "From is not one clean address", "j\u00e4n@a.example"),
        (b"From: x" + b" x" * 9000 + b" <a@b.example>\r\n", "From field over 16384 bytes", ""),
    ],
)  # fmt: skip
def test_authors_that_cannot_be_trusted(head: bytes, problem: str, claimed: str) -> None:
    """Without exactly one clean From there is no author, only a guess for people to read."""
    mail = parse(head + b"Subject: x\r\n\r\nHello\r\n")
    assert mail.author is None
    assert problem == mail.author_problem
    assert claimed == (mail.claimed_author.address if mail.claimed_author else "")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 2 Nov 2026 10:00:00 +0100", datetime(2026, 11, 2, 9, tzinfo=UTC)),
        ("2 Nov 26 10:00 GMT", datetime(2026, 11, 2, 10, tzinfo=UTC)),
        ("Mon 2 Nov 2026 10:00:00 +0100", datetime(2026, 11, 2, 9, tzinfo=UTC)),
        ("Mon, 2 Nov 2026 10:00:00 GMT+01:00", datetime(2026, 11, 2, 9, tzinfo=UTC)),
        ("Mon Nov  2 10:00:00 2026", datetime(2026, 11, 2, 10, tzinfo=UTC)),
        ("Monday, November 2, 2026 10:00 PM", None),
        ("Mon, 31 Feb 2026 10:00:00 +0000", None),
        ("Mon, 2 Nov 99999999999999999999 10:00:00 +0000", None),
        ("31 Dec 9999 23:59:59 -2359", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates(value: str, expected: datetime | None) -> None:
    """A date is a moment in UTC or nothing."""
    assert expected == parse(f"Date: {value}\r\n\r\n".encode()).date


def test_only_the_newest_references_are_kept() -> None:
    """However long a conversation is, its newest ids are known."""
    ids = [f"<{n}@a.example>" for n in range(2000)]
    mail = parse(f"References: {' '.join(ids)}\r\n\r\n".encode())
    assert tuple(ids[-50:]) == mail.references


def test_ids_in_encoded_words_are_read() -> None:
    """Some programs fold long ids into encoded words; the conversation is kept all the same."""
    assert ("<a@b>",) == parse(b"In-Reply-To: =?utf-8?q?=3Ca=40b=3E?=\r\n\r\n").in_reply_to


@pytest.mark.parametrize(
    ("declared", "data", "expected"),
    [
        (
            "; charset=utf-8",
            "P\u00e4iv\u00e4\u00e4 \u20ac".encode(),
            "P\u00e4iv\u00e4\u00e4 \u20ac",
        ),
        ("; charset=iso-8859-1", b"P\xe4iv\xe4\xe4 \x80", "P\u00e4iv\u00e4\u00e4 \u20ac"),
        ("; charset=us-ascii", "\u00e4".encode(), "\u00e4"),
        ("; charset=", "\u00e4".encode(), "\u00e4"),
        ("", b"\xe4", "\u00e4"),
        ('; charset="utf-8', "\u00e4".encode(), "\u00e4"),
        ("; charset=utf-8", b"\xe4\xe4", "\u00e4\u00e4"),
        ("; charset=utf-8", "\u00e4\u00f6\u00fc".encode() + b"\xe4", "\u00e4\u00f6\u00fc\ufffd"),
        ("; charset=zlib", b"abc", "abc"),
        ("; charset=utf-16", "h\u00e4".encode("utf-16-le"), "h\u00e4"),
        ("; charset=gb2312", "\u4f60\u597d".encode("gbk"), "\u4f60\u597d"),
        ("; charset=iso-2022-jp", "\u30c6".encode("iso2022_jp"), "\u30c6"),
        ("", b"\xef\xbb\xbfabc", "abc"),
        ("", b"a\r\nb\rc\nd\x00e\x0b", "a\nb\nc\nde"),
    ],
)
def test_charsets(declared: str, data: bytes, expected: str) -> None:
    """The label is believed when it fits, then UTF-8, then windows-1252."""
    head = f"Content-Type: text/plain{declared}\r\n\r\n".encode()
    mail = parse(head + data)
    assert expected == mail.text
    assert_sound(mail)


@pytest.mark.parametrize(
    ("encoding", "data", "expected"),
    [
        ("quoted-printable", b"a=C3=A4=\r\nb=3D\r\n", "a\u00e4b="),
        ("Quoted-Printable ; x", b"=C3=A4", "\u00e4"),
        ("quoted-printable", b"broken =ZZ =", "broken =ZZ"),
        ("quoted-printable", b"one= \r\n word= is=\t\nhere", "one word= ishere"),
        ("BASE64", base64.b64encode("\u00e4".encode()), "\u00e4"),
        ("base64", b"SGVs bG8*\r\n=", "Hello"),
        ("base64", b"SGVsbG8", "Hello"),
        ("base64", b"SGVs\r\nbG8=\r\nSQ==\r\nYW0gTm8=\r\n\r\n", "HelloIam No"),
        ("base64", b"SGVsbG8=\nSent by us", "Hello"),
        ("base64", b"SGVsbG8=\r\n-- \r\nA list of ours", "Hello"),
        ("base64", b"SGVsbG8h\r\n\r\n_______\r\nA list of ours", "Hello!"),
        ("base64", b"SGVsbG8h\n----no boundary of ours--", "Hello!"),
        (
            "base64",
            b"Nobody encoded this, and so it is read.",
            "Nobody encoded this, and so it is read.",
        ),
        ("base64", b"S", ""),
        ("8bit", "\u00e4".encode(), "\u00e4"),
        ("no-such", "\u00e4".encode(), "\u00e4"),
    ],
)
def test_transfer_encodings(encoding: str, data: bytes, expected: str) -> None:
    """Broken encodings give what can be made of them."""
    head = f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    assert expected == parse(head + data).text


def test_the_parts_of_a_mail() -> None:
    """Text, HTML, inline images and attachments are told apart, and found again by number."""
    raw = multipart(
        'Content-Type: multipart/alternative; boundary="i"\r\n\r\n'
        "--i\r\n\r\nplain\r\n--i\r\nContent-Type: text/html\r\n\r\n<b>html</b>\r\n--i--",
        "Content-Type: image/png\r\nContent-Disposition: inline\r\nContent-ID: <logo>\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nAAEC",
        'Content-Type: application/pdf; name="=?utf-8?q?r=C3=A4.pdf?="\r\n\r\n%PDF',
        "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner text",
        "Content-Disposition: attachment; filename*0*=utf-8''%C3%A4; filename*1=.txt\r\n\r\nx",
    )
    mail = parse(raw)
    assert "plain" == mail.text
    assert "<b>html</b>" == mail.html
    assert (
        Attachment(4, "part-4.png", "image/png", 3, Disposition.INLINE, "logo"),
        Attachment(5, "r\u00e4.pdf", "application/pdf", 4),
        Attachment(6, "inner.eml", "message/rfc822", 28),
        Attachment(7, "\u00e4.txt", "text/plain", 1),
    ) == mail.attachments
    assert [b"\x00\x01\x02", b"%PDF", b"Subject: inner\r\n\r\ninner text", b"x"] == [
        content(raw, attachment) for attachment in mail.attachments
    ]


def test_a_mail_of_many_attachments() -> None:
    """A hundred are listed; that there are more is said."""
    part = "Content-Type: image/png\r\n\r\nx"
    mail = parse(multipart(*[part] * 100))
    assert ("", 100) == (mail.opaque, len(mail.attachments))
    mail = parse(multipart(*[part] * 101))
    assert ("more than 100 attachments", 100) == (mail.opaque, len(mail.attachments))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Users\\\\jan\\\\report.pdf", "report.pdf"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("con.txt", "_con.txt"),
        (".htaccess", "htaccess"),
        ("name. . .", "name"),
        ("a<b>:c|d?e*f.txt", "a_b__c_d_e_f.txt"),
        ("\u200b", "part-1.bin"),
        ("...", "part-1.bin"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_attachment_names(name: str, expected: str) -> None:
    """A shown name is no path, holds nothing unseen, and is not too long."""
    raw = multipart(
        f'Content-Type: a/b\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\nx'
    )
    assert [expected] == [a.name for a in parse(raw).attachments]


def test_an_unreadable_mail() -> None:
    """Of a mail that ended its reader, the head alone is looked at, and it is kept whole."""
    raw = mail_bytes(body="--x\r\n")
    mail = unreadable(raw)
    assert mail.author is None
    assert Mailbox("", "jan@klant.example") == mail.claimed_author
    assert ("Question", "<1@klant.example>", "unreadable") == (
        mail.subject,
        mail.message_id,
        mail.opaque,
    )
    assert (Attachment(0, "message.eml", "message/rfc822", len(raw)),) == mail.attachments
    assert raw == content(raw, mail.attachments[0])
    assert_sound(mail)


_TOKENS = [
    *(b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Message-ID: ", b"References: "),
    *(b"Content-Type: ", b"multipart/mixed; boundary=b", b"message/rfc822", b"text/html"),
    *(b"Content-Transfer-Encoding: ", b"base64", b"quoted-printable", b"charset=", b"name*0*="),
    *(b"--b", b"--b--", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b":", b";", b'"', b"<"),
    *(b">", b"@", b",", b"(", b")", b"=?utf-8?q?", b"?=", b"=?utf-8?b?", b"\x00", b"\xe4", b"\xed"),
    *(b"begin 644 a\n", b"#86)C\n", b"end\n", b"text/calendar", b"BEGIN:VEVENT\n", b'x\x9f>"'),
    *(b"\xa0\x80", b"a", b"utf-16", b"&#x0;", b"</p>", b"<style>", b"%ED%A0%80", b"''"),
]


@given(st.binary())
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    """Reading never raises and what is read is sound."""
    assert_sound(parse(raw))
    assert_sound(unreadable(raw))


@given(st.lists(st.sampled_from(_TOKENS), max_size=60).map(b"".join))
def test_any_pieces_of_mail_are_a_mail(raw: bytes) -> None:
    """The same for what looks more like mail, with every attachment found again."""
    mail = parse(raw)
    assert_sound(mail)
    assert [a.size for a in mail.attachments] == [len(content(raw, a)) for a in mail.attachments]
    assert_sound(unreadable(raw))


def test_a_report_explains_itself() -> None:
    """Where nothing else is to be read, the first part of a report is."""
    kind = "Content-Type: message/delivery-status\r\n\r\n"
    mail = parse(multipart(f"{kind}Not delivered.", f"{kind}Status: 5.1.1", kind="report"))
    assert ("Not delivered.", 2) == (mail.text, len(mail.attachments))
    assert "Told" == parse(multipart("\r\nTold", f"{kind}Status: 5.1.1", kind="report")).text
