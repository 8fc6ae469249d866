"""Passwords of users: kept as Argon2id (RFC 9106), and looked at in the same time for everybody."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST = 12
_LONGEST = 1000  # characters
_FEWEST_DIFFERENT = 5

# RFC 9106's choice for where memory is dear: 64 MiB, 3 passes.
_HASHER = PasswordHasher()


def problem_of(password: str, address: str) -> str:
    """Say what keeps a password from being taken for the user of an address; "" if nothing does."""
    plain = _plain(password)
    if len(plain) < SHORTEST:
        return f"A password has at least {SHORTEST} characters."
    if len(plain) > _LONGEST:
        return f"A password has at most {_LONGEST} characters."
    if len(set(plain)) < _FEWEST_DIFFERENT:
        return "A password has more different characters than this."
    if plain.casefold() in {address, address.partition("@")[0]}:
        return "A password is not the address that it belongs to."
    return ""


def hashed(password: str) -> str:
    """Give what of a password is kept."""
    return _HASHER.hash(_plain(password))


def matches(kept: str, password: str) -> bool:
    """Say whether a password is the one that is kept.

    It takes as long where nothing is kept, so that nobody learns for whom there is a password.
    """
    if len(password) > _LONGEST:
        password = ""
    try:
        _HASHER.verify(kept or _nobodys(), _plain(password))
    except (Argon2Error, InvalidHashError):
        return False
    return bool(kept)


def outdated(kept: str) -> bool:
    """Say whether a password is kept in a weaker form than new ones are."""
    return _HASHER.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody's")


def _plain(password: str) -> str:
    """Give a password as it is however a keyboard composes its letters (RFC 8265)."""
    return unicodedata.normalize("NFC", password)
