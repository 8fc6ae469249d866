"""Why a mail went the way it went, as plain values for people and for `casepost explain`."""

from gateway.desk.case import Case
from gateway.desk.choice import Choice
from gateway.desk.decision import Decision
from gateway.desk.known import Sender
from gateway.mail.forward import Forwarded
from gateway.mail.model import Authenticity, Bounce, Classification, Clues

Plain = dict[str, object]


def trace(authenticity: Authenticity, clues: Clues, case: Case, decision: Decision) -> Plain:
    """Give every stage's value and why; all keys are always there, lists are never null."""
    return {
        **of_mail(case.kind, authenticity, clues),
        "sender": of_sender(case.sender),
        "choice": of_choice(case.choice),
        "language": case.spoken.language,
        "language_why": case.spoken.why,
        "decision": _decision(decision),
    }


def of_mail(kind: Classification, authenticity: Authenticity, clues: Clues) -> Plain:
    """Give what can be said of a mail without a desk."""
    return {
        "kind": kind.kind.value,
        "reasons": list(kind.reasons),
        "answerable": kind.answerable,
        "authenticity": {"verdict": authenticity.verdict.value, "why": authenticity.reason},
        "clues": {
            "issued": [issued.message_id for issued in clues.issued],
            "references": list(clues.references),
            "numbers": list(clues.numbers),
        },
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
        "authentic": sender.authentic,
        "why": sender.why,
    }


def of_choice(choice: Choice) -> Plain:
    """Give which ticket was chosen."""
    return {
        "ticket": choice.ticket.number if choice.ticket else None,
        "trust": choice.trust.value if choice.trust else None,
        "claims": [ticket.number for ticket in choice.claims],
        "why": list(choice.why),
    }


def _decision(decision: Decision) -> Plain:
    return {
        "outcome": decision.outcome.value,
        "reason": decision.reason.value,
        "duplicate_of": decision.duplicate_of,
        "events": [f"{event.kind.value}: {event.why}" for event in decision.events],
        "replies": [
            {"mail": reply.template, "to": reply.to.address, "language": reply.language}
            for reply in decision.replies
        ],
        "withheld": list(decision.withheld),
    }
