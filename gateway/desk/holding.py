"""Mails that a person decides on: what is held, who is told of it, and what an answer to that does.

A mail from an agent's address that nobody proves is never a customer's: the agent is asked whether
it is theirs. What is held otherwise is told to the agents, but spam is not.
"""

from dataclasses import replace
from datetime import datetime

from gateway.config.desk import Desk
from gateway.desk import news
from gateway.desk.automatic_answer import refusal
from gateway.desk.case import Case
from gateway.desk.commands.carry_out import carry_out
from gateway.desk.commands.usage import help_lines
from gateway.desk.decision import Content, Decision, Outcome, Reason
from gateway.desk.flood import Telling, telling
from gateway.desk.known import HeldMail, Role, Sender
from gateway.desk.transcript import transcript
from gateway.desk.whom import whom

HELD = "agent/held"
CONFIRM = "agent/confirm"

# Of a held mail so much is shown as tells what it is.
_MOST_CHARACTERS = 10_000


def held(case: Case, reason: Reason) -> Decision:
    """Hold a mail, and tell agents, who can admit or drop it; of a flood they are told once."""
    told = telling(case.desk, case.sender, case.known.arrivals)
    if case.known.arrivals.stormed and not case.sender.proven:
        told = Telling.NOTHING
    if case.quiet or told is Telling.NOTHING:
        return Decision(Outcome.HELD, reason)
    if told is Telling.FLOOD:
        return Decision(Outcome.HELD, reason, replies=news.of_flood(case, case.spool))
    content = _content(case, reason)
    agents = whom(case.desk, "", case.known.away, otherwise=case.desk.notifications.new)
    replies = tuple(news.mail_to(case.desk, agent, HELD, content, case.spool) for agent in agents)
    subject = case.mail.subject
    return Decision(
        Outcome.HELD, reason, replies=tuple(replace(reply, subject=subject) for reply in replies)
    )


def by_rule(case: Case, now: datetime) -> Decision | None:
    """Hold a mail as a rule says, or refuse it, which tells its author; None if no rule does.

    A mail that somebody has admitted is neither, nor one that an agent forwards.
    """
    ruling = case.ruling
    if ruling.refuse is None and ruling.hold is None:
        return None
    if case.admitted_by or case.forward is not None:
        return None
    if ruling.refuse is None:
        return held(case, Reason.RULE_HELD)
    replies, withheld = refusal(case, now)
    decision = held(case, Reason.RULE_REFUSED)
    return replace(decision, replies=(*replies, *decision.replies), withheld=withheld)


def unproven(case: Case) -> Decision:
    """Hold a mail from an agent's address that nobody proves, and ask that agent, if they may act.

    They get it with a reply address of their own, so that their answer proves it.
    """
    return confirm(case, Reason.AGENT_NOT_PROVEN, case.mail.text)


def overtaken(case: Case, answer: str) -> Decision:
    """Hold an agent's answer since another's went out meanwhile, and show them that one."""
    return confirm(case, Reason.OVERTAKEN, answer)


def confirm(case: Case, reason: Reason, text: str) -> Decision:
    """Hold an agent's mail until they confirm it; `text` is what they are shown."""
    agent = case.desk.agent_of(case.sender.address)
    if agent is None or not agent.active or case.quiet:
        return Decision(Outcome.HELD, reason)
    content = replace(_content(case, reason), text=text[:_MOST_CHARACTERS])
    asked = news.mail_to(case.desk, agent, CONFIRM, content, case.spool)
    asked = replace(asked, unasked=False, subject=case.mail.subject)
    return Decision(Outcome.HELD, reason, replies=(asked,))


def _content(case: Case, reason: Reason) -> Content:
    ticket = case.choice.ticket
    return Content(
        text=case.mail.text[:_MOST_CHARACTERS],
        author=case.sender.name or case.sender.address,
        facts=news.facts(case),
        reason=reason.value,
        other=ticket.number if ticket else "",
    )


def verdict(case: Case, about: HeldMail, now: datetime) -> Decision:
    """Do what an agent says about a held mail, in so many words.

    An answer without commands may be their vacation responder's.
    """
    if not case.commanded.any:
        told = transcript(case, help_lines(), about.spool)
        return Decision(Outcome.FILED, Reason.COMMANDS_REFUSED, replies=told)
    carried = carry_out(case, None, now)
    reason = Reason.COMMANDS_REFUSED if carried.refused else Reason.COMMANDED
    return Decision(
        Outcome.FILED,
        reason,
        replies=(*carried.replies, *transcript(case, carried.lines, about.spool)),
        others=carried.others,
        consequences=carried.consequences,
    )


def as_admitted(sender: Sender, desk: Desk, admitted_by: str) -> Sender:
    """Give the sender of a mail that was held, proven if an agent admitted an agent's mail."""
    own = desk.agent_of(sender.address)
    by = desk.agent_of(admitted_by)
    if sender.role is not Role.AGENT or sender.proven:
        return sender
    if own is None or not own.active or by is None or not by.active:
        return sender
    return replace(sender, proven=True, why=f"{sender.why}; admitted by {admitted_by}")
