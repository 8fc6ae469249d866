"""The MIME tree of a mail (RFC 2046) as byte ranges: one pass, bounded in depth and parts.

The parts are found by walking the delimiter lines once with the stack of open boundaries, so the
work is linear in the mail's size however it is nested, and nothing is copied. The standard
library's feed parser is recursive, and minutes long on some mails of a few hundred kilobytes.
"""

import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.mail import content_type, fields, prescan
from gateway.mail.content_type import Value
from gateway.mail.prescan import Block

MAX_DEPTH = 32
MAX_PARTS = 500

_LONGEST_BOUNDARY = 500
_NOT_A_BODY = Value("")


@dataclass(slots=True)
class Part:
    """One node of the tree; `start` and `end` bound its body in the raw mail.

    `index` counts the nodes in the order in which their headers stand; the mail itself is 0.
    `children` is empty for a leaf: also for a multipart in which no part was found, and for
    `message/rfc822`, which is looked at only as a whole.
    """

    index: int
    media_type: str
    parameters: dict[str, str]
    encoding: str
    disposition: Value
    content_id: str
    start: int
    end: int
    parent: "Part | None" = None
    children: "list[Part]" = field(default_factory=list)

    def payload(self, raw: bytes) -> bytes:
        """Give the body with its transfer encoding undone (RFC 2045 section 6); never raises."""
        body = raw[self.start : self.end]
        if self.encoding == "base64":
            return fields.base64_bytes(body)
        if self.encoding == "quoted-printable":
            return binascii.a2b_qp(body)
        return body

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
        return (part for part in self.parts if not part.children)


def read_tree(raw: bytes, block: Block) -> Tree:
    """Find the parts of a mail whose header block has been read; never raises."""
    return _Walk(raw, block).tree()


class _Walk:
    """The state of one pass: the open multiparts, outermost first, and the part being read."""

    def __init__(self, raw: bytes, block: Block) -> None:
        self._raw = raw
        self._parts: list[Part] = []
        self._open: list[tuple[bytes, Part]] = []
        self._delimiters: dict[bytes, tuple[int, bool]] = {}
        self._current: Part | None = None
        self._problem = ""
        self._begin(block, None)

    def tree(self) -> Tree:
        """Walk the delimiter lines to the end, or to a limit."""
        raw = self._raw
        # A delimiter may be the first line of a body, so the search begins at the line end before.
        position = max(0, self._parts[0].start - 1)
        while self._open:
            hit = raw.find(b"\n--", position)
            if hit < 0:
                break
            line_end = raw.find(b"\n", hit + 1)
            line_end = len(raw) if line_end < 0 else line_end
            line = raw[hit + 3 : min(line_end, hit + 3 + _LONGEST_BOUNDARY)].rstrip()
            position = line_end
            if line not in self._delimiters:
                continue
            level, closing = self._delimiters[line]
            self._finish(level + (0 if closing else 1), hit)
            if closing:
                continue
            if len(self._parts) >= MAX_PARTS:
                self._keep_rest(hit + 1, self._open[level][1])
                break
            start = min(line_end + 1, len(raw))
            self._begin(prescan.read_block(raw, start, top=False), self._open[level][1])
            position = max(line_end, self._parts[-1].start - 1)
        return Tree(tuple(self._parts), self._problem)

    def _set_open(self, opened: list[tuple[bytes, Part]]) -> None:
        """Change the stack; of two open multiparts with one boundary the outer one has it."""
        self._open = opened
        self._delimiters = {}
        for level, (boundary, _) in enumerate(opened):
            self._delimiters.setdefault(boundary, (level, False))
            self._delimiters.setdefault(boundary + b"--", (level, True))

    def _finish(self, level: int, hit: int) -> None:
        """End what is open from a level on; the line end before a delimiter belongs to it."""
        end = hit - 1 if hit > 0 and self._raw[hit - 1] == 0x0D else hit
        if self._current is not None:
            self._current.end = max(self._current.start, end)
            self._current = None
        for _, part in self._open[level:]:
            part.end = max(part.start, end)
        if level < len(self._open):
            self._set_open(self._open[:level])

    def _begin(self, block: Block, parent: Part | None) -> None:
        """Open the part whose header block has just been read."""
        part = _part(block, len(self._parts), parent, len(self._raw))
        self._parts.append(part)
        self._current = part
        if parent is not None:
            parent.children.append(part)
        boundary = part.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
        if not part.media_type.startswith("multipart/") or not boundary:
            return
        if len(self._open) >= MAX_DEPTH:
            self._problem = f"parts nested deeper than {MAX_DEPTH}"
        elif len(boundary) <= _LONGEST_BOUNDARY - 2:
            self._set_open([*self._open, (boundary, part)])
            # The text before the first delimiter is for programs that know no MIME.
            self._current = None

    def _keep_rest(self, start: int, parent: Part) -> None:
        """Make one opaque part of what lies beyond the limit on parts."""
        rest = Part(
            index=len(self._parts),
            media_type="application/octet-stream",
            parameters={"name": "rest-of-mail.txt"},
            encoding="",
            disposition=Value("attachment"),
            content_id="",
            start=start,
            end=len(self._raw),
            parent=parent,
        )
        parent.children.append(rest)
        self._parts.append(rest)
        self._problem = f"more than {MAX_PARTS} parts"


def _part(block: Block, index: int, parent: Part | None, end: int) -> Part:
    """Read the MIME fields of a part; what is missing or broken takes RFC 2045's defaults."""
    in_digest = parent is not None and parent.media_type == "multipart/digest"
    default = "message/rfc822" if in_digest else "text/plain"
    raw_type = block.first("content-type")
    raw_disposition = block.first("content-disposition")
    declared = content_type.parse(raw_type) if raw_type else _NOT_A_BODY
    encoding = block.first("content-transfer-encoding")
    content_id = block.first("content-id")
    return Part(
        index=index,
        media_type=content_type.media_type(declared.value, default),
        parameters=declared.parameters,
        encoding=content_type.parse(encoding).value if encoding else "",
        disposition=content_type.parse(raw_disposition) if raw_disposition else _NOT_A_BODY,
        content_id=fields.plain_text(content_id).strip("<> ") if content_id else "",
        start=block.body,
        end=end,
        parent=parent,
    )
