"""The fingerprint of what an author sent: equal for one mail however it came, by whatever way.

It covers what the author wrote and leaves out what transports add or change: Received, Return-Path
and the like, folding, transfer encodings, line ends, the MIME boundaries.
"""

import hashlib
from collections.abc import Iterable, Sequence

from gateway.mail.format import fields
from gateway.mail.format.prescan import Block
from gateway.mail.model import Mail

# The address fields are taken as written, so that two mails never become equal by how an address
# was understood.
_AS_WRITTEN = ("from", "to", "cc", "date", "message-id", "in-reply-to", "references")
_DECODED = ("subject",)


def fingerprint(block: Block, contents: Iterable[bytes]) -> str:
    """Give the SHA-256, in hex, over the author's header fields and the digests of the contents.

    Every value is preceded by its length, so that no two mails meet by concatenation.
    """
    digest = hashlib.sha256()
    values: dict[str, list[bytes]] = {name: [] for name in (*_AS_WRITTEN, *_DECODED)}
    for field in block.fields:
        if field.name in values:
            read = fields.text if field.name in _DECODED else fields.plain_text
            values[field.name].append(read(field.raw).encode("utf-8"))
    for name, found in values.items():
        digest.update(_framed(name.encode("ascii"), *found))
    digest.update(_framed(b"contents", *contents))
    return digest.hexdigest()


def of_content(media_type: str, payload: bytes, *, lines: bool) -> bytes:
    """Give the digest of one decoded part.

    `lines` says that it consists of lines: their ends count as LF, and blank ones at the end do
    not count, since transports change both.
    """
    if lines:
        if b"\r" in payload:
            payload = payload.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        payload = payload.rstrip(b"\n \t")
    digest = hashlib.sha256(_framed(media_type.encode("ascii", "replace")))
    digest.update(len(payload).to_bytes(8, "big"))
    digest.update(payload)  # by itself, since it may be most of a large mail
    return digest.digest()


def is_fleeting(mail: Mail) -> bool:
    """Say whether nothing dates or names a mail, so that an equal one may be a new one."""
    return not mail.message_id and mail.date is None and not mail.header("date")


def _framed(name: bytes, *values: bytes) -> bytes:
    """Join values with their count and lengths, so that they can be told apart again."""
    parts: Sequence[bytes] = (name, *values)
    return b"".join(
        [len(parts).to_bytes(4, "big"), *(len(p).to_bytes(8, "big") + p for p in parts)]
    )
