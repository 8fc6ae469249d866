"""Message-IDs that we make and recognise again.

An id is `<cp.OUTBOX.MAC@DOMAIN>`: the number of the outgoing mail, and 80 bits of an HMAC-SHA256
over number and domain. So an id that we issued is told from a forged one without asking anybody,
and the number finds the mail. RFC 5322 section 3.6.4 asks only that an id be unique.
"""

import hmac
from dataclasses import dataclass, field

from gateway.mail.mac import mac

_PREFIX = "cp"
_MAC_BYTES = 10
_LONGEST = 998
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class MessageIds:
    """Issues and recognises ids with a secret `key` of at least 32 random bytes."""

    key: bytes = field(repr=False)

    def issue(self, outbox: int, domain: str) -> str:
        """Give the id of an outgoing mail, with its angle brackets."""
        return f"<{_PREFIX}.{outbox}.{self._mac(outbox, domain)}@{domain}>"

    def recognise(self, message_id: str) -> int | None:
        """Give the outgoing mail that an id belongs to, or None if it is not one of ours."""
        if len(message_id) > _LONGEST or message_id[:1] != "<" or message_id[-1:] != ">":
            return None
        local, _, domain = message_id[1:-1].rpartition("@")
        fields = local.split(".")
        if len(fields) != 3 or fields[0].lower() != _PREFIX:
            return None
        number, said = fields[1], fields[2].lower()
        if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
            return None
        if number[0] == "0":
            return None
        expected = self._mac(int(number), domain.lower())
        if not hmac.compare_digest(expected.encode(), said.encode("utf-8", "replace")):
            return None
        return int(number)

    def is_ours(self, message_id: str) -> bool:
        """Say whether we issued this id."""
        return self.recognise(message_id) is not None

    def _mac(self, outbox: int, domain: str) -> str:
        return mac(self.key, "message-id", f"{outbox}\0{domain}", _MAC_BYTES)
