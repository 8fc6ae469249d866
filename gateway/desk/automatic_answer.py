"""What whoever writes gets by itself: an acknowledgement, a canned answer, or a refusal.

At most one of them, and none where a mail asks for none (RFC 3834 sections 2 and 3).
"""

from datetime import datetime

from gateway.config.policy import Detail
from gateway.desk.case import Case, why_not
from gateway.desk.decision import Content, Reply
from gateway.desk.known import ReplyRole
from gateway.desk.partner import partner_of
from gateway.desk.promising import available, promised
from gateway.desk.suggest import suggested
from gateway.desk.ticket import Ticket
from gateway.mail.model import Mailbox

ACKNOWLEDGE = "customer/acknowledge"

Answered = tuple[tuple[Reply, ...], tuple[str, ...]]
"""The answer, if there is one, and what was withheld, with why."""


def acknowledge(case: Case, ticket: Ticket, now: datetime) -> Answered:
    """Acknowledge a new case, or give it the canned answer that a rule has for it.

    `ticket` is as the mail leaves it: what is promised of it follows from that.
    """
    reply = case.ruling.reply
    template = reply.value if reply else ACKNOWLEDGE
    return _answer(case, ticket, template, now, canned=reply is not None)


def canned(case: Case, ticket: Ticket, now: datetime) -> Answered:
    """Answer a mail on a case, if a rule has a canned answer for it; `ticket` as it is left."""
    reply = case.ruling.reply
    return _answer(case, ticket, reply.value, now, canned=True) if reply else ((), ())


def refusal(case: Case, now: datetime) -> Answered:
    """Tell somebody that their mail is not taken in, as the rule says that refuses it.

    It is about no case; who answers it writes to the desk anew.
    """
    refuse = case.ruling.refuse
    if refuse is None:
        return (), ()
    if withheld := why_not(case):
        return (), (f"{refuse.value}: {withheld}",)
    reply = Reply(
        refuse.value,
        _author(case),
        language(case),
        content=_content(case, None, now),
        held=case.spool,
        vouched=case.sender.vouched,
        subject=case.mail.subject,
    )
    return (reply,), ()


def is_work(case: Case) -> bool:
    """Say whether a mail is something for agents.

    A canned answer is enough for it only if its author can get it.
    """
    ruling = case.ruling
    lost = ruling.reply is not None and bool(why_not(case))
    return ruling.is_work or (lost and ruling.work is None)


def language(case: Case) -> str:
    """Give the language that a mail is answered in: a rule may say it."""
    said = (one.value for one in reversed(case.ruling.settings) if one.field == "language")
    return next((one for one in said if one in case.desk.languages), case.spoken.language)


def _answer(case: Case, ticket: Ticket, template: str, now: datetime, *, canned: bool) -> Answered:
    if withheld := why_not(case):
        return (), (f"{template}: {withheld}",)
    reply = Reply(
        template,
        _author(case),
        language(case),
        content=_content(case, ticket, now),
        reply_role=ReplyRole.CUSTOMER,
        vouched=case.sender.vouched,
        canned=canned,
    )
    return (reply,), ()


def _author(case: Case) -> Mailbox:
    return Mailbox(case.sender.name if case.sender.may_be_quoted else "", case.sender.address)


def _content(case: Case, ticket: Ticket | None, now: datetime) -> Content:
    desk, spoken = case.desk, language(case)
    missing = (one for one in desk.detail if one.name in case.ruling.missing)
    return Content(
        articles=suggested(case, spoken),
        missing=tuple(_asked(one, spoken, desk.languages) for one in missing),
        partner=partner_of(case),
        level=case.entitled.level,
        promises=promised(ticket, desk, now) if ticket else (),
        availability=available(desk, now, ticket.timezone if ticket else "", spoken),
    )


def _asked(detail: Detail, spoken: str, languages: tuple[str, ...]) -> str:
    """Give how a detail is asked for in a language, else in the desk's first that says it."""
    found = (detail.ask.get(one) for one in (spoken, *languages))
    return next((text for text in found if text), detail.name)
