"""Reply addresses that we sign, and find again among a mail's recipients.

A reply address is `BASE+TOKEN@DOMAIN` (RFC 5233), where TOKEN is `ROLE KEY-OUTBOX-MAC` without the
blank: a mark of what it is for, the id of the key, the number of the mail that bore it, and 128
bits of an HMAC-SHA256 over role, number, what the mail was about, and the person that it was sent
to. So it opens one matter, for one person, in one role, and whose it is need not stand in it.

What looks like one is only a clue: the outgoing mail has to be looked up to confirm it.
"""

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gateway.mail.mac import mac
from gateway.mail.model import ReplyClue

# RFC 5321 section 4.5.3.1.1, in octets.
LONGEST_LOCAL_PART = 64
MAX_FOUND = 10
_MOST_ADDRESSES = 200
_LONGEST_ADDRESS = 254
_MAC_BYTES = 16
# Every count is bounded and no two repeats overlap: it is linear.
_TOKEN = re.compile(r"([a-z])([a-z0-9]{1,8})-([1-9][0-9]{0,17})-([a-z2-7]{26})")
_WRITTEN = re.compile(
    r"\+[a-z][a-z0-9]{1,8}-[1-9][0-9]{0,17}-[a-z2-7]{26}(?=@)", re.ASCII | re.IGNORECASE
)
_LEFT_OUT = "+…"
KEY_ID = re.compile(r"[a-z0-9]{1,8}")


def about(ticket: int, spool: int) -> str:
    """Name what a mail is about as it is signed: a held mail before the ticket it belongs to."""
    if spool:
        return f"spool:{spool}"
    return f"ticket:{ticket}" if ticket else ""


def without_tokens(text: str) -> str:
    """Give a text without what makes reply addresses of ours: who has one acts as its person."""
    return _WRITTEN.sub(_LEFT_OUT, text)


@dataclass(frozen=True, slots=True)
class ReplyAddresses:
    """Issues and confirms reply addresses with secret `keys` of at least 32 random bytes, by id.

    `current` is the id of the key that signs; all of them verify.
    """

    keys: Mapping[str, bytes] = field(repr=False)
    current: str

    def issue(self, base: str, role: str, outbox: int, about: str, person: str) -> str:
        """Give the address for answers to an outgoing mail, "" if it would be too long.

        `base` is the desk's address, `role` the one letter that marks what the address is for,
        `about` what `about()` gives, `person` the canonical address that the mail is sent to.
        """
        local, _, domain = base.rpartition("@")
        mac = self._mac(self.keys[self.current], role, outbox, about, person)
        signed = f"{local}+{role}{self.current}-{outbox}-{mac}"
        if len(signed.encode()) > LONGEST_LOCAL_PART:
            return ""
        whole = f"{signed}@{domain}"
        return whole if len(whole.encode()) <= _LONGEST_ADDRESS else ""

    def find(self, addresses: Iterable[str]) -> tuple[ReplyClue, ...]:
        """Give what looks like reply addresses among the first 200 of these, each once, at most 10.

        Letter case makes no difference, since servers change it.
        """
        found: dict[ReplyClue, None] = {}
        for _, address in zip(range(_MOST_ADDRESSES), addresses, strict=False):
            clue = _read(address)
            if clue is not None:
                found[clue] = None
            if len(found) == MAX_FOUND:
                break
        return tuple(found)

    def confirm(self, clue: ReplyClue, about: str, person: str) -> bool:
        """Say whether we signed this address for that person and matter, with a key still kept."""
        key = self.keys.get(clue.key)
        if key is None:
            return False
        expected = self._mac(key, clue.role, clue.outbox, about, person)
        return hmac.compare_digest(expected.encode(), clue.mac.encode("utf-8", "replace"))

    def _mac(self, key: bytes, role: str, outbox: int, about: str, person: str) -> str:
        said = f"{role}\0{outbox}\0{about}\0{person.lower()}"
        return mac(key, "reply-address", said, _MAC_BYTES)


def _read(address: str) -> ReplyClue | None:
    if len(address) > _LONGEST_ADDRESS or not address.isprintable():
        return None
    local, _, domain = address.lower().rpartition("@")
    base, _, token = local.partition("+")
    match = _TOKEN.fullmatch(token)
    if match is None or not base or not domain:
        return None
    return ReplyClue(match[1], match[2], int(match[3]), match[4], f"{base}@{domain}")
