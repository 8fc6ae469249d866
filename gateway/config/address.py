"""Addresses in the one spelling that the whole program compares and stores them in."""

import re
import unicodedata

_LONGEST = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets
_LONGEST_LOCAL = 64  # RFC 5321 section 4.5.3.1.1
_ATEXT = r"[^\s\x00-\x1f\x7f\"(),:;<>@\[\\\]]+"
_DOT_ATOM = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


def canonical(text: str) -> str:
    """Give the canonical form of a bare address: lower case, the domain in IDNA A-labels.

    Takes the dot-atom form of RFC 5321 section 4.1.2, with the wider characters of RFC 6531 in
    the local part. Quoted local parts and address literals are refused: no desk has them, and
    what reads them differently elsewhere must not become an identity here. Raises ValueError
    with a sentence that does not repeat the address.
    """
    address = unicodedata.normalize("NFC", text.strip(" \t"))
    local, at, domain = address.rpartition("@")
    if not at:
        raise ValueError("an address needs an @")
    if any(not c.isprintable() or c.isspace() for c in address):
        raise ValueError("an address must not have blanks or control characters in it")
    if not local or not domain:
        raise ValueError("an address needs something before and after its @")
    if "@" in local:
        raise ValueError("an address has only one @")
    if not _DOT_ATOM.fullmatch(local):
        raise ValueError("the part before the @ must be words joined by single dots, unquoted")
    whole = f"{local.lower()}@{_ascii_domain(domain)}"
    if len(local.encode()) > _LONGEST_LOCAL or len(whole.encode()) > _LONGEST:
        raise ValueError(f"an address is at most {_LONGEST} bytes, {_LONGEST_LOCAL} before the @")
    return whole


def without_extension(address: str) -> str:
    """Give a canonical address without its plus-extension (RFC 5233): `a+b@c` is `a@c`."""
    local, at, domain = address.rpartition("@")
    plain = local.split("+", 1)[0]
    return f"{plain}{at}{domain}" if plain else address


def _ascii_domain(domain: str) -> str:
    """Give a domain in lower case A-labels (RFC 5890); ValueError if it is not a host name."""
    try:
        plain = domain.lower() if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError("the part after the @ is not a domain name") from None
    labels = plain.lower().split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("the part after the @ is not a domain name")
    return ".".join(labels)
