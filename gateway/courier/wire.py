"""What goes on the wire as it is, or not at all: addresses and text for SMTP."""

import re
import smtplib

from gateway.config.address import canonical

# What the standard library surely leaves as it is; it takes its time to find that out.
_PLAIN = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@[\w.-]+", re.ASCII)


def path(address: str) -> str:
    """Give an address as MAIL and RCPT take it, its domain in A-labels.

    Raises ValueError for anything but one clean addr-spec; nothing is ever cut off or repaired,
    since what then went out would go to somebody else.
    """
    if not address.isprintable() or any(c.isspace() for c in address):
        raise ValueError("an address holds no blanks or control characters")
    domain = canonical(address).rpartition("@")[2]
    whole = f"{address.rpartition('@')[0]}@{domain}"
    if not _PLAIN.fullmatch(whole) and smtplib.quoteaddr(whole) != f"<{whole}>":
        raise ValueError("the address would be changed on its way")
    return whole


def text(content: bytes) -> bytes:
    """Give a mail as it stands after DATA, without the final dot (RFC 5321 section 4.5.2).

    Raises ValueError for a CR or LF by itself: readers disagree where such a line ends.
    """
    line_ends = content.count(b"\r\n")
    if content.count(b"\n") != line_ends or content.count(b"\r") != line_ends:
        raise ValueError("the mail has a CR or LF that is no line end")
    ended = content if not content or content.endswith(b"\r\n") else content + b"\r\n"
    if ended.startswith(b"."):
        ended = b"." + ended
    return ended.replace(b"\n.", b"\n..") if b"\n." in ended else ended
