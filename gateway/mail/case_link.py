"""Signed links to a case's page, for one of those who take part in it.

A token is `KEY-TICKET-READER-EXPIRES-MAC`: the id of the key, the ticket, 80 bits that stand for
its reader's address, the second at which the link ends (POSIX time), and 128 bits of an HMAC-SHA256
over all of it. Nobody learns an address from it; whoever takes part no more reads nothing more.
"""

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gateway.mail.mac import mac

_MAC_BYTES = 16
_READER_BYTES = 10
# Every count is bounded and no two repeats overlap: it is linear.
_TOKEN = re.compile(
    r"([1-9][0-9]{0,7})-([1-9][0-9]{0,17})-([a-z2-7]{16})-([1-9][0-9]{0,11})-([a-z2-7]{26})"
)
# Programs that guard a mailbox write links into links of their own: `%2Fcase%2F`, `_case_`, `-2D`.
_WRITTEN = re.compile(
    r"((?:/|%(?:25)?2F|_)case(?:/|%(?:25)?2F|_))[0-9]{1,8}-(?:2D)?[0-9]{1,18}-(?:2D)?[a-z2-7]{16}"
    r"-(?:2D)?[0-9]{1,12}-(?:2D)?[a-z2-7]{26}(?![a-z0-9])",
    re.ASCII | re.IGNORECASE,
)
LONGEST_TOKEN = 100
_LEFT_OUT = "…"


@dataclass(frozen=True, slots=True)
class CaseLink:
    """Which case a token shows, and until when; `key` and `reader` are as they stand in it."""

    ticket: int
    key: str
    reader: str
    expires: int


@dataclass(frozen=True, slots=True)
class CaseLinks:
    """Issues and reads tokens with secret `keys` of at least 32 random bytes, by their ids.

    `current` is the id of the key that signs; all of them verify.
    """

    keys: Mapping[str, bytes] = field(repr=False)
    current: str

    def issue(self, ticket: int, reader: str, until: datetime) -> str:
        """Give the token by which somebody, a bare address in lower case, sees a ticket."""
        return self._token(self.current, ticket, reader, int(until.timestamp()))

    def moved(self, link: CaseLink, ticket: int, reader: str) -> str:
        """Give a token for another ticket, which is good for as long as a link that is."""
        return self._token(self.current, ticket, reader, link.expires)

    def read(self, token: str, now: datetime) -> CaseLink | None:
        """Give what a token shows; None if it is not ours, or its time is over."""
        match = _TOKEN.fullmatch(token) if len(token) <= LONGEST_TOKEN else None
        key = self.keys.get(match[1]) if match else None
        if match is None or key is None:
            return None
        said = token.rpartition("-")[0]
        if not hmac.compare_digest(mac(key, "case", said, _MAC_BYTES), match[5]):
            return None
        if now.timestamp() >= int(match[4]):
            return None
        return CaseLink(int(match[2]), match[1], match[3], int(match[4]))

    def reader_of(self, link: CaseLink, addresses: Iterable[str]) -> str:
        """Give whose link it is, of these; "" if it is none of theirs."""
        key = self.keys.get(link.key)
        if key is None:
            return ""
        found = (
            one
            for one in addresses
            if hmac.compare_digest(_reader(key, link.ticket, one), link.reader)
        )
        return next(found, "")

    def _token(self, key_id: str, ticket: int, reader: str, expires: int) -> str:
        key = self.keys[key_id]
        said = f"{key_id}-{ticket}-{_reader(key, ticket, reader)}-{expires}"
        return f"{said}-{mac(key, 'case', said, _MAC_BYTES)}"


def without_links(text: str) -> str:
    """Give a text without the tokens in it, which are their reader's own."""
    # Most texts have no such word, which is seen in a tenth of the time.
    if "case" not in text.lower():
        return text
    return _WRITTEN.sub(rf"\1{_LEFT_OUT}", text)


def _reader(key: bytes, ticket: int, address: str) -> str:
    return mac(key, "reader", f"{ticket}-{address}", _READER_BYTES)
