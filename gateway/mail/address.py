"""Addresses as identities: one strict reading, used wherever an address decides anything.

An address that two mail programs read differently is no identity (CVE-2023-27043 and its kin), so
whatever is not plainly one addr-spec of RFC 5321 section 4.1.2 is refused, never repaired.
"""

import re

from gateway.mail import fields
from gateway.mail.charset import clean_line, normalized
from gateway.mail.model import Mailbox

MAX_ADDRESS = 254
MAX_MAILBOXES = 100

_ATEXT = r"[a-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]"
_LOCAL = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_GUESS = re.compile(r"[^\s<>\"'(),:;@\[\]]{1,64}@[^\s<>\"'(),:;@\[\]]{1,189}")

# IDNA 2003, which Python speaks, maps these away; IDNA 2008 keeps them. The two name different
# domains, so neither can be taken for the other.
_DEVIATIONS = frozenset("\u00df\u03c2\u200c\u200d")


def canonical(text: str) -> str:
    """Give the one form of an addr-spec that is compared and stored.

    Lower case throughout, the domain in A-labels, a needlessly quoted local part unquoted. Blanks
    around it are dropped. A local part outside ASCII is allowed (RFC 6531).

    Raises ValueError for anything that is not exactly one clean addr-spec: names, groups, blanks
    or controls inside, domain literals, encoded words, over 254 bytes.
    """
    spec = text.strip(" \t")
    if not spec.isprintable() or " " in spec:
        raise ValueError("an address holds no blanks or control characters")
    local, at, domain = spec.rpartition("@")
    if not at:
        raise ValueError("an address has an @")
    if len(local) > 2 and local[0] == local[-1] == '"':
        local = local[1:-1]
    local = normalized(local.lower())
    if not _LOCAL.fullmatch(local) or "=?" in local or "\N{REPLACEMENT CHARACTER}" in local:
        raise ValueError("the part before the @ is not a plain name (RFC 5322 dot-atom)")
    address = f"{local}@{_domain(domain)}"
    if len(address.encode("utf-8")) > MAX_ADDRESS:
        raise ValueError(f"an address has at most {MAX_ADDRESS} bytes")
    return address


def _domain(domain: str) -> str:
    """Give a domain in lower case and A-labels; ValueError if it is none."""
    if len(domain) > MAX_ADDRESS:
        raise ValueError(f"an address has at most {MAX_ADDRESS} bytes")
    ascii_domain = domain.lower()
    if not domain.isascii():
        if _DEVIATIONS.intersection(ascii_domain):
            raise ValueError("the domain has a letter on which IDNA 2003 and 2008 disagree")
        try:
            ascii_domain = ascii_domain.encode("idna").decode("ascii").lower()
        except UnicodeError as error:
            raise ValueError("the domain is no international domain name") from error
    if not all(_LABEL.fullmatch(label) for label in ascii_domain.split(".")):
        raise ValueError("the part after the @ is not a domain")
    return ascii_domain


def without_extension(address: str) -> str:
    """Give a canonical address without its `+extension`; one that is all extension stays."""
    local, at, domain = address.rpartition("@")
    base = local.partition("+")[0]
    return f"{base}{at}{domain}" if base else address


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
