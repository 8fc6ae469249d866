"""What a verdict on a mail's author is founded on."""

from dataclasses import dataclass
from datetime import datetime

from gateway.mail.model import Authenticity, Envelope, Mail, Verdict

UNVERIFIED = Authenticity(Verdict.UNKNOWN, "nobody verified this mail")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A mail with how it came to us.

    `content` are its bytes as received, since signatures are over bytes. `source` names the intake
    it came by: "smtp", or "imap:" and the account's name; "" for a file. `received_at` is when it
    was received, by which a signature may have expired.
    """

    mail: Mail
    envelope: Envelope
    content: bytes
    source: str
    received_at: datetime
