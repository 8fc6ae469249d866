"""The envelope of a mail that came by IMAP, as far as its delivery into the mailbox left traces.

Only the delivering server's own fields count, which stand at the top (RFC 5321 section 4.4).
"""

from gateway.config.address import canonical
from gateway.config.settings import ImapAccount
from gateway.mail.format.prescan import Block, read_block, with_line_feeds
from gateway.mail.model import Envelope

_HEAD = 64 * 1024


def read_head(head: bytes) -> Block:
    """Read the header block of a mail from its first bytes; reads at most 64 KiB."""
    return read_block(with_line_feeds(head[:_HEAD]))


def envelope(block: Block, account: ImapAccount) -> Envelope:
    """Read the envelope from what stands in the header block of a mail."""
    return Envelope(reverse_path=_reverse_path(block), recipient=_recipient(block, account))


def _reverse_path(block: Block) -> str | None:
    """Read Return-Path above the first Received; below that, the sender may have written it."""
    for field in block.fields:
        if field.name == "received":
            return None
        if field.name == "return-path":
            address = _address(field.value)
            return address if b"<" in field.value else address or None
    return None


def _recipient(block: Block, account: ImapAccount) -> str:
    """Give whom the mail was for, "" where only To and Cc can tell."""
    if account.recipient_header:
        found = _address(block.first(account.recipient_header.lower()))
        if found:
            return found
    for text in (account.address, account.user):
        if text:
            found = _address(text.encode())
            if found:
                return found
    return ""


def _address(value: bytes) -> str | None:
    """Read an address, in angle brackets or bare: "" for `<>` or nothing, None if it is none."""
    text = value.decode("utf-8", "replace").strip()
    if "<" in text:
        text = text.partition("<")[2].partition(">")[0]
    if not text.strip():
        return ""
    try:
        return canonical(text)
    except ValueError:
        return None
