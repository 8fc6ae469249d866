"""The values that describe one mail: what was received, what was read in it, what it is.

Terms follow RFC 5598 (author, recipient, reverse-path) and RFC 5322 (mailbox, message id).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name with an address: `Jan <jan@klant.example>`.

    `address` is canonical: the domain in lower case and IDNA A-labels, the whole in lower case.
    """

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the transport said of a mail, apart from the mail itself (RFC 5321 section 2.3.1).

    `reverse_path` is "" for the null reverse-path `<>` and None where no transport said it, as
    with a mailbox read by IMAP. `recipient` is canonical, with its plus-extension; "" where only
    the mail itself can tell. `peer` is the address of the client, "" if there was none.
    """

    reverse_path: str | None
    recipient: str
    peer: str = ""
    helo: str = ""
    tls: bool = False


class Disposition(StrEnum):
    """What a MIME part is to its reader."""

    ATTACHED = "attached"
    INLINE = "inline"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part of a mail that is not its text; its bytes stay in the raw mail.

    `part` is the index of the part in the order of the walk, by which it can be found again, and
    `piece` says which of the files packed in that part it is, counted from 1 (uuencoded text,
    TNEF); 0 is the part itself. `size` is in bytes after the transfer encoding was undone.
    """

    part: int
    name: str
    media_type: str
    size: int
    disposition: Disposition = Disposition.ATTACHED
    content_id: str = ""
    piece: int = 0


@dataclass(frozen=True, slots=True)
class Header:
    """One header field: its name in lower case and its decoded, unfolded value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A part of a mail that describes a mail or gives one back, read as header fields.

    `media_type` is the type that the contents have. `groups` of a report (RFC 3464, RFC 8098,
    RFC 5965) are the groups of fields that blank lines part: of a delivery status the fields of
    the whole first, then a group for each recipient. Of a returned message it is one group, its
    header block. All is bounded; what is over a bound is left out.
    """

    part: int
    media_type: str
    groups: tuple[tuple[Header, ...], ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as read. No text in it holds a lone surrogate, NUL, or bare CR.

    `author` is None unless there is exactly one clean From mailbox; `author_problem` then says
    why. `claimed_author` is the best guess at who wrote, for people to read, never for trust.
    Message ids come with their angle brackets. `opaque` says why the mail could not be read in
    full; "" if it could. `calendar_method` is what its calendar part is for (RFC 5546), such as
    REPLY; "" if it has none. `date` is what the author wrote, in UTC.
    """

    headers: tuple[Header, ...]
    author: Mailbox | None
    author_problem: str
    claimed_author: Mailbox | None
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    subject: str
    date: datetime | None
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    size: int
    fingerprint: str
    opaque: str = ""
    enclosed: tuple[Enclosed, ...] = ()
    calendar_method: str = ""

    def header(self, name: str) -> str:
        """Give the first field of that name (lower case), or ""."""
        return next((h.value for h in self.headers if h.name == name), "")

    def all_headers(self, name: str) -> tuple[str, ...]:
        """Give every field of that name (lower case), in order."""
        return tuple(h.value for h in self.headers if h.name == name)


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A recipient whom a mail did not reach, or has not reached yet.

    `address` is canonical, and the one that the mail was sent to where the bounce tells that apart
    from where it was forwarded to; "" where it tells neither. `status` is the enhanced status code
    (RFC 3463), such as "5.1.1", "" if there is none. `permanent` is True if sending again would be
    of no use. `diagnostic` is what the refusing server said, one line, for people. `delayed` says
    that the mail is still being tried, and may yet arrive.
    """

    address: str
    status: str
    permanent: bool
    diagnostic: str = ""
    delayed: bool = False


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a bounce tells: whom a mail did not reach, and which mail.

    `of` is the Message-ID of the returned mail with its angle brackets, "" if the bounce does not
    give it. There is at least one recipient. `reason` says what showed the mail to be a bounce.
    """

    of: str
    recipients: tuple[Undelivered, ...]
    returned_subject: str
    reason: str


class Kind(StrEnum):
    """Who or what made a mail."""

    PERSON = "person"
    AUTOMATIC = "automatic"
    OUT_OF_OFFICE = "out-of-office"
    BOUNCE = "bounce"
    RECEIPT = "receipt"
    LIST = "list"
    REPORT = "report"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Classification:
    """A mail's kind, the reasons that led to it, and whether an automatic answer is unwanted.

    `answerable` may be False for a person, too: X-Auto-Response-Suppress, a null reverse-path.
    `bounce` is what a bounce says, where it can be read; None for any other kind.
    """

    kind: Kind
    reasons: tuple[str, ...]
    answerable: bool
    bounce: "Bounce | None" = None


class Verdict(StrEnum):
    """Whether the author's domain vouches for a mail; a time-out is UNKNOWN, never PASS."""

    PASS = "pass"  # noqa: S105  a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Authenticity:
    """The verdict on a mail's author, with the reason for people to read."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A Message-ID of ours, recognised by its MAC: the outgoing mail that bore it."""

    outbox: int
    message_id: str


@dataclass(frozen=True, slots=True)
class ReplyClue:
    """What looks like a reply address of ours among a mail's recipients, not verified yet.

    `role` is the mark of what it is for, `key` the id of the key that signed it, `outbox` the
    outgoing mail that bore it, `mac` what has to be right; `base` is the address without it.
    """

    role: str
    key: str
    outbox: int
    mac: str
    base: str


@dataclass(frozen=True, slots=True)
class Clues:
    """What in a mail points to a ticket, strongest first within each list.

    `reply_addresses` look like reply addresses of ours; who they were signed for has to be known to
    verify them.
    `issued` are ids that we made, newest first; `references` all other ids that it names, newest
    first; `numbers` the case numbers in its subject, upper case, with a right check digit.
    """

    issued: tuple[Issued, ...]
    references: tuple[str, ...]
    numbers: tuple[str, ...]
    reply_addresses: tuple[ReplyClue, ...] = ()
