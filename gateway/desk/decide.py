"""What becomes of a mail: the desk's policy as one value, with nothing done yet."""

from dataclasses import replace
from datetime import datetime

from gateway.desk import holding, lifecycle, news
from gateway.desk.answer import acts_as_agent, agent_wrote
from gateway.desk.appending import append
from gateway.desk.case import Case, entry_of
from gateway.desk.choice import Trust
from gateway.desk.decision import Decision, Outcome, Reason
from gateway.desk.incident import gathered
from gateway.desk.known import Role
from gateway.desk.limits import Restraint, of_mail, unanswered
from gateway.desk.machine import machine_mail, own_mail
from gateway.desk.moment import only_claims
from gateway.desk.opening import open_ticket
from gateway.desk.rated_mail import by_mail
from gateway.desk.ticket import Ticket
from gateway.mail.model import Kind


def decide(case: Case, now: datetime) -> Decision:
    """Decide what becomes of a mail."""
    decision = gathered(case, _decided(case, now), now)
    return replace(decision, counted=case.ruling.counted) if case.ruling.counted else decision


def within_limits(case: Case, wanted: Decision, restraint: Restraint, now: datetime) -> Decision:
    """Give a decision without what may not be sent; what that leaves unanswered is work."""
    allowed = restraint.restrain(wanted, of_mail(case), now)
    if case.ruling.work is None and unanswered(wanted, allowed):
        case = replace(case, ruling=replace(case.ruling, work=True))
        return restraint.restrain(decide(case, now), of_mail(case), now)
    return allowed


def _decided(case: Case, now: datetime) -> Decision:
    """Decide what becomes of a mail; the first line that fits holds."""
    sender = case.sender
    if case.known.duplicate_of is not None:
        return Decision(Outcome.DUPLICATE, Reason.DUPLICATE, duplicate_of=case.known.duplicate_of)
    if case.unreadable:
        return open_ticket(case, Reason.UNREADABLE, now)
    if case.spam and not sender.proven and not case.admitted_by:
        return Decision(Outcome.HELD, Reason.SPAM)
    if sender.role is Role.OURSELVES or case.kind.kind is Kind.LOOP:
        return own_mail(case, now)
    if case.kind.kind is not Kind.PERSON:
        return _of_machine(case, now)
    if sender.role is Role.AGENT and not (sender.proven or case.admitted_by):
        return holding.unproven(case)
    if sender.role is Role.AGENT and (acts_as_agent(case) or not sender.proven):
        return _of_agent(case, now)
    return _of_customer(case, now)


def _of_customer(case: Case, now: datetime) -> Decision:
    """Decide on a mail of anybody but an agent at work; the first line that fits holds."""
    if (rating := by_mail(case, now)) is not None:
        return rating
    ticket = case.choice.ticket
    if ticket is not None and case.choice.trust is Trust.ANOTHERS_ADDRESS:
        return _keep(case, ticket, "written to a reply address of somebody else's", now)
    if ticket is not None:
        return holding.by_rule(case, now) or append(case, ticket, now)
    if only_claims(case) and not case.admitted_by:
        return holding.held(case, Reason.CLAIMS_A_CASE)
    return holding.by_rule(case, now) or open_ticket(case, _why_opened(case), now)


def _of_machine(case: Case, now: datetime) -> Decision:
    """Decide on a machine's mail; what the desk holds of it is told to agents."""
    if (by_rule := holding.by_rule(case, now)) is not None:
        return by_rule
    decision = machine_mail(case, now)
    if decision.outcome is not Outcome.HELD:
        return decision
    if case.admitted_by:
        return open_ticket(case, Reason.AUTOMATIC_OPENED, now)
    return holding.held(case, decision.reason)


def _of_agent(case: Case, now: datetime) -> Decision:
    """Decide on an agent's mail: only a proven agent's, and none from before our time, does things.

    What whoever runs Casepost admitted, though no agent proved it, is kept for agents to read.
    """
    if case.sender.proven and not case.quiet:
        return agent_wrote(case, now)
    if case.choice.ticket is not None:
        return _keep(case, case.choice.ticket, "an agent's mail was kept", now)
    return open_ticket(case, Reason.OPENED, now)


def _why_opened(case: Case) -> Reason:
    if case.forward is not None:
        return Reason.OPENED_FORWARDED
    if case.choice.continues is not None:
        return Reason.OPENED_LINKED
    return Reason.OPENED_CLAIMING if case.choice.claims else Reason.OPENED


def _keep(case: Case, ticket: Ticket, why: str, now: datetime) -> Decision:
    """Keep a mail on a ticket for agents to read: it moves nothing, and is not answered."""
    events = lifecycle.kept_internally(case.sender.address or "unidentified sender", now, why)
    return Decision(
        Outcome.FILED,
        Reason.APPENDED_INTERNALLY,
        ticket,
        events,
        entry_of(case, internal=True),
        replies=news.of_answer(case, ticket),
    )
