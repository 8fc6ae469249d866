"""What a token server gives: an access token, for how long, and perhaps another refresh token."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from gateway.oauth2.token_server import Unanswered

# RFC 6749 section 5.1 leaves the length out at times; an hour is what nearly all give.
_USUAL = timedelta(hours=1)
_LONGEST = timedelta(days=7)
# What one line of a login can hold.
_MOST_CHARACTERS = 16 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """The tokens; `refresh_token` is "" where the one that was used goes on being good."""

    access_token: str = field(repr=False)
    lasts: timedelta
    refresh_token: str = field(default="", repr=False)


def read_answer(said: Mapping[str, Any]) -> Answer:
    """Read an answer of RFC 6749 section 5.1. Raises Unanswered for one without a usable token."""
    if str(said.get("token_type", "bearer")).lower() != "bearer":
        raise Unanswered("the token server gives tokens of another type than bearer")
    access = said.get("access_token")
    if not is_token(access):
        raise Unanswered("the token server's answer has no access token that can be used")
    refresh = said.get("refresh_token") or ""
    if refresh and not is_token(refresh):
        raise Unanswered("the token server's answer has a refresh token that cannot be one")
    return Answer(str(access), _length(said.get("expires_in")), str(refresh))


def is_token(token: object) -> bool:
    """Say whether something can be a token: one word of ASCII, of bounded length."""
    if not isinstance(token, str) or not 0 < len(token) <= _MOST_CHARACTERS:
        return False
    return all(0x20 < ord(c) < 0x7F for c in token)


def _length(said: object) -> timedelta:
    """Give how long a token lasts; some servers write the number as text."""
    if isinstance(said, str) and said.isascii() and said.isdigit():
        said = int(said[:10])
    if isinstance(said, bool) or not isinstance(said, int | float):
        return _USUAL
    if not said > 0:
        raise Unanswered("the token server's answer has an access token that has ended already")
    return timedelta(seconds=min(said, _LONGEST.total_seconds()))
