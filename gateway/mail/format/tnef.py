"""The attachments and the text in a `winmail.dat`: Transport Neutral Encapsulation ([MS-OXTNEF]).

Outlook and Exchange pack what they send to each other into one part of this format, and now and
then send it to others. Linear and bounded; a stream that does not keep to its own lengths, or holds
too much, is kept whole by the caller.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.mail.format import mapi
from gateway.mail.format.charset import clean_text, decode
from gateway.mail.format.mapi import Properties
from gateway.mail.format.packed_file import MAX_PIECES, PackedFile

SIGNATURE = b"\x78\x9f\x3e\x22"

_MESSAGE, _ATTACHMENT = 1, 2
_MAX_ATTRIBUTES = 10_000

# Attributes ([MS-OXTNEF] section 2.1.3.3.1).
_BODY = 0x800C
_ATTACH_DATA = 0x800F
_ATTACH_TITLE = 0x8010
_ATTACH_BEGIN = 0x9002
_MESSAGE_PROPERTIES = 0x9003
_ATTACH_PROPERTIES = 0x9005
_CODEPAGE = 0x9007

# Properties ([MS-OXPROPS]).
_PLAIN_BODY = 0x1000
_HTML_BODY = 0x1013
_UNCOMPRESSED_BODY = 0x3FD9
_INTERNET_CODEPAGE = 0x3FDE
_DISPLAY_NAME = 0x3001
_DATA = 0x3701
_FILENAME = 0x3704
_LONG_FILENAME = 0x3707
_MIME_TAG = 0x370E
_CONTENT_ID = 0x3712
_OF_MESSAGE = frozenset({_PLAIN_BODY, _UNCOMPRESSED_BODY, _HTML_BODY, _INTERNET_CODEPAGE})
_OF_ATTACHMENT = frozenset(
    {_DISPLAY_NAME, _DATA, _FILENAME, _LONG_FILENAME, _MIME_TAG, _CONTENT_ID}
)

# The interface of an embedded message, which stands before its own TNEF stream.
_EMBEDDED = bytes.fromhex("0703020000000000c000000000000046")

_CODEPAGES = {
    437: "cp437",
    850: "cp850",
    852: "cp852",
    874: "windows-874",
    932: "shift_jis",
    936: "gbk",
    949: "euc-kr",
    950: "big5",
    20127: "us-ascii",
    20866: "koi8-r",
    21866: "koi8-u",
    50220: "iso-2022-jp",
    50221: "iso-2022-jp",
    50222: "iso-2022-jp",
    51932: "euc-jp",
    51949: "euc-kr",
    54936: "gb18030",
    65001: "utf-8",
}
_WINDOWS = range(1250, 1259)
_ISO_8859 = range(28591, 28606)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a stream holds: the files, and the text of the mail as text and as HTML, "" if none."""

    pieces: tuple[PackedFile, ...]
    text: str
    html: str


@dataclass(slots=True)
class _Attachment:
    """What was read of one attachment so far."""

    title: bytes = b""
    data: bytes = b""
    properties: Properties = field(default_factory=dict)

    def add(self, name: int, value: bytes) -> None:
        """Take in an attribute."""
        if name == _ATTACH_TITLE:
            self.title = value
        elif name == _ATTACH_DATA:
            self.data = value
        elif name == _ATTACH_PROPERTIES:
            self.properties = mapi.properties(value, _OF_ATTACHMENT)


@dataclass(slots=True)
class _Message:
    """What was read of the mail so far."""

    codepage: str = "windows-1252"
    body: bytes = b""
    properties: Properties = field(default_factory=dict)

    def add(self, name: int, value: bytes) -> None:
        """Take in an attribute."""
        if name == _CODEPAGE:
            self.codepage = _label(int.from_bytes(value[:4], "little")) or self.codepage
        elif name == _BODY:
            self.body = value
        elif name == _MESSAGE_PROPERTIES:
            self.properties = mapi.properties(value, _OF_MESSAGE)


def unpack(data: bytes) -> Unpacked | None:
    """Take a stream apart; None if it is broken, or holds more than is taken apart."""
    if not data.startswith(SIGNATURE):
        return None
    message = _Message()
    attachments: list[_Attachment] = []
    try:
        for level, name, value in _attributes(mapi.Reader(data)):
            if level == _MESSAGE:
                message.add(name, value)
            elif name == _ATTACH_BEGIN:
                attachments.append(_Attachment())
            elif attachments:
                attachments[-1].add(name, value)
    except mapi.BrokenStreamError:
        return None
    if len(attachments) > MAX_PIECES:
        return None
    pieces = tuple(_piece(attachment, message.codepage) for attachment in attachments)
    return Unpacked(pieces, *_texts(message))


def _attributes(reader: mapi.Reader) -> Iterator[tuple[int, int, bytes]]:
    """Give level, name and value of each attribute; raises BrokenStreamError."""
    reader.skip(6)
    for _ in range(_MAX_ATTRIBUTES):
        level = reader.number(1) if reader.left() else 0
        if level not in {_MESSAGE, _ATTACHMENT}:
            return  # the end, or what a gateway padded the stream with
        name = reader.number(2)
        reader.skip(2)
        yield level, name, reader.take(reader.number(4))
        reader.skip(2)
    raise mapi.BrokenStreamError(f"more than {_MAX_ATTRIBUTES} attributes")


def _piece(attachment: _Attachment, codepage: str) -> PackedFile:
    found = attachment.properties
    name = (
        _text(found.get(_LONG_FILENAME), codepage)
        or decode(attachment.title, codepage).strip("\0 ")
        or _text(found.get(_FILENAME), codepage)
        or _text(found.get(_DISPLAY_NAME), codepage)
    )
    _, data = found.get(_DATA, (0, b""))
    media_type = _text(found.get(_MIME_TAG), codepage).lower()
    if data.startswith(_EMBEDDED):
        data = data[len(_EMBEDDED) :]
        name, media_type = f"{name or 'message'}.dat", "application/ms-tnef"
    return PackedFile(
        name=name,
        content=attachment.data or data,
        media_type=media_type,
        content_id=_text(found.get(_CONTENT_ID), codepage).strip("<> "),
    )


def _text(value: tuple[int, bytes] | None, codepage: str) -> str:
    if value is None:
        return ""
    kind, data = value
    return decode(data, "utf-16le" if kind == mapi.UNICODE else codepage).rstrip("\0").strip()


def _texts(message: _Message) -> tuple[str, str]:
    """Give the mail's text as text and as HTML; binary properties have a code page of their own."""
    found = message.properties
    _, number = found.get(_INTERNET_CODEPAGE, (0, b""))
    internet = _label(int.from_bytes(number, "little")) or message.codepage
    plain = (
        _text(found.get(_PLAIN_BODY), message.codepage)
        or _text(found.get(_UNCOMPRESSED_BODY), internet)
        or decode(message.body, message.codepage).rstrip("\0")
    )
    return clean_text(plain), clean_text(_text(found.get(_HTML_BODY), internet))


def _label(codepage: int) -> str:
    """Give the charset of a Windows code page, "" if it is none that mail is written in."""
    if codepage in _WINDOWS:
        return f"windows-{codepage}"
    if codepage in _ISO_8859:
        return f"iso-8859-{codepage - 28590}"
    return _CODEPAGES.get(codepage, "")
