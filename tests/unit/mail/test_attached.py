"""What attachments are called, and which stand in the text."""

import pytest

from gateway.mail.format import filename, media_types
from gateway.mail.model import Disposition
from gateway.mail.parse import parse
from lib.mails import mail_bytes, multipart


def names(*parts: str, kind: str = "mixed") -> list[str]:
    """Give the names of the attachments of a mail with these parts."""
    return [a.name for a in parse(multipart(*parts, kind=kind)).attachments]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('Content-Type: a/b; name="n.x"\r\nContent-Disposition: inline; filename=f.x', "f.x"),
        ('Content-Type: a/b; name="n.x"\r\nContent-Disposition: attachment', "n.x"),
        ('Content-Type: a/b; name="n.x"\r\nContent-Disposition: attachment; filename=""', "n.x"),
        (
            "Content-Type: image/png\r\nContent-Location: http://a.example/d/logo.png?x=1",
            "logo.png",
        ),
        ("Content-Type: image/png\r\nContent-Location: part", "part-1.png"),
        ("Content-Type: a/b\r\nContent-Disposition: attachment filename=f.x", "f.x"),
        ("Content-Type: a/b; name=two words.pdf", "two words.pdf"),
        ("Content-Type: a/b; name==?utf-8?q?=C3=A4?=.pdf", "\u00e4.pdf"),
        ("Content-Type: a/b; name*0*=utf-8''%C3; name*1*=%A4.pdf", "\u00e4.pdf"),
        ("Content-Type: a/b; name*=iso-8859-1'fi'%E4.pdf; name=a.pdf", "\u00e4.pdf"),
        ("Content-Type: a/b; name=a\u0308.pdf", "\u00e4.pdf"),
        ("Content-Type: application/pdf", "part-1.pdf"),
        ("Content-Type: x/y", "part-1.bin"),
        ("Content-Type: text/calendar", "invite.ics"),
        ("Content-Type: message/rfc822", "message-1.eml"),
    ],
)
def test_names(head: str, expected: str) -> None:
    """A name is found wherever programs write it; without one there is one made up."""
    assert [expected] == names(f"{head}\r\n\r\nx")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Order 1/2: when?", "Order 1_2_ when_.eml"),
        ("=?utf-8?q?P=C3=A4iv=C3=A4=C3=A4?=", "P\u00e4iv\u00e4\u00e4.eml"),
        ("x" * 300, "x" * 146 + ".eml"),
        ("con", "_con.eml"),
        ("..", "message-1.eml"),
        ("", "message-1.eml"),
    ],
)
def test_attached_mails_are_called_by_their_subjects(subject: str, expected: str) -> None:
    """As mail programs do it."""
    assert [expected] == names(f"Content-Type: message/rfc822\r\n\r\nSubject: {subject}\r\n\r\nx")


def test_equal_names_stay_equal() -> None:
    """They are told apart by their parts, so none is changed."""
    part = "Content-Type: image/png; name=a.png\r\n\r\nx"
    assert ["a.png", "a.png"] == names(part, part)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/b\\c/d.txt", "d.txt"),
        ("\x00evil\x1f.txt", "evil.txt"),
        ("a\u200b\u2066b\u202e.txt", "ab.txt"),
        ("AUX", "_AUX"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("name.pdf . . ", "name.pdf"),
        ("\ud800.txt", "txt"),
        ("\u4f60" * 100 + ".docx", "\u4f60" * 48 + ".docx"),
        ("a." + "b" * 200, "a." + "b" * 148),
        ("~$report.doc", "~$report.doc"),
    ],
)
def test_clean_names(name: str, expected: str) -> None:
    """Nothing in a name leads elsewhere, hides, or is too long to save."""
    assert expected == filename.clean(name)
    assert len(expected.encode()) <= filename.MAX_BYTES


IMAGE = "Content-Type: image/png; name=a.png\r\nContent-ID: <a%20b@c>\r\n"


@pytest.mark.parametrize(
    ("html", "head", "kind", "inline"),
    [
        ("<img src='cid:a%2520b@c'>", IMAGE, "mixed", True),
        (
            "<img src='cid:a%2520b@c'>",
            f"{IMAGE}Content-Disposition: attachment\r\n",
            "mixed",
            True,
        ),
        ("", IMAGE, "mixed", False),
        ("", f"{IMAGE}Content-Disposition: inline\r\n", "mixed", True),
        ("", IMAGE, "related", True),
        ("", f"{IMAGE}Content-Disposition: attachment\r\n", "related", False),
        ("", "Content-Type: image/png\r\nContent-Location: a.png\r\n", "related", True),
        ("", "Content-Type: application/pdf\r\nContent-Disposition: inline\r\n", "mixed", False),
    ],
)
def test_what_is_inline(html: str, head: str, kind: str, *, inline: bool) -> None:
    """What the text shows is inline; a document that could be shown is an attachment."""
    raw = multipart(f"Content-Type: text/html\r\n\r\n<p>x</p>{html}", f"{head}\r\nx", kind=kind)
    disposition = Disposition.INLINE if inline else Disposition.ATTACHED
    assert [disposition] == [a.disposition for a in parse(raw).attachments]


def test_a_multipart_without_parts_is_no_attachment() -> None:
    """What it holds is text, if it holds anything."""
    inner = "Content-Type: multipart/mixed; boundary=i\r\n\r\n"
    assert ((), "x") == _read(multipart("\r\nx", inner))
    assert ((), "x\n\nlost") == _read(multipart("\r\nx", f"{inner}lost"))
    assert ((), "lost") == _read(mail_bytes(Content_Type="multipart/mixed", body="lost"))


def _read(raw: bytes) -> tuple[tuple[object, ...], str]:
    mail = parse(raw)
    return mail.attachments, mail.text


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Content-Type: application-x-gzip; name=a.gz", ["application/gzip"]),
        ("Content-Type: attachment\r\nContent-Disposition: x; filename=a.pdf", ["application/pdf"]),
        ("Content-Type: text", []),
        ("Content-Type: foo; name=a", ["text/plain"]),
        ("Content-Type: application/x; name=a.pdf", ["application/x"]),
    ],
)
def test_types_that_are_none(head: str, expected: list[str]) -> None:
    """What is no media type is text, unless a name tells more; what is one is believed."""
    raw = multipart("\r\nHello", f"{head}\r\n\r\nx")
    assert expected == [a.media_type for a in parse(raw).attachments]


def test_extensions_and_types() -> None:
    """The table is one in both directions."""
    assert "jpg" == media_types.extension("image/jpeg")
    assert "bin" == media_types.extension("x/y")
    assert "txt" == media_types.extension("text/x-y")
    for extension in ("pdf", "jpg", "ics", "eml", "txt", "docx"):
        media_type = media_types.media_type(f"a.{extension.upper()}")
        assert extension == media_types.extension(media_type)
    assert "application/octet-stream" == media_types.media_type("README")
    assert "application/octet-stream" == media_types.media_type("a.unknown")
