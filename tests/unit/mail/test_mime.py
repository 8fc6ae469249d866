"""The MIME tree: which parts a mail has, and where the limits are."""

import email
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.format import content_type, mime
from gateway.mail.format.mime import Tree, read_tree
from gateway.mail.format.prescan import read_block
from lib.mails import multipart


def tree(raw: bytes) -> Tree:
    """Read the tree of a whole mail."""
    return read_tree(raw, read_block(raw))


def types(raw: bytes) -> list[str]:
    """Give the media types of the leaves."""
    return [leaf.media_type for leaf in tree(raw).leaves()]


def nested(depth: int) -> bytes:
    """Write multiparts inside each other."""
    heads = [
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth)
    ]
    return ("".join(heads) + "\r\ndeep\r\n").encode()


@pytest.mark.parametrize(
    ("raw", "payloads"),
    [
        (multipart("\r\none", "\r\ntwo"), [b"one", b"two"]),
        (multipart("\r\none\r\n", "\r\n"), [b"one\r\n", b""]),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n", [b"one"]),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none", [b"one"]),
        (b"Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\n1\n--b--\nepi", [b"1"]),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b  \n\none\n--b-- \t\n", [b"one"]),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b x\n\n1\n--b-- x\nepi", [b"1"]),
        (b'Content-Type: multipart/mixed; boundary="b "\n\n--b \n\n1\n--b --\nepi', [b"1"]),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n-- b\n--b--", [b"1\n-- b"]),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--bb\n\nx\n--b\n\n1\n--b--", [b"1"]),
        (b"Content-Type: multipart/mixed; boundary=b\n\nno parts", [b"no parts"]),
        (b"Content-Type: multipart/mixed\n\n--b\n\nx\n--b--", [b"--b\n\nx\n--b--"]),
        (b'Content-Type: multipart/mixed; boundary="b c"\n\n--b c\n\n1\n--b c--', [b"1"]),
        (b"Content-Type: multipart/mixed; boundary*0=b; boundary*1=c\n\n--bc\n\n1\n--bc--", [b"1"]),
        (b"Content-Type: multipart/mixed; boundary=b:c\n\n--b:c\n--b:c\n\n1\n--b:c--", [b"", b"1"]),
    ],
)
def test_the_bodies_of_the_parts(raw: bytes, payloads: list[bytes]) -> None:
    """The line end before a delimiter belongs to the delimiter; what stands outside is no part."""
    assert payloads == [leaf.payload(raw) for leaf in tree(raw).leaves()]


@pytest.mark.parametrize("declared", ["", "; boundary=", '; boundary=""', "; boundary=other"])
def test_a_boundary_that_is_not_known(declared: str) -> None:
    """It is read off the first delimiter, where a mail does not declare the right one."""
    head = f"Content-Type: multipart/mixed{declared}\r\n\r\nTo all\r\n-- \r\n"
    raw = head + "--b c\r\nContent-Type: text/html\r\n\r\n1\r\n--b c\r\n\r\n2\r\n--b c--\r\n"
    assert [b"1", b"2"] == [leaf.payload(raw.encode()) for leaf in tree(raw.encode()).leaves()]


def test_media_types() -> None:
    """What is missing or no media type takes the default; a digest's parts are mails."""
    raw = multipart(
        "Content-Type: text\r\n\r\nx", "Content-Type: TEXT/HTML (c); a=b\r\n\r\nx", "\r\nx"
    )
    assert ["text/plain", "text/html", "text/plain"] == types(raw)
    assert ["message/rfc822"] == types(multipart("\r\nFrom: a\r\n\r\nx", kind="digest"))


def test_a_mail_in_a_mail_is_one_part() -> None:
    """The parts of an attached mail are its own."""
    inner = "Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n"
    assert ["message/rfc822"] == types(multipart(inner + "--i\r\n\r\nx\r\n--i--"))


def test_an_outer_delimiter_ends_every_inner_part() -> None:
    """A part that was never closed takes nothing of what follows it."""
    inner = "Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nunclosed"
    raw = multipart(inner, "\r\nnext")
    assert [b"unclosed", b"next"] == [leaf.payload(raw) for leaf in tree(raw).leaves()]


def test_depth_is_limited() -> None:
    """At the limit all is read; what lies deeper stays whole."""
    assert ("", 33) == (tree(nested(32)).problem, len(tree(nested(32)).parts))
    deeper = tree(nested(33))
    assert ("parts nested deeper than 32", 33) == (deeper.problem, len(deeper.parts))
    assert ("rest-of-mail.txt", b"--b32") == (
        deeper.parts[-1].name,
        deeper.parts[-1].payload(nested(33))[:5],
    )


def test_the_number_of_parts_is_limited() -> None:
    """At the limit all is read; the rest beyond it is one part, and nothing is lost."""
    most = mime.MAX_PARTS - 1
    assert "" == tree(multipart(*["\r\nx"] * most)).problem
    raw = multipart(*["\r\nx"] * (most + 2))
    cut = tree(raw)
    assert "more than 500 parts" == cut.problem
    assert b"--b\r\n\r\nx\r\n--b\r\n\r\nx\r\n--b--\r\n" == cut.parts[-1].payload(raw)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"text/plain; charset=utf-8", {"charset": "utf-8"}),
        (b'text/plain; a="b;c\\"d"; E = f', {"a": 'b;c"d', "e": "f"}),
        (b"x; name=a b.txt; n=1", {"name": "a b.txt", "n": "1"}),
        (b"x; name=a; name=b", {"name": "a"}),
        (b'x; name="unclosed', {"name": "unclosed"}),
        (b"x; name*=utf-8'en'%C3%A4", {"name": "\u00e4"}),
        (b"x; name=plain; name*=utf-8''%C3%A4", {"name": "\u00e4"}),
        (b"x; name*1=b; name*0=a", {"name": "ab"}),
        (b"x; name*0*=iso-8859-1''%E4; name*1=b; name*2*=%E4", {"name": "\u00e4b\u00e4"}),
        (b"x; name*99999999999999=b", {"name*99999999999999": "b"}),
        (b'x; name="=?utf-8?q?=C3=A4?="', {"name": "\u00e4"}),
        (b'x; name="C:\\dir\\file"', {"name": "C:\\dir\\file"}),
        (b"text/plain charset=utf-8 format=flowed", {"charset": "utf-8", "format": "flowed"}),
        (b'x\r\n\tboundary="b"', {"boundary": "b"}),
        (b'x; name="a b" charset=c', {"name": "a b", "charset": "c"}),
        (b"x; name=a b=c.txt; n=1", {"name": "a b=c.txt", "n": "1"}),
        (b'; filename="a"', {"filename": "a"}),
        (b"x; (comment) name=a", {"name": "a"}),
        (b"x; name*0==?utf-8?q?; name*1=a=C3=A4?=", {"name": "a\u00e4"}),
        (b"x; name*=''a%20b", {"name": "a b"}),
        (b'x; charset = "utf-8" ', {"charset": "utf-8"}),
        (b"x;; name=a ;;n=1;", {"name": "a", "n": "1"}),
        (b";;;;;", {}),
        (b"", {}),
    ],
)
def test_parameters(value: bytes, expected: dict[str, str]) -> None:
    """Parameters are read in all the ways in which programs write them."""
    assert expected == content_type.parse(value).parameters


_LINES = st.lists(
    st.sampled_from(
        [
            *("--b\n", "--b--", "--c\n", "--c--", "", "text", "Content-Type: text/html"),
            *("Content-Type: multipart/mixed; boundary=c", "Content-Type: application/pdf"),
        ]
    ),
    max_size=30,
)


def _leaves(message: Message) -> list[str]:
    return [part.get_content_type() for part in message.walk() if not part.is_multipart()]


@given(_LINES)
def test_the_standard_library_sees_the_same_parts(lines: list[str]) -> None:
    """On mail within the limits the tree is that of the library's parser, where it keeps one."""
    head = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n"
    raw = (head + "\n".join(lines) + "\n--b--\n").encode()
    parsed = email.message_from_bytes(raw)
    if any(part.defects for part in parsed.walk()):
        return
    assert _leaves(parsed) == types(raw)
