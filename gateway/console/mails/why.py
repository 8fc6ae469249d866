"""Why a mail is held, in a sentence for whoever decides on it."""

from gateway.desk.decision import Reason

_WHY = {
    Reason.AUTOMATIC_HELD: "A program sent it, and the desk holds such mail.",
    Reason.AGENT_NOT_PROVEN: "It bears an agent's address, and nothing proves that it is theirs.",
    Reason.OVERTAKEN: "An agent's answer; another one went out before it came.",
    Reason.SPAM: "It was taken for spam.",
    Reason.CLAIMS_A_CASE: "It names a case that is not its sender's.",
    Reason.RULE_HELD: "A rule holds it.",
    Reason.RULE_REFUSED: "A rule refuses it; its sender was told.",
}


def why_held(reason: str) -> str:
    """Say why a mail is held; what nobody has a sentence for is said as it stands in the spool."""
    return _WHY.get(Reason(reason), reason) if reason in set(Reason) else reason
