"""When a form was shown, signed, as the form itself says it when it is sent.

A mark is `KEY-KIND-TIME-MAC`: the id of the key, `f` for a form or `c` for the question whether
what was sent is somebody's, the time in milliseconds (POSIX), and 128 bits of an HMAC-SHA256 over
all of it and the page. Nobody makes one for another page, or for another time.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from gateway.desk.scanner import Showing
from gateway.mail.feedback_link import digest_of
from gateway.mail.mac import mac

_MAC_BYTES = 16
_LONGEST = 60
_MARK = re.compile(r"([1-9][0-9]{0,7})-([fc])-([1-9][0-9]{0,13})-([a-z2-7]{26})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Showings:
    """Makes and reads marks with secret `keys`, by their ids; `current` is the one that signs."""

    keys: Mapping[str, bytes] = field(repr=False)
    current: str

    def mark(self, token: str, showing: Showing) -> str:
        """Give the mark of a form on the page of a token."""
        kind = "c" if showing.confirms else "f"
        said = f"{self.current}-{kind}-{(showing.at - _EPOCH) // _MILLISECOND}"
        return f"{said}-{_mac(self.keys[self.current], token, said)}"

    def read(self, token: str, mark: str) -> Showing | None:
        """Give what a mark says of a form on the page of a token; None if it is not ours."""
        found = _MARK.fullmatch(mark) if len(mark) <= _LONGEST else None
        key = self.keys.get(found[1]) if found else None
        if found is None or key is None:
            return None
        said = mark.rpartition("-")[0]
        if not hmac.compare_digest(_mac(key, token, said), found[4]):
            return None
        return Showing(_EPOCH + int(found[3]) * _MILLISECOND, confirms=found[2] == "c")


def _mac(key: bytes, token: str, said: str) -> str:
    # The keys sign links to files as well: neither can be taken for the other.
    return mac(key, "shown", f"{digest_of(token)}\0{said}", _MAC_BYTES)
