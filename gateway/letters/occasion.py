"""What our mails are about."""

from dataclasses import dataclass, field

from gateway.config.desk import Desk
from gateway.desk.case import Case
from gateway.desk.known import KnownId, Role
from gateway.letters.enclosures import Enclosures
from gateway.letters.signing import Signing
from gateway.letters.wording import Wording
from gateway.mail.compose import reference_list


@dataclass(frozen=True, slots=True)
class Occasion:
    """What our mails are about: the mail that they answer, or a ticket's time.

    `references` end with the mail that is answered. `subject` is "" where the words of whoever
    wrote must not be repeated, and `may_be_quoted` says that they may. Of an agent's mail,
    `by_agent`, nothing goes to customers but what replies hold; `given` are the ids of mails that
    people on its tickets have, oldest first.
    """

    desk: Desk
    references: tuple[str, ...]
    subject: str
    may_be_quoted: bool = False
    by_agent: bool = False
    given: tuple[KnownId, ...] = ()
    enclosures: Enclosures = field(default_factory=Enclosures)
    signing: Signing = field(default_factory=Signing)
    wording: Wording = field(default_factory=Wording)


def occasion(case: Case, raw: bytes = b"") -> Occasion:
    """Give the occasion that a mail is; `raw` are its bytes, which its attachments are in."""
    return Occasion(
        desk=case.desk,
        references=reference_list(case.mail.references, case.mail.message_id),
        subject=case.mail.subject if case.sender.may_be_quoted else "",
        may_be_quoted=case.sender.may_be_quoted,
        by_agent=case.sender.role is Role.AGENT and case.sender.proven,
        given=case.known.given,
        enclosures=Enclosures(raw, case.spool),
    )
