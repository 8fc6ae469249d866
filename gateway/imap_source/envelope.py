"""The envelope of a mail that came by IMAP, as far as its delivery into the mailbox left traces.

Only the delivering server's own fields count, which stand at the top (RFC 5321 section 4.4).
"""

from gateway.config.address import canonical
from gateway.config.settings import ImapAccount
from gateway.mail.format.prescan import Field, leading_fields, read_block, with_line_feeds
from gateway.mail.model import Envelope

_HEAD = 64 * 1024


def envelope(head: bytes, account: ImapAccount) -> Envelope:
    """Read the envelope from the first bytes of a mail; reads at most 64 KiB."""
    raw = with_line_feeds(head[:_HEAD])
    return Envelope(reverse_path=_reverse_path(raw), recipient=_recipient(raw, account))


def _reverse_path(raw: bytes) -> str | None:
    """Read Return-Path above the first Received; below that, the sender may have written it."""
    # One of them is at the top of nearly all mails, and to read the whole block takes ten times.
    top = next(filter(_tells, leading_fields(raw)), None)
    top = top or next(filter(_tells, read_block(raw).fields), None)
    if top is None or top.name == "received":
        return None
    address = _address(top.value)
    return address if b"<" in top.value else address or None


def _tells(field: Field) -> bool:
    return field.name in {"received", "return-path"}


def _recipient(raw: bytes, account: ImapAccount) -> str:
    """Give whom the mail was for, "" where only To and Cc can tell."""
    if account.recipient_header:
        found = _address(read_block(raw).first(account.recipient_header.lower()))
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
