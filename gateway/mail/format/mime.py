"""The MIME tree of a mail (RFC 2046) as byte ranges: one pass, bounded in depth and parts.

The parts are found by walking the delimiter lines once with the stack of open boundaries, so the
work is linear in the mail's size however it is nested, and nothing is copied. The standard
library's feed parser is recursive, and minutes long on some mails of a few hundred kilobytes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.mail.format import content_type, fields, media_types, prescan, transfer_encoding
from gateway.mail.format.charset import hint_of
from gateway.mail.format.content_type import Value
from gateway.mail.format.prescan import Block

MAX_DEPTH = 32
MAX_PARTS = 500

_TEXT = "text/plain"
_LONGEST_BOUNDARY = 500

# A delimiter and the first field of the part behind it, and how far off one is looked for.
_DELIMITER = re.compile(
    rb"^--([^\r\n]{0,199}[^\s-])[ \t]*\r?\nContent-[A-Za-z-]{2,30}:", re.MULTILINE | re.IGNORECASE
)
_NEAR = 16 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the tree; `start` and `end` bound its body in the raw mail.

    `index` counts the nodes in the order in which their headers stand; the mail itself is 0.
    `within` is the media type of the part that holds it, "" for the mail itself. A `leaf` holds
    content: also a multipart in which no part was found, and `message/rfc822`, which is looked at
    only as a whole.
    """

    index: int
    media_type: str
    parameters: dict[str, str]
    encoding: str
    disposition: Value
    content_id: str
    location: str
    start: int
    end: int
    within: str = ""
    leaf: bool = True

    def payload(self, raw: bytes) -> bytes:
        """Give the body with its transfer encoding undone (RFC 2045 section 6); never raises."""
        is_text = self.media_type.startswith("text/")
        return transfer_encoding.decode(raw[self.start : self.end], self.encoding, is_text=is_text)

    @property
    def charset(self) -> str:
        """Give the declared charset, "" if none."""
        return self.parameters.get("charset", "")

    @property
    def name(self) -> str:
        """Give the declared file name as it came, "" if none."""
        return self.disposition.parameters.get("filename") or self.parameters.get("name", "")


@dataclass(frozen=True, slots=True)
class Tree:
    """The parts of a mail in walk order, the first being the mail itself.

    `problem` says which limit was met; the part last in the list then holds the unread rest.
    """

    parts: tuple[Part, ...]
    problem: str = ""

    def leaves(self) -> Iterator[Part]:
        """Give the parts that hold content, in order."""
        return (part for part in self.parts if part.leaf)


def read_tree(raw: bytes, block: Block) -> Tree:
    """Find the parts of a mail whose header block has been read; never raises."""
    return _Walk(raw, block).tree()


class _Walk:
    """The state of one pass.

    `_open` are the multiparts that hold the place reached, outermost first: boundary and index.
    `_current` is the index of the part whose body is being passed, -1 between parts.
    """

    def __init__(self, raw: bytes, block: Block) -> None:
        self._raw = raw
        self._parts: list[Part] = []
        self._open: list[tuple[bytes, int]] = []
        self._delimiters: dict[bytes, tuple[int, bool]] = {}
        self._current = -1
        self._problem = ""
        self._hint = ""
        self._begin(block, -1)

    def tree(self) -> Tree:
        """Walk the delimiter lines to the end, or to a limit."""
        raw = self._raw
        # A delimiter may be the first line of a body, so the search begins at the line end before.
        position = max(0, self._parts[0].start - 1)
        while self._open:
            hit = raw.find(b"\n--", position)
            if hit < 0:
                break
            position = raw.find(b"\n", hit + 1)
            position = len(raw) if position < 0 else position
            line = raw[hit + 3 : min(position, hit + 3 + _LONGEST_BOUNDARY)].rstrip()
            found = self._delimiters.get(line) or (b" " in line and self._delimiter(line))
            if not found:
                continue
            level, closing = found
            parent = self._open[level][1]
            self._finish(level if closing else level + 1, hit)
            if closing:
                continue
            if len(self._parts) >= MAX_PARTS:
                self._keep_rest(hit + 1, parent)
                break
            start = min(position + 1, len(raw))
            self._begin(prescan.read_block(raw, start, top=False), parent)
            position = max(position, self._parts[-1].start - 1)
        return Tree(tuple(self._parts), self._problem)

    def _delimiter(self, line: bytes) -> tuple[int, bool] | None:
        """Read a line with blanks in it: a boundary that begins the line is enough (RFC 2046).

        The end of a boundary that was declared with blanks at its end has them, too.
        """
        ended = self._delimiters.get(line[:-2].rstrip() + b"--") if line.endswith(b"--") else None
        return ended or self._delimiters.get(line.partition(b" ")[0])

    def _set_open(self, opened: list[tuple[bytes, int]]) -> None:
        """Change the stack; of two open multiparts with one boundary the outer one has it."""
        self._open = opened
        self._delimiters = {}
        for level, (boundary, _) in enumerate(opened):
            self._delimiters.setdefault(boundary, (level, False))
            self._delimiters.setdefault(boundary + b"--", (level, True))

    def _finish(self, level: int, hit: int) -> None:
        """End what is open from a level on; the line end before a delimiter belongs to it."""
        end = hit - 1 if hit > 0 and self._raw[hit - 1] == 0x0D else hit
        ending = [index for _, index in self._open[level:]]
        if self._current >= 0:
            ending.append(self._current)
            self._current = -1
        for index in ending:
            part = self._parts[index]
            self._parts[index] = replace(part, end=max(part.start, end))
        if level < len(self._open):
            self._set_open(self._open[:level])

    def _begin(self, block: Block, parent: int) -> None:
        """Open the part whose header block has just been read."""
        part = _part(block, len(self._parts), self._enter(parent), len(self._raw), self._hint)
        self._parts.append(part)
        self._hint = self._hint or hint_of(part.charset)
        self._current = part.index
        if not part.media_type.startswith("multipart/"):
            return
        boundary = self._boundary(part)
        if not boundary:
            return
        if len(self._open) >= MAX_DEPTH:
            self._problem = f"parts nested deeper than {MAX_DEPTH}"
            self._parts[-1] = _rest(part.index, part.start, part.end, part.within)
        elif len(boundary) <= _LONGEST_BOUNDARY - 2:
            self._set_open([*self._open, (boundary, part.index)])
            # The text before the first delimiter is for programs that know no MIME.
            self._current = -1

    def _boundary(self, part: Part) -> bytes:
        """Give the boundary of a multipart, b"" if it has none.

        Where none is declared, or a whole mail does not hold the one that it declares, the first
        line is taken that looks like a delimiter before a part.
        """
        declared = part.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
        begin = max(0, part.start - 1)
        if declared and (part.index or self._raw.find(b"\n--" + declared, begin) >= 0):
            return declared
        found = _DELIMITER.search(self._raw, part.start, part.start + _NEAR)
        return found.group(1) if found else declared

    def _enter(self, parent: int) -> str:
        """Note that a multipart has a part in it after all, and give its media type."""
        if parent < 0:
            return ""
        if self._parts[parent].leaf:
            self._parts[parent] = replace(self._parts[parent], leaf=False)
        return self._parts[parent].media_type

    def _keep_rest(self, start: int, parent: int) -> None:
        """Make one opaque part of what lies beyond the limit on parts."""
        rest = _rest(len(self._parts), start, len(self._raw), self._enter(parent))
        self._parts.append(rest)
        self._problem = f"more than {MAX_PARTS} parts"


def _rest(index: int, start: int, end: int, within: str) -> Part:
    """Make an attachment of what lies beyond a limit."""
    return Part(
        index=index,
        media_type="application/octet-stream",
        parameters={"name": "rest-of-mail.txt"},
        encoding="",
        disposition=Value("attachment"),
        content_id="",
        location="",
        start=start,
        end=end,
        within=within,
    )


def _part(block: Block, index: int, within: str, end: int, hint: str) -> Part:
    """Read the MIME fields of a part; what is missing or broken takes RFC 2045's defaults.

    `hint` is that of the parts before it, for names with raw bytes in them.
    """
    default = "message/rfc822" if within == "multipart/digest" else _TEXT
    field = block.first("content-type")
    declared = content_type.parse(field, hint)
    if not hint and not field.isascii():
        hint = hint_of(declared.parameters.get("charset", ""))
        declared = content_type.parse(field, hint)
    disposition = content_type.parse(block.first("content-disposition"), hint)
    if declared.value and default == _TEXT:
        # A type that is none says less of a file than its name does.
        name = disposition.parameters.get("filename") or declared.parameters.get("name", "")
        default = media_types.media_type(name, _TEXT)
    location = block.first("content-location")
    return Part(
        index=index,
        media_type=content_type.media_type(declared.value, default),
        parameters=declared.parameters,
        encoding=content_type.parse(block.first("content-transfer-encoding")).value,
        disposition=disposition,
        content_id=fields.plain_text(block.first("content-id")).strip("<> "),
        location=fields.text(location) if location else "",
        start=block.body,
        end=end,
        within=within,
    )
