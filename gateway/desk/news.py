"""Whom of the desk a matter is told to, and what they are told of it.

The agent to whom a case is assigned is told, and as long as it is nobody's, or theirs who is away,
every agent. Mails to agents are no entries on a ticket.
"""

from collections.abc import Collection, Iterable

from gateway.config.desk import Agent, Desk
from gateway.desk.case import Case
from gateway.desk.decision import Content, Proposal, Reply
from gateway.desk.flood import FLOOD, Telling, telling
from gateway.desk.known import ReplyRole
from gateway.desk.person import Fact
from gateway.desk.ticket import Ticket
from gateway.mail.model import Mailbox

NEW = "agent/new"
REPLY = "agent/reply"
HOLD_ENDED = "agent/hold-ended"

_MOST_PROPOSED = 5


def whom(desk: Desk, assignee: str, away: Collection[str]) -> tuple[Agent, ...]:
    """Give the agents who are told of a case: its assignee, else the group.

    Whoever is away is not in the group, unless nobody else is left.
    """
    assigned = desk.agent_of(assignee) if assignee else None
    if assigned is not None and assigned.active and assignee not in away:
        return (assigned,)
    group = tuple(agent for agent in desk.agent if agent.active and agent.role == "agent")
    return tuple(agent for agent in group if agent.address not in away) or group


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


def of_new_case(case: Case) -> tuple[Reply, ...]:
    """Tell agents of the case that a mail opens, or of the flood that it is part of."""
    if case.quiet:
        return ()
    match telling(case.desk, case.sender, case.known.arrivals):
        case Telling.NOTHING:
            return ()
        case Telling.FLOOD:
            return of_flood(case)
    proposals = tuple(
        Proposal(alike.ticket.number, alike.ticket.subject, alike.why)
        for alike in case.known.alike.duplicates[:_MOST_PROPOSED]
    )
    content = _content(case, case.mail.text, case.copied, proposals)
    return news(case.desk, whom(case.desk, "", case.known.away), NEW, content)


def of_flood(case: Case, held: int = 0) -> tuple[Reply, ...]:
    """Tell agents that more comes from strangers than they can be told of one by one.

    `held` is the held mail that was one too many, 0 if it was a new case.
    """
    agents = whom(case.desk, "", case.known.away)
    return tuple(mail_to(case.desk, agent, FLOOD, Content(), held) for agent in agents)


def of_answer(case: Case, ticket: Ticket) -> tuple[Reply, ...]:
    """Tell agents of what somebody wrote on a case."""
    if case.quiet:
        return ()
    others = tuple(address for address in case.copied if not ticket.has_on_it(address))
    content = _content(case, case.reply_text or case.mail.text, others)
    agents = whom(case.desk, ticket.assignee, case.known.away)
    return news(case.desk, agents, REPLY, content)


def of_hold_ended(desk: Desk, ticket: Ticket, away: Collection[str]) -> tuple[Reply, ...]:
    """Tell agents that a case was held for long enough."""
    return news(desk, whom(desk, ticket.assignee, away), HOLD_ENDED, Content())


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
    )


def facts(case: Case) -> tuple[Fact, ...]:
    """Give what is known of whoever wrote, by the names of the directory's columns."""
    sender = case.sender
    known = [
        Fact("address", sender.address or _claimed(case)),
        Fact("name", sender.name),
        Fact("organisation", sender.organisation),
        *(sender.person.facts if sender.person else ()),
        Fact("authentic", "yes" if sender.authentic else "no"),
        Fact("forwarded_by", case.forward.agent if case.forward else ""),
        *(Fact("claims", ticket.number) for ticket in case.choice.claims),
    ]
    return tuple(fact for fact in known if fact.value)


def _claimed(case: Case) -> str:
    """Give the address that a mail claims for its author, for people to read."""
    claimed = case.mail.claimed_author
    return claimed.address if claimed else ""
