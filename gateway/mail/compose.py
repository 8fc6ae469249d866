"""Outgoing mail: values to the bytes that the courier hands over, checked before anybody has them.

Whatever a customer wrote is cleaned before it stands in a header, and the finished bytes are read
again: they must have exactly the header fields that were meant, so that no trick with encoded
words adds one.
"""

import hashlib
import quopri
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import HeaderParseError
from email.header import Header
from email.utils import format_datetime, quote
from enum import StrEnum
from functools import lru_cache

from gateway.mail.enclosure import Enclosure
from gateway.mail.model import Mailbox

_LONGEST_HEADER_TEXT = 200
_LONGEST_NAME = 100
_LONGEST_LINE = 998
# What longer ones are folded at (RFC 5322 section 2.1.1).
_LINE = 76
_IN_NO_ENCODING = "=_"
# How a line begins that goes on with the field above it (RFC 5322 section 2.2.3).
_FOLDED = (b" ", b"\t")
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


_Fields = list[tuple[str, str]]


class Unsafe(ValueError):
    """A composed mail does not have the header fields that were meant; it must not go out."""


class Origin(StrEnum):
    """Who says what a mail says, as in Auto-Submitted (RFC 3834 section 5)."""

    PERSON = "no"
    REPLIED = "auto-replied"
    GENERATED = "auto-generated"


@dataclass(frozen=True, slots=True)
class Letter:
    """What an outgoing mail says. `references` end with the mail that is answered, if any.

    `language` is that of the body, as in Content-Language (RFC 3282); "" leaves it unsaid.
    `reply_to` is the address that answers go to, "" for the sender's. `html` says the same as the
    body for programs that show it, "" if there is none.
    """

    sender: Mailbox
    to: Mailbox
    subject: str
    body: str
    message_id: str
    at: datetime
    references: tuple[str, ...] = ()
    origin: Origin = Origin.REPLIED
    language: str = ""
    reply_to: str = ""
    html: str = ""
    enclosures: tuple[Enclosure, ...] = ()


def compose(letter: Letter) -> bytes:
    """Give the mail as bytes with CRLF line ends. Raises Unsafe, and then nothing may be sent.

    The fields are written here rather than by EmailMessage: its message ids come out encoded once
    they are longer than a line, which breaks threads, and it takes ten times as long.
    """
    parted = bool(letter.html or letter.enclosures)
    kind, body = _text(letter.body, "plain", parted=parted)
    if letter.html:
        # What comes last is what the sender would rather have shown (RFC 2046 section 5.1.4).
        both = (_part(kind, body), _part(*_text(letter.html, "html", parted=True)))
        kind, body = _multipart("alternative", _boundary(letter, "a"), both)
    if letter.enclosures:
        parts = (_part(kind, body), *(enclosure.part for enclosure in letter.enclosures))
        kind, body = _multipart("mixed", _boundary(letter, ""), parts)
    fields = [*_fields(letter), ("MIME-Version", "1.0"), *kind]
    head = _block(fields)
    _check(head, [name for name, _ in fields])
    return head + b"\r\n" + body


def _fields(letter: Letter) -> _Fields:
    """Give the header fields that say what the mail is, without those of MIME."""
    fields = [
        ("From", _address(letter.sender, "From")),
        ("To", _address(letter.to, "To")),
        ("Subject", _words(header_text(letter.subject), "Subject")),
        ("Date", _date(letter.at, letter.at.utcoffset())),
        ("Message-ID", letter.message_id),
    ]
    if letter.reply_to:
        fields.append(("Reply-To", letter.reply_to))
    if letter.references:
        fields += [
            ("In-Reply-To", letter.references[-1]),
            ("References", "\r\n ".join(letter.references)),
        ]
    if letter.origin is not Origin.PERSON:
        # RFC 3834 section 5; the other two are for responders that do not know it.
        fields += [
            ("Auto-Submitted", letter.origin.value),
            ("Precedence", "bulk"),
            ("X-Auto-Response-Suppress", "All"),
        ]
    if letter.language:
        fields.append(("Content-Language", letter.language))
    return fields


# All mails of a batch are of the same moment. Equal moments of two zones are written differently.
@lru_cache(maxsize=16)
def _date(at: datetime, offset: timedelta | None) -> str:
    del offset
    return format_datetime(at)


def _block(fields: Sequence[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode("utf-8", "replace")


def _boundary(letter: Letter, level: str) -> str:
    """Give a boundary that is this mail's own; no base64 and no quoted-printable can hold it."""
    digest = hashlib.sha256(letter.message_id.encode("utf-8", "replace")).hexdigest()
    return f"{_IN_NO_ENCODING}{level}{digest[:32]}"


def _multipart(kind: str, boundary: str, parts: Sequence[bytes]) -> tuple[_Fields, bytes]:
    """Give the MIME field and the body of several parts as one (RFC 2046 section 5.1)."""
    delimiter = f"--{boundary}".encode()
    lines = [line for part in parts for line in (delimiter, part)]
    body = b"\r\n".join((*lines, delimiter + b"--\r\n"))
    return [("Content-Type", f'multipart/{kind};\r\n boundary="{boundary}"')], body


def _part(kind: _Fields, body: bytes) -> bytes:
    return _block(kind) + b"\r\n" + body


# What several people are told alike is encoded once; they are told one after the other.
@lru_cache(maxsize=4)
def _text(text: str, subtype: str, *, parted: bool) -> tuple[_Fields, bytes]:
    """Give the MIME fields of a text, and its bytes (RFC 2045 section 6).

    In a mail of several parts it may not hold what only their boundaries have.
    """
    lines = text.splitlines()
    plain = text.isascii() and all(len(line) < _LONGEST_LINE for line in lines)
    if parted and _IN_NO_ENCODING in text:
        plain = False
    data = "\n".join([*lines, ""]).encode("utf-8", "replace")
    if not plain:
        data = quopri.encodestring(data)
    kind = [
        ("Content-Type", f"text/{subtype}; charset=utf-8"),
        ("Content-Transfer-Encoding", "7bit" if plain else "quoted-printable"),
    ]
    data = data.replace(b"\n", b"\r\n")
    _check_lines(data)
    return kind, data


def _words(text: str, field: str) -> str:
    """Write cleaned text for a header field, folded, in encoded words if need be (RFC 2047)."""
    if text.isascii() and len(field) + len(": ") + len(text) <= _LINE:
        return text
    charset = "us-ascii" if text.isascii() else "utf-8"
    try:
        return Header(text, charset, header_name=field).encode(linesep="\r\n")
    except HeaderParseError as error:
        raise Unsafe(f"the text of {field} holds a header field") from error


def _address(mailbox: Mailbox, field: str) -> str:
    """Write a mailbox for a header field; its display name is cleaned like any text."""
    name = header_text(mailbox.name)[:_LONGEST_NAME].rstrip()
    if not name:
        return mailbox.address
    shown = f'"{quote(name)}"' if name.isascii() else _words(name, field)
    return f"{shown} <{mailbox.address}>"


def header_text(text: str) -> str:
    """Make any text fit to stand in a header: one line, no control, no encoded word, bounded."""
    kept = text if text.isascii() and text.isprintable() else _kept(text)
    kept = kept.replace("=?", "= ?")
    return " ".join(kept.split())[:_LONGEST_HEADER_TEXT].rstrip()


def _kept(text: str) -> str:
    return "".join(
        " " if c.isspace() else c
        for c in text
        if c.isspace() or unicodedata.category(c) not in _UNWANTED
    )


def reference_list(references: Sequence[str], answered: str) -> tuple[str, ...]:
    """Give the References of an answer (RFC 5322 section 3.6.4), oldest first, bounded.

    The first id keeps the thread together and the last ones matter most, so the middle goes.
    """
    ids = [i for i in dict.fromkeys((*references, answered)) if _is_plain_id(i)]
    return tuple(ids if len(ids) <= _MOST_IDS else [ids[0], *ids[-(_MOST_IDS - 1) :]])


_MOST_IDS = 20
_LONGEST_ID = 500


def _is_plain_id(message_id: str) -> bool:
    """Say whether an id can be repeated on a header line as it is."""
    return (
        2 < len(message_id) <= _LONGEST_ID
        and message_id.isascii()
        and message_id.isprintable()
        and message_id[0] == "<"
        and message_id[-1] == ">"
        and not any(c in " <>" for c in message_id[1:-1])
    )


def _check(head: bytes, meant: Sequence[str]) -> None:
    """Read a header block again: exactly the fields meant, in well-formed lines."""
    _check_lines(head)
    lines = head.removesuffix(b"\r\n").split(b"\r\n")
    found = [line.partition(b":")[0] for line in lines if line[:1] not in _FOLDED]
    if found != [name.encode() for name in meant] or not all(map(bytes.strip, lines)):
        message = f"the composed mail has the header fields {found}"
        raise Unsafe(message)


def _check_lines(content: bytes) -> None:
    """Make sure that there is no bare CR or LF, and no line that is too long (RFC 5322)."""
    lines = content.split(b"\r\n")
    bare = any(content.count(end) >= len(lines) for end in (b"\r", b"\n"))
    if bare or max(map(len, lines)) > _LONGEST_LINE:
        message = "the composed mail has a line that is not one"
        raise Unsafe(message)
