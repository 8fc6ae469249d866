"""Why a mail went the way it went, as plain values for people and for `casepost explain`."""

from gateway.desk.case import Case
from gateway.desk.choice import Choice
from gateway.desk.decision import (
    Absence,
    Answered,
    Consequence,
    Decision,
    Lesson,
    Release,
    Undelivered,
    Unmuted,
)
from gateway.desk.entitled import Entitled
from gateway.desk.known import Sender
from gateway.desk.ruling import Ruling
from gateway.mail.forward import Forwarded
from gateway.mail.model import Authenticity, Bounce, Classification, Clues

Plain = dict[str, object]


def trace(authenticity: Authenticity, clues: Clues, case: Case, decision: Decision) -> Plain:
    """Give every stage's value and why; all keys are always there, lists are never null."""
    return {
        **of_mail(case.kind, authenticity, clues, case.spam),
        "commands": [
            *(str(command) for command in case.commanded.commands),
            *case.commanded.unknown,
        ],
        "admitted_by": case.admitted_by,
        "sender": of_sender(case.sender),
        "choice": of_choice(case.choice),
        "language": case.spoken.language,
        "language_why": case.spoken.why,
        "support": of_support(case.entitled),
        **of_ruling(case.ruling),
        "decision": _decision(decision),
    }


def of_mail(
    kind: Classification, authenticity: Authenticity, clues: Clues, spam: str = ""
) -> Plain:
    """Give what can be said of a mail without a desk; `spam` says why it is, "" if it is not."""
    return {
        "kind": kind.kind.value,
        "reasons": list(kind.reasons),
        "answerable": kind.answerable,
        "authenticity": {"verdict": authenticity.verdict.value, "why": authenticity.reason},
        "clues": {
            "issued": [issued.message_id for issued in clues.issued],
            "references": list(clues.references),
            "numbers": list(clues.numbers),
            # Without what proves them: a trace is no place to find a key in.
            "reply_addresses": [f"{clue.role}{clue.outbox}" for clue in clues.reply_addresses],
        },
        "spam": spam,
        "bounce": of_bounce(kind.bounce),
    }


def of_bounce(bounce: Bounce | None) -> Plain | None:
    """Give which mail a bounce is about, and whom it did not reach."""
    if bounce is None:
        return None
    return {
        "of": bounce.of,
        "recipients": [
            {
                "address": failed.address,
                "status": failed.status,
                "permanent": failed.permanent,
                "diagnostic": failed.diagnostic,
            }
            for failed in bounce.recipients
        ],
    }


def of_forwarded(forwarded: Forwarded | None) -> Plain | None:
    """Give which mail a mail forwards."""
    if forwarded is None:
        return None
    return {
        "from": forwarded.author.address,
        "date": forwarded.date.isoformat() if forwarded.date else None,
        "subject": forwarded.subject,
        "message_id": forwarded.message_id,
        "as_attachment": forwarded.whole,
    }


def of_sender(sender: Sender) -> Plain:
    """Give who a sender was taken for."""
    return {
        "role": sender.role.value,
        "address": sender.address,
        "name": sender.name,
        "organisation": sender.organisation,
        "authentic": sender.authentic,
        "proven": sender.proven,
        "why": sender.why,
    }


def of_choice(choice: Choice) -> Plain:
    """Give which ticket was chosen."""
    return {
        "ticket": choice.ticket.number if choice.ticket else None,
        "trust": choice.trust.value if choice.trust else None,
        "claims": [ticket.number for ticket in choice.claims],
        "continues": choice.continues.number if choice.continues else None,
        "why": list(choice.why),
    }


def of_support(entitled: Entitled) -> Plain:
    """Give the level of support that a mail may expect, and by whose account."""
    account, order = entitled.account, entitled.order
    return {
        "level": entitled.level,
        "why": entitled.why,
        "account": account.person.address if account else "",
        "found_by": account.found_by.value if account else "",
        "order": order.number if order else "",
    }


def of_ruling(ruling: Ruling) -> Plain:
    """Give each rule that was asked, with why it did not hit, and what a report lacks."""
    return {
        "rules": [{"rule": one.rule, "hit": one.hit, "why": one.why} for one in ruling.verdicts],
        "missing": list(ruling.missing),
    }


def _decision(decision: Decision) -> Plain:
    mails = (*decision.replies, *(r for other in decision.others for r in other.replies))
    return {
        "outcome": decision.outcome.value,
        "reason": decision.reason.value,
        "duplicate_of": decision.duplicate_of,
        "events": [f"{event.kind.value}: {event.why}" for event in decision.events],
        "replies": [
            {"mail": reply.template, "to": reply.to.address, "language": reply.language}
            for reply in mails
        ],
        "withheld": list(decision.withheld),
        "others": [
            {
                "ticket": other.ticket.number if other.ticket else None,
                "events": [f"{event.kind.value}: {event.why}" for event in other.events],
            }
            for other in decision.others
        ],
        "consequences": [_consequence(one) for one in decision.consequences],
    }


def _consequence(consequence: Consequence) -> str:
    match consequence:
        case Release(spool, by, admit):
            return f"mail {spool} is {'admitted' if admit else 'dropped'} by {by}"
        case Absence(agent, until):
            return f"{agent} is away until {until.isoformat()}" if until else f"{agent} is back"
        case Lesson(spool, spam, ticket):
            what = f"mail {spool}" if spool else f"the mail that opened ticket {ticket}"
            return f"{what} is {'spam' if spam else 'no spam'}"
        case Undelivered(outbox, address, why):
            return f"mail {outbox} did not reach {address}: {why}"
        case Unmuted(address):
            return f"automatic mail may go to {address} again"
        case Answered(_, rating):
            return f"the request for feedback is answered with {rating.stars} stars"
