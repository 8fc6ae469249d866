"""Addresses as identities: the one spelling in which the whole program compares and stores them.

An address that two mail programs read differently is no identity (CVE-2023-27043 and its kin), so
whatever is not plainly one addr-spec of RFC 5321 section 4.1.2 is refused, never repaired.
"""

import re
import unicodedata
from functools import lru_cache

MAX_ADDRESS = 254
# Quotation marks and letters that are written in two go; in bytes none gets shorter by half.
_LONGEST_SPELLING = 1024

_ATEXT = r"[a-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]"
_LOCAL = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")

# IDNA 2003, which Python speaks, maps these away; IDNA 2008 keeps them. The two name different
# domains, so neither can be taken for the other.
_DEVIATIONS = frozenset("\u00df\u03c2\u200c\u200d")


def canonical(text: str) -> str:
    """Give the one form of an addr-spec that is compared and stored.

    Lower case throughout, the domain in IDNA A-labels, a needlessly quoted local part unquoted.
    Blanks around it are dropped. A local part outside ASCII is allowed (RFC 6531) and is in NFC.

    Raises ValueError, with a sentence that does not repeat the address, for anything that is not
    exactly one clean addr-spec: names, groups, blanks or controls inside, domain literals,
    encoded words, over 254 bytes.
    """
    spec = text.strip(" \t")
    if len(spec) > _LONGEST_SPELLING:
        raise ValueError(f"an address has at most {MAX_ADDRESS} bytes")
    return _canonical(spec)


# The same few stand in most mails, and each is asked for ten times on a mail's way.
@lru_cache(maxsize=4096)
def _canonical(spec: str) -> str:
    if not spec.isprintable() or " " in spec:
        raise ValueError("an address holds no blanks or control characters")
    local, at, domain = spec.rpartition("@")
    if not at:
        raise ValueError("an address has an @")
    quoted = re.fullmatch(r'"(.+)"', local)
    local = unicodedata.normalize("NFC", (quoted[1] if quoted else local).lower())
    if not _LOCAL.fullmatch(local) or "=?" in local or "\N{REPLACEMENT CHARACTER}" in local:
        raise ValueError("the part before the @ is not a plain name (RFC 5322 dot-atom)")
    address = f"{local}@{_domain(domain)}"
    if len(address.encode("utf-8")) > MAX_ADDRESS:
        raise ValueError(f"an address has at most {MAX_ADDRESS} bytes")
    return address


def without_extension(address: str) -> str:
    """Give a canonical address without its plus-extension (RFC 5233); all extension stays."""
    local, at, domain = address.rpartition("@")
    base = local.partition("+")[0]
    return f"{base}{at}{domain}" if base else address


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
