"""All that is known of a mail when its desk decides."""

from dataclasses import dataclass
from datetime import datetime

from gateway.config.desk import Desk
from gateway.desk.choice import Choice
from gateway.desk.commands.model import NO_COMMANDS, Commanded
from gateway.desk.entitled import NOT_ENTITLED, Entitled
from gateway.desk.known import Addressed, Known, Role, Sender
from gateway.desk.language import NOT_HEARD, Spoken
from gateway.desk.ruling import NO_RULING, Ruling
from gateway.desk.ticket import Direction, Entry, EntryKind
from gateway.mail.model import Classification, Kind, Mail
from gateway.mail.reply.authored import NOTHING_AUTHORED, Authored
from gateway.mail.reply.model import Fold, new_text


@dataclass(frozen=True, slots=True)
class Forward:
    """Who forwarded a mail to the desk, and what they wrote about it."""

    agent: str
    comment: str


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known of a mail when its desk decides.

    Of a mail that an agent forwarded for somebody, `mail` and `sender` are the original and its
    author, and `forward` says who forwarded it. `folds` are the pieces of the mail's text that are
    not new. `written_to` are the desk's addresses that it came to. `addressed` are the genuine
    reply addresses among its recipients. `commanded` is what the first lines of an agent's mail
    ask for. `admitted_by` is who let the mail in after it was held. `canned` are the names of the
    answers that `#reply` may send. `spam` says why the mail was taken for spam, "" if it was not.
    `quiet` mails are filed and never answered: they lay in a mailbox before we came.
    `issued_by_us` ones bear a Message-ID of ours. `authored` is what an agent wrote newly, below
    their commands; `forwards` says that it is a forward, and not an answer. `copied` are the people
    whom the mail was written to as well: neither ours nor agents. `ours` are addresses of any desk
    among those that its commands name. `entitled` is the support that its author may expect,
    `ruling` what the desk's rules make of it.
    """

    mail: Mail
    kind: Classification
    known: Known
    sender: Sender
    choice: Choice
    desk: Desk
    received_at: datetime
    spoken: Spoken = NOT_HEARD
    folds: tuple[Fold, ...] = ()
    forward: Forward | None = None
    written_to: tuple[str, ...] = ()
    quiet: bool = False
    unreadable: bool = False
    issued_by_us: bool = False
    spool: int = 0
    addressed: tuple[Addressed, ...] = ()
    commanded: Commanded = NO_COMMANDS
    admitted_by: str = ""
    canned: tuple[str, ...] = ()
    spam: str = ""
    authored: Authored = NOTHING_AUTHORED
    forwards: bool = False
    copied: tuple[str, ...] = ()
    ours: frozenset[str] = frozenset()
    entitled: Entitled = NOT_ENTITLED
    ruling: Ruling = NO_RULING

    @property
    def reply_text(self) -> str:
        """Give what is new in the mail's text."""
        return new_text(self.mail.text, self.folds)


def why_not(case: Case) -> str:
    """Say why no automatic answer goes out (RFC 3834 section 2), or ""."""
    if case.unreadable:
        return "the mail could not be read"
    if case.quiet:
        return "the mail is older than our first look at its mailbox"
    if case.sender.role is Role.OURSELVES:
        return "the mail is from one of our addresses"
    if case.kind.kind is not Kind.PERSON:
        return f"the mail is not a person's: {case.kind.kind.value}"
    if not case.kind.answerable:
        return "; ".join(case.kind.reasons) or "the mail asks for no automatic answer"
    if not case.sender.address:
        return f"nobody to answer to: {case.sender.why}"
    return ""


def entry_of(case: Case, *, internal: bool = False) -> Entry:
    """Give the entry that a mail is on its ticket.

    A machine's, and one that is to be `internal`, is not shown to a customer.
    """
    if case.unreadable:
        kind = EntryKind.UNREADABLE
    elif case.kind.kind is Kind.PERSON:
        kind = EntryKind.CUSTOMER
    else:
        kind = EntryKind.AUTOMATIC_IN
    written = case.mail.date if case.forward else None
    return Entry(
        kind=kind,
        direction=Direction.IN,
        # Nobody wrote a mail after it was forwarded to us.
        at=min(written, case.received_at) if written else case.received_at,
        author=case.sender.address,
        text=case.mail.text,
        attachments=case.mail.attachments,
        automatic=kind is not EntryKind.CUSTOMER,
        internal=internal or kind is EntryKind.AUTOMATIC_IN,
        folds=case.folds,
    )
