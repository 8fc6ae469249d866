"""What whoever writes gets by itself: an acknowledgement, a canned answer, or a refusal.

At most one of them, and none where a mail asks for none (RFC 3834 sections 2 and 3).
"""

from gateway.config.policy import Detail
from gateway.desk.case import Case, why_not
from gateway.desk.decision import Content, Reply
from gateway.desk.known import ReplyRole
from gateway.desk.partner import partner_of
from gateway.desk.suggest import suggested
from gateway.mail.model import Mailbox

ACKNOWLEDGE = "customer/acknowledge"

Answered = tuple[tuple[Reply, ...], tuple[str, ...]]
"""The answer, if there is one, and what was withheld, with why."""


def acknowledge(case: Case) -> Answered:
    """Acknowledge a new case, or give it the canned answer that a rule has for it."""
    reply = case.ruling.reply
    return _answer(case, reply.value if reply else ACKNOWLEDGE, canned=reply is not None)


def canned(case: Case) -> Answered:
    """Answer a mail on a case, if a rule has a canned answer for it."""
    reply = case.ruling.reply
    return _answer(case, reply.value, canned=True) if reply else ((), ())


def refusal(case: Case) -> Answered:
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
        content=_content(case),
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


def _answer(case: Case, template: str, *, canned: bool) -> Answered:
    if withheld := why_not(case):
        return (), (f"{template}: {withheld}",)
    reply = Reply(
        template,
        _author(case),
        language(case),
        content=_content(case),
        reply_role=ReplyRole.CUSTOMER,
        vouched=case.sender.vouched,
        canned=canned,
    )
    return (reply,), ()


def _author(case: Case) -> Mailbox:
    return Mailbox(case.sender.name if case.sender.may_be_quoted else "", case.sender.address)


def _content(case: Case) -> Content:
    spoken = language(case)
    missing = (one for one in case.desk.detail if one.name in case.ruling.missing)
    return Content(
        articles=suggested(case, spoken),
        missing=tuple(_asked(one, spoken, case.desk.languages) for one in missing),
        partner=partner_of(case),
        level=case.entitled.level,
    )


def _asked(detail: Detail, spoken: str, languages: tuple[str, ...]) -> str:
    """Give how a detail is asked for in a language, else in the desk's first that says it."""
    found = (detail.ask.get(one) for one in (spoken, *languages))
    return next((text for text in found if text), detail.name)
