"""Parts of a mail that describe a mail or give one back: reports and returned messages.

A report's machine-readable part is groups of header fields (RFC 3464, RFC 8098, RFC 5965); of a
returned message only its header block is of use (RFC 6522). Both are read here as fields, bounded
in bytes, fields and groups, in the one pass that the parser makes over the leaves.
"""

import re

from gateway.mail.format import content_type, fields, mime, prescan, transfer_encoding
from gateway.mail.format.mime import Part
from gateway.mail.model import Enclosed, Header

MAX_ENCLOSED = 16
MAX_GROUPS = 101
MAX_FIELDS = 200
MAX_BYTES = 64 * 1024
MAX_VALUE = 4096

# Groups, blank lines and lines that are no field, together, in one report.
_MAX_STEPS = 300
_MAX_WITHIN = 4

DELIVERY_STATUS = "message/delivery-status"
DISPOSITION = "message/disposition-notification"
FEEDBACK = "message/feedback-report"
RETURNED = "message/rfc822"
RETURNED_HEADERS = "text/rfc822-headers"

# The types of RFC 6533 and RFC 6532 differ from these only in allowing UTF-8.
_REPORTS = {
    DELIVERY_STATUS: DELIVERY_STATUS,
    "message/global-delivery-status": DELIVERY_STATUS,
    DISPOSITION: DISPOSITION,
    "message/global-disposition-notification": DISPOSITION,
    FEEDBACK: FEEDBACK,
}
_RETURNED = {
    RETURNED: RETURNED,
    "message/global": RETURNED,
    "message/news": RETURNED,
    RETURNED_HEADERS: RETURNED_HEADERS,
    "message/rfc822-headers": RETURNED_HEADERS,
    "message/global-headers": RETURNED_HEADERS,
}
# Relays and scanners that know nothing of reports turn their parts into these.
_NAMELESS = frozenset({"text/plain", "application/octet-stream"})

_FIRST_FIELD = re.compile(rb"[\r\n \t]{0,20}([!-9;-~]{2,60})[ \t]?:")
_STATUS_FIELDS = frozenset(
    {
        "reporting-mta",
        "reporting-ua",
        "final-recipient",
        "original-recipient",
        "original-envelope-id",
    }
    | {"arrival-date", "received-from-mta", "x-postfix-queue-id", "x-display-name"}
)
_TRACES = frozenset({"received", "message-id", "date"})


def read(leaf: Part, payload: bytes) -> tuple[Enclosed, ...]:
    """Read a leaf as a report or a returned message; () if it is neither; never raises.

    `media_type` of the result is the type that the contents have: a report's for one that came as
    plain text, and the ASCII type for its UTF-8 twin.
    """
    media_type = _REPORTS.get(leaf.media_type)
    if media_type:
        return (Enclosed(leaf.index, media_type, _groups(payload)),)
    media_type = _RETURNED.get(leaf.media_type)
    if media_type:
        block = _header_block(payload)
        return (Enclosed(leaf.index, media_type, (block,)), *_within(leaf.index, payload, block))
    if leaf.media_type in _NAMELESS:
        return _by_contents(leaf, payload)
    return ()


def _within(index: int, payload: bytes, block: tuple[Header, ...]) -> tuple[Enclosed, ...]:
    """Read the parts of an enclosed report, one level deep, as scanners send bounces on."""
    declared = next((header.value for header in block if header.name == "content-type"), "")
    if content_type.parse(declared.encode("utf-8", "replace")).value != "multipart/report":
        return ()
    source = prescan.with_line_feeds(payload)
    found: list[Enclosed] = []
    for leaf in mime.read_tree(source, prescan.read_block(source)).leaves():
        media_type = _REPORTS.get(leaf.media_type)
        if media_type:
            found.append(Enclosed(index, media_type, _groups(leaf.payload(source))))
        elif leaf.media_type in _RETURNED:
            block = _header_block(leaf.payload(source))
            found.append(Enclosed(index, _RETURNED[leaf.media_type], (block,)))
        if len(found) == _MAX_WITHIN:
            break
    return tuple(found)


def _by_contents(leaf: Part, payload: bytes) -> tuple[Enclosed, ...]:
    """Recognise a report or returned message that was declared to be something else."""
    first = _FIRST_FIELD.match(payload)
    if first is None:
        return ()
    name = first.group(1).decode("ascii").lower()
    if name in _STATUS_FIELDS:
        groups = _groups(payload)
        names = {header.name for group in groups for header in group}
        if names & {"final-recipient", "original-recipient"}:
            media_type = DISPOSITION if "disposition" in names else DELIVERY_STATUS
            return (Enclosed(leaf.index, media_type, groups),)
        return ()
    block = _header_block(payload)
    names = {header.name for header in block}
    if "from" in names and len(names & _TRACES) > 1:
        return (Enclosed(leaf.index, RETURNED, (block,)),)
    return ()


def groups_of(text: str) -> tuple[tuple[Header, ...], ...]:
    """Read groups of fields, a blank line apart, out of a text that holds a report."""
    return _groups(text[:MAX_BYTES].encode("utf-8", "replace"))


def header_block(text: str) -> tuple[Header, ...]:
    """Read the header block with which a text begins, as a returned message's is in a bounce."""
    return _header_block(text[:MAX_BYTES].encode("utf-8", "replace"))


def _groups(payload: bytes) -> tuple[tuple[Header, ...], ...]:
    """Read groups of fields, a blank line apart; a line that is no field is passed over.

    Such a line is mostly the rest of a value that was wrapped without a blank in front, so the
    fields after it belong to the same group.
    """
    source = prescan.with_line_feeds(payload[:MAX_BYTES])
    groups: list[tuple[Header, ...]] = []
    group: list[Header] = []
    position = 0
    for _ in range(_MAX_STEPS):
        if position >= len(source) or len(groups) >= MAX_GROUPS:
            break
        block = prescan.read_block(source, position, top=False)
        group.extend(_headers(block, MAX_FIELDS - len(group)))
        stop = max(position, block.body)
        blank = stop > position and source.endswith((b"\n\n", b"\n\r\n"), 0, stop)
        blank = blank or source.startswith((b"\n", b"\r\n"), position)
        if blank and group:
            groups.append(tuple(group))
            if _is_encoded(group):
                rest = transfer_encoding.base64_bytes(source[stop:])
                return (*groups, *_groups(rest))
            group = []
        if not blank:
            line_end = source.find(b"\n", stop)
            stop = len(source) if line_end < 0 else line_end + 1
        position = stop
    if group and len(groups) < MAX_GROUPS:
        groups.append(tuple(group))
    return tuple(groups)


def _is_encoded(group: list[Header]) -> bool:
    """Say whether a relay has encoded what follows without knowing that it is fields."""
    said = (h.value for h in group if h.name == "content-transfer-encoding")
    return next(said, "").strip().lower() == "base64"


def _header_block(payload: bytes) -> tuple[Header, ...]:
    """Read the header block of a returned message; what follows it is not looked at."""
    source = prescan.with_line_feeds(payload[:MAX_BYTES])
    return tuple(_headers(prescan.read_block(source), MAX_FIELDS))


def _headers(block: prescan.Block, limit: int) -> list[Header]:
    return [Header(f.name, fields.text(f.raw[:MAX_VALUE])) for f in block.fields[: max(0, limit)]]
