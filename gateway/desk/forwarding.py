"""A mail that an agent forwarded, taken as if its author had written to the desk."""

import dataclasses
from collections.abc import Callable
from itertools import islice

from gateway.config.desk import Desk
from gateway.desk.case import Case, Forward
from gateway.desk.known import Role, Sender
from gateway.mail.automatic import classify
from gateway.mail.forward import Forwarded
from gateway.mail.model import Authenticity, Classification, Envelope, Header, Kind, Mail, Verdict

_MOST_COPIED = 25


def is_agents(desk: Desk, mail: Mail, authenticity: Authenticity, admitted_by: str = "") -> bool:
    """Say whether a mail is beyond doubt an agent's: of no other it matters what it forwards.

    `admitted_by` is who let it in after it was held; for an agent's mail an agent can vouch so.
    """
    author = mail.author.address if mail.author else ""
    agent, by = desk.agent_of(author), desk.agent_of(admitted_by)
    vouched = authenticity.verdict is Verdict.PASS or (by is not None and by.active)
    return vouched and agent is not None and agent.active


def copied(mail: Mail, desk: Desk, is_ours: Callable[[str], bool]) -> tuple[str, ...]:
    """Give the people whom a mail was written to as well: its author, we and agents are none."""
    author = mail.author.address if mail.author else ""
    found = dict.fromkeys(mailbox.address for mailbox in (*mail.to, *mail.cc))
    others = (a for a in found if a != author and not is_ours(a) and desk.agent_of(a) is None)
    return tuple(islice(others, _MOST_COPIED))


def on_behalf(case: Case, forwarded: Forwarded | None, is_ours: Callable[[str], bool]) -> Case:
    """Give the case of the mail that an agent forwarded; the same case where nobody did.

    It must be beyond doubt the agent's, belong to no ticket, and be another's: neither ours nor an
    agent's. Nobody vouches for its author, since anybody can write a mail that looks forwarded
    into another one.
    """
    if forwarded is None or not _is_for_another(case, forwarded.author.address, is_ours):
        return case
    mail = _original(case.mail, forwarded)
    # All that is known of its header is who wrote it: nobody answers a do-not-reply address.
    signs = classify(mail, Envelope(None, ""), is_ours, lambda _: False)
    return dataclasses.replace(
        case,
        mail=mail,
        kind=Classification(Kind.PERSON, signs.reasons, signs.answerable),
        sender=_author(case, forwarded),
        forward=Forward(case.sender.address, forwarded.comment),
        forwards=False,
        copied=(),
    )


def _is_for_another(case: Case, author: str, is_ours: Callable[[str], bool]) -> bool:
    agents = {agent.address for agent in case.desk.agent}
    return (
        case.sender.role is Role.AGENT
        and case.sender.proven
        and not case.quiet
        and case.kind.kind is Kind.PERSON
        and case.choice.ticket is None
        and not case.choice.claims
        and not case.unreadable
        and bool(author)
        and author not in agents
        and not is_ours(author)
    )


def _original(mail: Mail, forwarded: Forwarded) -> Mail:
    return dataclasses.replace(
        mail,
        headers=(Header("from", forwarded.author.address),),
        author=forwarded.author,
        to=(),
        cc=(),
        subject=forwarded.subject or mail.subject,
        date=forwarded.date,
        message_id=forwarded.message_id,
        in_reply_to=(),
        references=(),
        text=forwarded.text,
        html="",
        attachments=forwarded.attachments,
        enclosed=(),
    )


def _author(case: Case, forwarded: Forwarded) -> Sender:
    person = case.known.original
    return Sender(
        Role.CUSTOMER if person else Role.STRANGER,
        forwarded.author.address,
        person.name if person and person.name else forwarded.author.name,
        authentic=False,
        why=f"{case.sender.address} forwarded their mail",
        person=person,
        organisation=person.organisation if person else "",
    )
