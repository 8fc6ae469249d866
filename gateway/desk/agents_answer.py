"""An agent's answer: an entry, and a mail to each who takes part, but for the agent.

Nothing goes with it but what the agent wrote newly and the files that they added to it.
"""

from gateway.desk.case import Case
from gateway.desk.decision import NOTHING, Content, Reply
from gateway.desk.known import ReplyRole
from gateway.desk.ticket import Direction, Entry, EntryKind, Ticket
from gateway.mail.model import Attachment, Disposition, Mailbox

ANSWER = "customer/answer"

# A mail in a mail may be the one that we sent the agent, and so may what Outlook packs one into.
_MAILS = ("message/", "application/ms-tnef", "application/vnd.ms-tnef")
_NAMES_OF_MAILS = (".eml", ".msg", "winmail.dat")


def answer(case: Case, ticket: Ticket, said: str) -> tuple[Entry | None, tuple[Reply, ...]]:
    """Give an answer as an entry, and as a mail to each who takes part."""
    files = passed_on(case)
    if not said and not files:
        return None, ()
    agent = case.desk.agent_of(case.sender.address)
    content = Content(text=said, author=agent.name if agent else "", attachments=files)
    entry = Entry(
        EntryKind.ANSWER,
        Direction.OUT,
        case.received_at,
        case.sender.address,
        said,
        attachments=files,
    )
    replies = (mail_to(case, ticket, ANSWER, one, content) for one in recipients(case, ticket))
    return entry, tuple(replies)


def recipients(case: Case, ticket: Ticket) -> tuple[str, ...]:
    """Give who gets an agent's answer: all who take part, but for the agent."""
    return tuple(one for one in ticket.everybody if one != case.sender.address)


def mail_to(
    case: Case, ticket: Ticket, template: str, address: str, content: Content = NOTHING
) -> Reply:
    """Give a mail to somebody on a ticket, in their language, or else the ticket's."""
    person = case.known.in_directory(address)
    language = person.language if person else ""
    automatic = template != ANSWER
    return Reply(
        template,
        Mailbox(person.name if person else "", address),
        language if language in case.desk.languages else ticket.language,
        automatic=automatic,
        unasked=automatic,
        content=content,
        reply_role=ReplyRole.CUSTOMER,
    )


def passed_on(case: Case) -> tuple[Attachment, ...]:
    """Give the attachments that go with an answer."""
    own = tuple(a for a in case.mail.attachments if not _is_mail(a))
    # Pictures in the text alone may be no more than a signature's.
    if case.authored.text or any(a.disposition is Disposition.ATTACHED for a in own):
        return own
    return ()


def _is_mail(attachment: Attachment) -> bool:
    named = attachment.name.lower().endswith(_NAMES_OF_MAILS)
    return named or attachment.media_type.startswith(_MAILS)
