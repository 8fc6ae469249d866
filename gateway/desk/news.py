"""What agents are told of a case by mail, and of what is written on it.

The agent to whom a case is assigned is told, and as long as it is nobody's, or theirs who is away,
its group, else whom the desk says. Mails to agents are no entries on a ticket.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from gateway.config.desk import Agent, Desk
from gateway.desk.case import Case
from gateway.desk.decision import Content, Proposal, Reply
from gateway.desk.flood import FLOOD, Telling, telling
from gateway.desk.known import ReplyRole
from gateway.desk.person import Fact
from gateway.desk.ticket import Ticket
from gateway.desk.whom import whom
from gateway.mail.model import Mailbox

NEW = "agent/new"
REPLY = "agent/reply"
HOLD_ENDED = "agent/hold-ended"

_MOST_PROPOSED = 5


def mail_to(desk: Desk, agent: Agent, template: str, content: Content, held: int = 0) -> Reply:
    """Give a mail to an agent, with a reply address of their own."""
    return Reply(
        template,
        Mailbox(agent.name, agent.address),
        agent.language or desk.languages[0],
        unasked=True,
        content=content,
        reply_role=ReplyRole.AGENT,
        held=held,
    )


def news(desk: Desk, agents: Iterable[Agent], template: str, content: Content) -> tuple[Reply, ...]:
    """Give the mails by which agents are told."""
    return tuple(mail_to(desk, agent, template, content) for agent in agents)


def of_new_case(case: Case, ticket: Ticket | None = None) -> tuple[Reply, ...]:
    """Tell agents of the case that a mail opens, or of the flood that it is part of.

    `ticket` is the case as it is opened: rules may have given it to somebody.
    """
    if case.quiet:
        return ()
    match telling(case.desk, case.sender, case.known.arrivals):
        case Telling.NOTHING:
            return ()
        case Telling.FLOOD:
            return of_flood(case)
    return news(case.desk, _whom(case, ticket, case.desk.notifications.new), NEW, of_new(case))


def of_flood(case: Case, held: int = 0) -> tuple[Reply, ...]:
    """Tell agents that more comes from strangers than they can be told of one by one.

    `held` is the held mail that was one too many, 0 if it was a new case.
    """
    agents = _whom(case, None, case.desk.notifications.new)
    return tuple(mail_to(case.desk, agent, FLOOD, Content(), held) for agent in agents)


def of_answer(case: Case, ticket: Ticket) -> tuple[Reply, ...]:
    """Tell agents of what somebody wrote on a case."""
    if case.quiet:
        return ()
    targets = case.desk.notifications.reply
    return news(case.desk, _whom(case, ticket, targets), REPLY, of_reply(case, ticket))


def of_becoming_work(case: Case, ticket: Ticket) -> tuple[Reply, ...]:
    """Tell agents of a case that nobody was told of before, with all that was said on it."""
    if case.quiet:
        return ()
    earlier = tuple(one for one in case.known.earlier if one.ticket == ticket.id)
    content = replace(of_reply(case, ticket), earlier=earlier)
    return news(case.desk, _whom(case, ticket, case.desk.notifications.new), NEW, content)


def of_hold_ended(desk: Desk, ticket: Ticket, away: Collection[str]) -> tuple[Reply, ...]:
    """Tell agents that a case was held for long enough."""
    agents = whom(desk, ticket.assignee, away, ticket.group, desk.notifications.reply)
    return news(desk, agents, HOLD_ENDED, Content())


def _whom(case: Case, ticket: Ticket | None, otherwise: tuple[str, ...]) -> tuple[Agent, ...]:
    assignee, group = (ticket.assignee, ticket.group) if ticket else ("", "")
    return whom(case.desk, assignee, case.known.away, group, otherwise)


def of_new(case: Case) -> Content:
    """Give what is told of the mail that opens a case."""
    proposals = tuple(
        Proposal(alike.ticket.number, alike.ticket.subject, alike.why)
        for alike in case.known.alike.duplicates[:_MOST_PROPOSED]
    )
    return _content(case, case.mail.text, case.copied, proposals)


def of_reply(case: Case, ticket: Ticket) -> Content:
    """Give what is told of a mail on a case."""
    others = tuple(address for address in case.copied if not ticket.has_on_it(address))
    return _content(case, case.reply_text or case.mail.text, others)


def _content(
    case: Case, text: str, addresses: tuple[str, ...], proposals: tuple[Proposal, ...] = ()
) -> Content:
    return Content(
        text=text,
        author=case.sender.name or case.sender.address,
        attachments=case.mail.attachments,
        facts=facts(case),
        addresses=addresses,
        proposals=proposals,
        level=case.entitled.level,
    )


def facts(case: Case) -> tuple[Fact, ...]:
    """Give what is known of whoever wrote, by the names of the directory's columns."""
    sender = case.sender
    known = [
        Fact("address", sender.address or _claimed(case)),
        Fact("name", sender.name),
        Fact("organisation", sender.organisation),
        *(sender.person.facts if sender.person else ()),
        Fact("level", case.entitled.level),
        Fact("account", _account(case)),
        Fact("authentic", "yes" if sender.authentic else "no"),
        Fact("forwarded_by", case.forward.agent if case.forward else ""),
        *(Fact("claims", ticket.number) for ticket in case.choice.claims),
    ]
    return tuple(fact for fact in known if fact.value)


def _account(case: Case) -> str:
    """Give whose account a mail named, where it is not the sender's own."""
    account = case.entitled.account
    address = account.person.address if account else ""
    return "" if address == case.sender.address else address


def _claimed(case: Case) -> str:
    """Give the address that a mail claims for its author, for people to read."""
    claimed = case.mail.claimed_author
    return claimed.address if claimed else ""
