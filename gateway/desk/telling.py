"""Whom rules and timers tell of a case, beside those who are told anyway: nobody twice."""

from collections.abc import Collection
from dataclasses import dataclass

from gateway.config.desk import Agent, Desk
from gateway.desk.decision import Content, Reply
from gateway.desk.news import mail_to
from gateway.desk.ruled import escalation_of
from gateway.desk.ruling import Ruling
from gateway.desk.ticket import Ticket
from gateway.desk.whom import targets


@dataclass(frozen=True, slots=True)
class Matter:
    """What is told of: a ticket as it is left, and what a mail about it says. `away` are agents."""

    desk: Desk
    ticket: Ticket
    content: Content
    away: Collection[str] = ()

    def to(self, names: tuple[str, ...]) -> tuple[Agent, ...]:
        """Give the agents whom targets name."""
        return targets(self.desk, names, self.ticket.assignee, self.away)

    def mail(self, agent: Agent, template: str) -> Reply:
        """Give the mail that tells an agent."""
        return mail_to(self.desk, agent, template, self.content)


def with_rules(matter: Matter, ruling: Ruling, news: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """Add those whom the rules tell to those who get `news` anyway, each once.

    An escalation takes the place of news, and notices are for whoever is told nothing else.
    """
    escalated: dict[str, Reply] = {}
    for said in ruling.escalations:
        one = escalation_of(matter.desk, said.value)
        for agent in matter.to(one.to) if one else ():
            escalated.setdefault(agent.address, matter.mail(agent, one.mail if one else ""))
    told = {reply.to.address: reply for reply in news if reply.to.address not in escalated}
    told |= escalated
    for notice in ruling.notices:
        for agent in matter.to(notice.targets):
            told.setdefault(agent.address, matter.mail(agent, notice.template))
    return tuple(told.values())
