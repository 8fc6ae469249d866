"""Why a mail went the way it went, as plain values for people and for `casepost explain`."""

from gateway.desk.model import Choice, Decision, Sender
from gateway.mail.model import Authenticity, Classification, Clues


def trace(  # noqa: PLR0913  one argument for each stage
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
        "clues": {
            "issued": [issued.message_id for issued in clues.issued],
            "references": list(clues.references),
            "numbers": list(clues.numbers),
        },
        "sender": {
            "role": sender.role.value,
            "address": sender.address,
            "name": sender.name,
            "authentic": sender.authentic,
            "why": sender.why,
        },
        "choice": {
            "ticket": choice.ticket.number if choice.ticket else None,
            "trust": choice.trust.value if choice.trust else None,
            "claims": [ticket.number for ticket in choice.claims],
            "why": list(choice.why),
        },
        "decision": {
            "outcome": decision.outcome.value,
            "reason": decision.reason.value,
            "duplicate_of": decision.duplicate_of,
            "events": [f"{event.kind.value}: {event.why}" for event in decision.events],
            "replies": [
                {"mail": r.template, "to": r.to.address, "language": r.language}
                for r in decision.replies
            ],
            "withheld": list(decision.withheld),
        },
    }
