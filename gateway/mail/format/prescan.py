"""The header block of a mail as raw fields, read from the bytes alone: linear, and never raises.

This is the only reader of header blocks, for whole mails, for MIME parts, and for mails that
nothing else could read, so that two readers cannot disagree on who wrote a mail. Lines end with
LF or CRLF; a bare CR is data, and makes an address unclean later (RFC 5322 section 2.2).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BLOCK = 128 * 1024
MAX_FIELDS = 1000
MAX_FIELD = 16 * 1024
MAX_LINES = 1_000_000

_HEAD = 64 * 1024
_LONGEST_ID = 998

# Blanks before the colon are obsolete syntax (RFC 5322 section 4.5) that other readers take for
# the same field, so it has to count here, too.
_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
# A whole field with its folds; a delimiter of a part is none.
_FIELD = re.compile(rb"(?!--)([!-9;-~]{1,200})[ \t]*:([^\n]*+(?:\n[ \t][^\n]*+)*+\n?)")
# Fields, and then the first Message-ID, at the beginning of a mail without anything odd before it.
_TO_MESSAGE_ID = re.compile(
    rb"(?:(?!--|(?i:message-id)[ \t]*:)[!-9;-~]{1,200}[ \t]*:[^\n]*+(?:\n[ \t][^\n]*+)*+\n){0,500}+"
    rb"(?i:message-id)[ \t]*:([^\n]*+(?:\n[ \t][^\n]*+)*+)"
)
# What an mbox archive puts in front of a mail.
_SEPARATORS = (b"From ", b">From ")
# Editors and exports add a byte order mark.
_BLANK_LINES = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*\r?\n)*+")
_PARAMETER = re.compile(rb"[A-Za-z][A-Za-z0-9*_-]{0,40}=")
# How far a stray line may reach before it is taken for the beginning of the body.
_STRAY_LINES = 16
_STRAY_BYTES = 4096
# The most blanks that are looked at behind the value of a field.
_LONGEST_END = 200
# What follows a stray line in a header block, and hardly ever begins a line of a body.
_KNOWN = frozenset(
    {"from", "to", "cc", "bcc", "subject", "date", "message-id", "in-reply-to", "references"}
    | {"reply-to", "sender", "received", "return-path", "delivered-to", "mime-version"}
    | {"user-agent", "envelope-to", "importance", "priority", "precedence", "thread-topic"}
    | {"thread-index", "errors-to", "organization", "authentication-results", "auto-submitted"}
)
_KNOWN_STARTS = ("x-", "content-", "list-", "resent-", "dkim-", "arc-", "received-")
_IDS = re.compile(r"<[^<>\s]{1,996}>")


@dataclass(frozen=True, slots=True)
class Field:
    """A header field: its name in lower case, and its raw value with the folds still in."""

    name: str
    raw: bytes

    @property
    def value(self) -> bytes:
        """Give the part of the value that is read: its first MAX_FIELD bytes."""
        return self.raw[:MAX_FIELD]

    @property
    def tail(self) -> bytes:
        """Give the end of the value, where References has the newest ids."""
        return self.raw[-MAX_FIELD:]

    @property
    def whole(self) -> bool:
        """Say whether all of the value is read."""
        return len(self.raw) <= MAX_FIELD


@dataclass(frozen=True, slots=True)
class Block:
    """The fields of a header block, where the body begins, and which limit was met, if any.

    `sound` counts the fields before the first stray line: up to there every reader agrees on what
    the fields are, and behind it some see the body already.
    """

    fields: tuple[Field, ...]
    body: int
    problem: str = ""
    sound: int = MAX_FIELDS

    def values(self, name: str) -> Iterator[bytes]:
        """Give the raw values of every field of that name (lower case)."""
        return (field.value for field in self.fields if field.name == name)

    def first(self, name: str) -> bytes:
        """Give the raw value of the first field of that name (lower case), b"" if none."""
        for field in self.fields:
            if field.name == name:
                return field.value
        return b""


def with_line_feeds(raw: bytes) -> bytes:
    """Give mail whose lines end with CR alone, as some old archives have it, line feeds.

    The length stays, so that offsets count in both.
    """
    return raw.replace(b"\r", b"\n") if b"\n" not in raw and b"\r" in raw else raw


def too_much(raw: bytes) -> str:
    """Say which limit the mail as a whole is over, "" if none; costs one pass of memchr."""
    if raw.count(b"\n") > MAX_LINES:
        return f"more than {MAX_LINES} lines"
    return ""


def read_block(raw: bytes, start: int = 0, *, top: bool = True) -> Block:
    """Read the header block that begins at `start`; `top` for a whole mail, not a MIME part.

    A mail may begin with blank lines, an mbox separator or a stray line before its first field.
    The block ends at the first blank line, or before a line that can be no field. Stray lines that
    fields follow after all, as a fold that lost its blank, are kept with the field before them.
    """
    position = _first_field(raw, start) if top else start
    end = min(len(raw), start + MAX_BLOCK)
    fields: list[Field] = []
    sound = MAX_FIELDS
    while position < end:
        match = _FIELD.match(raw, position, end)
        if match is not None:
            if len(fields) == MAX_FIELDS:
                problem = f"more than {MAX_FIELDS} header fields"
                return Block(tuple(fields), position, problem, sound)
            name, value = match.groups()
            fields.append(Field(name.decode("ascii").lower(), value))
            position = match.end()
        elif raw.startswith((b"\n", b"\r\n"), position):
            return Block(tuple(fields), raw.index(b"\n", position) + 1, sound=sound)
        elif raw.startswith(_SEPARATORS, position):
            position = _end_of_field(raw, position, end)
        else:
            stray = position
            position, sure = _beyond(raw, stray, end, fields, top=top)
            sound = sound if sure else min(sound, len(fields))
            if position == stray:
                return Block(tuple(fields), stray, sound=sound)
            fields[-1] = Field(fields[-1].name, fields[-1].raw + raw[stray:position])
    problem = "" if position >= len(raw) else f"header block over {MAX_BLOCK} bytes"
    return Block(tuple(fields), position, problem, sound)


def leading_fields(raw: bytes) -> Iterator[Field]:
    """Give the fields of a whole mail from the top, as far as nothing but fields stands there.

    Each is as `read_block` has it, and costs nothing until it is asked for.
    """
    position = _first_field(raw, 0)
    end = min(len(raw), MAX_BLOCK)
    last: Field | None = None
    for _ in range(MAX_FIELDS):
        match = _FIELD.match(raw, position, end)
        if match is None:
            break
        # What no field follows may go on with a stray line.
        if last is not None:
            yield last
        last = Field(match[1].decode("ascii").lower(), match[2])
        position = match.end()


def _beyond(
    raw: bytes, stray: int, end: int, fields: list[Field], *, top: bool
) -> tuple[int, bool]:
    """Find where a block goes on that has a line that is no field; `stray` if it ends there.

    The second value says whether every reader sees the same fields.
    """
    if not fields or _ends_blank(fields[-1]):
        return stray, False
    if _is_parameter(raw, stray, fields[-1]):
        return _end_of_field(raw, stray, end), True
    return _behind_stray_lines(raw, stray, end, top=top), False


def _ends_blank(field: Field) -> bool:
    """Say whether the last fold of a field is a line of blanks, which was meant to end the head."""
    ending = field.raw[-_LONGEST_END:]
    return ending[len(ending.rstrip()) :].count(b"\n") > 1


def _is_parameter(raw: bytes, position: int, before: Field) -> bool:
    """Say whether a line is a parameter of the field before it that lost the blank of its fold."""
    return (
        before.name in {"content-type", "content-disposition"}
        and before.raw.rstrip().endswith(b";")
        and _PARAMETER.match(raw, position) is not None
    )


def _behind_stray_lines(raw: bytes, start: int, end: int, *, top: bool) -> int:
    """Find the field that goes on with a block behind lines that are none; `start` if none does."""
    position = start
    end = min(end, start + _STRAY_BYTES)
    if raw.startswith(b"--", start):
        return start  # the first delimiter of a multipart
    for _ in range(_STRAY_LINES):
        line_end = raw.find(b"\n", position, end)
        if line_end < 0:
            break
        position = line_end + 1
        if raw.startswith((b"\n", b"\r\n", b"--"), position):
            break
        match = _NAME.match(raw, position, end)
        if match is not None:
            name = match.group(1).decode("ascii").lower()
            if name.startswith("content-") or (
                top and (name in _KNOWN or name.startswith(_KNOWN_STARTS))
            ):
                return position
    return start


def _end_of_field(raw: bytes, position: int, end: int) -> int:
    """Find where the next field begins: after a line end that no blank follows (folding)."""
    while True:
        line_end = raw.find(b"\n", position, end)
        if line_end < 0:
            return end
        position = line_end + 1
        if not raw.startswith((b" ", b"\t"), position):
            return position


def _first_field(raw: bytes, start: int) -> int:
    """Find where the header fields begin: past blank lines and one line of garbage."""
    blank = _BLANK_LINES.match(raw, start)
    position = blank.end() if blank else start
    if _NAME.match(raw, position) or raw.startswith(_SEPARATORS, position):
        return position
    if raw.startswith(b"--", position):
        return start  # the parts of a mail without its head
    line_end = raw.find(b"\n", position, position + _HEAD)
    if line_end >= 0 and _NAME.match(raw, line_end + 1):
        return line_end + 1
    return start


def message_ids(text: str) -> tuple[str, ...]:
    """Give every message id in a field's text, in order, with its angle brackets.

    Only printable ASCII without blanks counts (RFC 5322 section 3.6.4); anything else is no id
    that a mail program would send back.
    """
    return tuple(found for found in _IDS.findall(text) if found.isascii() and found.isprintable())


def message_id(value: bytes) -> str:
    """Read the value of a Message-ID field: the id with its brackets, "" if there is none.

    An id without brackets, as some scripts write it, gets them.
    """
    text = value.decode("latin-1").strip()
    found = message_ids(text[:MAX_FIELD])
    if found:
        return found[0]
    bare = text.strip("<>")
    plain = bare.isascii() and bare.isprintable() and not any(c in " <>" for c in bare)
    return f"<{bare}>" if plain and 0 < len(bare) <= _LONGEST_ID - 2 else ""


def first_message_id(head: bytes) -> str:
    """Find the Message-ID in the first bytes of a mail; "" if there is none that could be used.

    For the intakes, before the commit: reads at most 64 KiB.
    """
    raw = with_line_feeds(head[:_HEAD])
    # Whatever a block goes on with behind this field, its first id is what is read of it.
    quick = _TO_MESSAGE_ID.match(raw)
    found = message_ids(quick[1][:MAX_FIELD].decode("latin-1")) if quick else ()
    return found[0] if found else message_id(read_block(raw).first("message-id"))


def received_hops(head: bytes) -> int:
    """Count the Received fields in the first bytes of a mail (RFC 5321 section 6.3)."""
    return sum(1 for _ in read_block(with_line_feeds(head[:MAX_BLOCK])).values("received"))
