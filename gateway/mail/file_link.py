"""Signed links to one file in one mail.

A token is `KEY-SPOOL-PART-PIECE-EXPIRES-MAC`: the id of the key, which file it is, the second at
which the link ends (POSIX time), and 128 bits of an HMAC-SHA256 over all of it. Whoever has a token
may read that file until then, and no other.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gateway.mail.mac import mac

_MAC_BYTES = 16
# Every count is bounded and no two repeats overlap: it is linear.
_TOKEN = re.compile(
    r"([1-9][0-9]{0,7})-([1-9][0-9]{0,17})-(0|[1-9][0-9]{0,5})-(0|[1-9][0-9]{0,5})"
    r"-([1-9][0-9]{0,11})-([a-z2-7]{26})"
)
LONGEST_TOKEN = 100

# Stands for the mail itself, which has far fewer parts.
WHOLE_MAIL = 999_999


@dataclass(frozen=True, slots=True)
class FileLink:
    """Which file a token is for: the mail's number in the spool, and part and piece of it.

    `part` is WHOLE_MAIL where the file is the mail itself.
    """

    spool: int
    part: int
    piece: int


@dataclass(frozen=True, slots=True)
class FileLinks:
    """Issues and reads tokens with secret `keys` of at least 32 random bytes, by their ids.

    `current` is the id of the key that signs; all of them verify.
    """

    keys: Mapping[str, bytes] = field(repr=False)
    current: str

    def issue(self, link: FileLink, until: datetime) -> str:
        """Give the token of a file."""
        expires = int(until.timestamp())
        said = f"{self.current}-{link.spool}-{link.part}-{link.piece}-{expires}"
        return f"{said}-{mac(self.keys[self.current], 'file', said, _MAC_BYTES)}"

    def read(self, token: str, now: datetime) -> FileLink | None:
        """Give the file that a token is for; None if it is not ours, or its time is over."""
        match = _TOKEN.fullmatch(token) if len(token) <= LONGEST_TOKEN else None
        key = self.keys.get(match[1]) if match else None
        if match is None or key is None:
            return None
        said = token.rpartition("-")[0]
        if not hmac.compare_digest(mac(key, "file", said, _MAC_BYTES), match[6]):
            return None
        if now.timestamp() >= int(match[5]):
            return None
        return FileLink(int(match[2]), int(match[3]), int(match[4]))
