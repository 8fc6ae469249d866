"""Address fields of a mail: one strict reading, used wherever an address decides anything.

What a single address is, `config/address.py` says.
"""

import re

from gateway.config.address import canonical
from gateway.mail.format import fields
from gateway.mail.format.charset import clean_line
from gateway.mail.model import Mailbox

MAX_MAILBOXES = 100

ADDRESS = r"[^\s<>\"'(),:;@\[\]]{1,64}@[^\s<>\"'(),:;@\[\]]{1,189}"
"""A pattern of what may be an address in a text; `canonical` says whether it is one."""

_GUESS = re.compile(ADDRESS)


def mailboxes(field: str, *, ascii_only: bool = False) -> tuple[tuple[Mailbox, ...], bool]:
    """Read an address field strictly: its mailboxes, and whether the field is clean.

    Clean means: at least one mailbox, none left out, nothing recovered or ambiguous, no group, at
    most 100. Mailboxes of an unclean field are for people to read, never for trust.
    `ascii_only` is for a field that was not UTF-8: what its bytes outside ASCII were meant to be
    is unknown, so an address that holds any is left out.
    """
    pairs, clean = fields.addresses(field)
    clean = clean and len(pairs) <= MAX_MAILBOXES
    found: list[Mailbox] = []
    for name, spec in pairs[:MAX_MAILBOXES]:
        if ascii_only and not spec.isascii():
            clean = False
            continue
        try:
            found.append(Mailbox(clean_line(name), canonical(spec)))
        except ValueError:
            clean = False
    return tuple(found), clean and bool(found)


def guess(field: str) -> Mailbox | None:
    """Find something like an address in a field that could not be read, for people to look at.

    The last one is taken: in `a@x <b@y>` most programs show b.
    """
    for spec in reversed(_GUESS.findall(field)[-MAX_MAILBOXES:]):
        try:
            return Mailbox("", canonical(spec))
        except ValueError:
            continue
    return None
