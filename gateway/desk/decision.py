"""What becomes of a mail or a due timer, as a value: nothing is done until it is applied.

All times are aware and UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.desk.known import Earlier, ReplyRole, Suggestion
from gateway.desk.person import Fact
from gateway.desk.requested import Rating, Requested
from gateway.desk.ticket import Defect, Entry, Event, Ticket
from gateway.mail.model import Attachment, Mailbox


class Reason(StrEnum):
    """What became of a mail: the machine-readable half of a decision, a closed list."""

    OPENED = "opened"
    OPENED_CLAIMING = "opened-claiming-a-case"
    OPENED_LINKED = "opened-after-long"
    OPENED_BY_AGENT = "opened-by-agent"
    OPENED_FORWARDED = "opened-forwarded"
    APPENDED = "appended"
    APPENDED_INTERNALLY = "appended-internally"
    JOINED = "joined-same-signature"
    STORM = "appended-in-a-storm"
    REOPENED = "reopened"
    ANSWERED = "answered"
    NOTED = "noted"
    COMMANDED = "commanded"
    COMMANDS_REFUSED = "commands-refused"
    AUTOMATIC_FILED = "automatic-filed"
    AUTOMATIC_OPENED = "automatic-opened"
    AUTOMATIC_HELD = "automatic-held"
    BOUNCED = "bounced"
    UNREADABLE = "unreadable"
    ORPHAN = "orphan"
    OWN_MAIL = "own-mail"
    AGENT_NOT_PROVEN = "agent-not-proven"
    OVERTAKEN = "overtaken"
    TOO_MANY_ANSWERS = "too-many-answers"
    SPAM = "spam"
    CLAIMS_A_CASE = "claims-a-case"
    DROPPED = "dropped"
    ERASED = "erased"
    RULE_HELD = "held-by-rule"
    RULE_REFUSED = "refused-by-rule"
    THANKED = "thanked"
    DUPLICATE = "duplicate"
    TIMER = "timer"
    DEFECT_FIXED = "defect-fixed"
    RATED = "rated"


class Outcome(StrEnum):
    """Where a decision leaves the mail in the spool."""

    FILED = "filed"
    HELD = "held"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A likely duplicate, as an agent is shown it."""

    number: str
    subject: str
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a transcript: a command, what came of it as a word of a closed list, and a value.

    Templates say it in words.
    """

    command: str
    outcome: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """A target by its name, and when it is due."""

    target: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether somebody of the desk works now; if not, when they begin, and which holiday it is."""

    is_open: bool
    opens_at: datetime | None = None
    holiday: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail of ours is to say beyond its template: plain values, never a template.

    `text` and `attachments` are an entry's that is passed on, `author` who wrote it as people read
    it; `source` is the spool id of the mail that has the attachments' bytes, 0 for the mail in
    hand. `facts` are what is known of the customer, `lines` a transcript, `addresses` people whom
    the customer wrote to as well, `proposals` likely duplicates. `reason` is a word of a closed
    list that says why: of a held mail its `Reason`. `other` is the number of a further case.
    `articles` are suggested, `missing` is what a good report would say beside, in the words of the
    recipient's language. `partner` is who of the customer's partners it is about, such as their
    reseller; `level` is the customer's level of support. `earlier` is what was said on a case
    before agents were told of it, oldest first.

    `promises` are what the customer may rely on, `availability` is that of the desk when the mail
    came; None where the desk says nothing of its hours. `timer` is the name of the timer that
    fired, `due` when the target is due that it is about. `defect` is the one that a mail is about,
    `version` the one in which it is fixed. `stars` are a customer's, 0 for none. `period` are the
    first and the last day of a report.
    """

    text: str = ""
    author: str = ""
    attachments: tuple[Attachment, ...] = ()
    source: int = 0
    facts: tuple[Fact, ...] = ()
    lines: tuple[Line, ...] = ()
    addresses: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    reason: str = ""
    other: str = ""
    articles: tuple[Suggestion, ...] = ()
    missing: tuple[str, ...] = ()
    partner: Mailbox | None = None
    level: str = ""
    earlier: tuple[Earlier, ...] = ()
    promises: tuple[Promise, ...] = ()
    availability: Availability | None = None
    timer: str = ""
    due: datetime | None = None
    defect: Defect | None = None
    version: str = ""
    stars: int = 0
    period: tuple[datetime, datetime] | None = None


NOTHING = Content()


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail that policy wants sent: which template, to whom, in which language.

    Automatic ones follow RFC 3834; `unasked` ones answer no mail. `reply_role` is that of the
    signed address that answers go to, None for the desk's own. `held` is the spool id of the held
    mail that it is about, 0 for a ticket. `vouched` says whether somebody vouches for the address.
    `subject` takes the place of the ticket's where the mail is about no ticket. `references` are
    the ids of the ticket's mails that the recipient has, oldest first, so that it stands below them
    in their mail program; empty for those of the mail in hand. `topic` is what its subject is
    about, and `failed` says that the recipient's domain disowns the mail that it answers; both are
    for the limits (`desk/limits.py`), and so is whether an agent `prompted` it. A `canned` one is a
    prepared answer, which its ticket remembers. One that `asks` may bear a link by which its
    recipient says how content they are.
    """

    template: str
    to: Mailbox
    language: str
    automatic: bool = True
    unasked: bool = False
    content: Content = NOTHING
    reply_role: ReplyRole | None = None
    held: int = 0
    vouched: bool = True
    subject: str = ""
    references: tuple[str, ...] = ()
    topic: str = ""
    failed: bool = False
    prompted: bool = False
    canned: bool = False
    asks: bool = False

    @property
    def to_agent(self) -> bool:
        """Say whether it goes to somebody of the desk: it is then no entry on a ticket."""
        return self.template.startswith("agent/")


@dataclass(frozen=True, slots=True)
class Due:
    """A timer of a ticket, and when it is due."""

    timer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Touched:
    """What becomes of one ticket.

    `ticket` is the ticket as it was found, None for a new one, which gets its id and number when it
    is rendered. `note` is what an agent wrote beside the entry. `links` are tickets that it is
    linked to.
    """

    ticket: Ticket | None
    events: tuple[Event, ...] = ()
    entry: Entry | None = None
    note: Entry | None = None
    replies: tuple[Reply, ...] = ()
    links: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """A held mail that somebody admits, so that it is taken in again, or drops."""

    spool: int
    by: str
    admit: bool


@dataclass(frozen=True, slots=True)
class Absence:
    """An agent is away until then; None ends an absence."""

    agent: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A mail that a spam filter is to learn from; with `spool` 0 the one that opened `ticket`."""

    spool: int
    spam: bool
    ticket: int = 0


@dataclass(frozen=True, slots=True)
class Undelivered:
    """An outgoing mail that did not reach its recipient; `lasting` if it never will."""

    outbox: int
    address: str
    why: str
    lasting: bool


@dataclass(frozen=True, slots=True)
class Unmuted:
    """An address to which mail came back has written again: automatic mail may go to it."""

    address: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A request for feedback has been answered, with a rating."""

    requested: Requested
    rating: Rating


Consequence = Release | Absence | Lesson | Undelivered | Unmuted | Answered
"""What a decision changes beside tickets."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The frozen value that says what becomes of a mail; nothing is done until it is applied.

    `ticket` to `links` are those of the ticket that the mail belongs to, as in `Touched`; a
    decision without `events` touches no ticket, and its replies are about none. `others` are
    further tickets. `withheld` says which answers were not sent, and why. `counted` are rules that
    hit and may do so only so often for a sender.
    """

    outcome: Outcome
    reason: Reason
    ticket: Ticket | None = None
    events: tuple[Event, ...] = ()
    entry: Entry | None = None
    note: Entry | None = None
    replies: tuple[Reply, ...] = ()
    links: tuple[int, ...] = ()
    withheld: tuple[str, ...] = ()
    duplicate_of: int | None = None
    others: tuple[Touched, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    counted: tuple[str, ...] = ()
