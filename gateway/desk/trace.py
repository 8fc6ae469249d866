"""Why a mail went the way it went, as plain values for people and for `casepost explain`."""

from gateway.desk.model import Choice, Decision, Sender
from gateway.mail.model import Authenticity, Classification, Clues


def trace(
    kind: Classification,
    authenticity: Authenticity,
    clues: Clues,
    sender: Sender,
    choice: Choice,
    decision: Decision,
) -> dict[str, object]:
    """Give every stage's value and why; all keys are always there, lists are never null."""
    return {
        "kind": kind.kind.value,
        "reasons": list(kind.reasons),
        "answerable": kind.answerable,
        "authenticity": {"verdict": authenticity.verdict.value, "why": authenticity.reason},
        "clues": _clues(clues),
        "sender": _sender(sender),
        "choice": _choice(choice),
        "decision": _decision(decision),
    }


def _clues(clues: Clues) -> dict[str, object]:
    return {
        "issued": [issued.message_id for issued in clues.issued],
        "references": list(clues.references),
        "numbers": list(clues.numbers),
    }


def _sender(sender: Sender) -> dict[str, object]:
    return {
        "role": sender.role.value,
        "address": sender.address,
        "name": sender.name,
        "authentic": sender.authentic,
        "why": sender.why,
    }


def _choice(choice: Choice) -> dict[str, object]:
    return {
        "ticket": choice.ticket.number if choice.ticket else None,
        "trust": choice.trust.value if choice.trust else None,
        "claims": [ticket.number for ticket in choice.claims],
        "why": list(choice.why),
    }


def _decision(decision: Decision) -> dict[str, object]:
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
