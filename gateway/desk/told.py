"""How much timers tell agents: after an outage, or by a clumsy timer, thousands may be due at once.

Whatever else a timer does is done; who is told no more finds the cases where cases are listed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from gateway.desk.decision import Decision
from gateway.desk.limits import Sent
from gateway.desk.tally import is_counted
from gateway.desk.ticket import Event, EventKind

_TO_AGENTS = "agent/"


class Told:
    """What agents were told in the last hour, and what timers tell them on top of that."""

    def __init__(self, most: int, before: Mapping[str, int]) -> None:
        """Begin with how much each agent was told, of which `most` may be in an hour."""
        self._most = most
        self._count = Counter(before)
        self._spared: set[str] = set()

    def spare(self, decision: Decision, now: datetime) -> Decision:
        """Give the decision of a timer without mails to agents who were told enough."""
        full = {
            reply.to.address
            for reply in decision.replies
            if reply.to_agent and self._count[reply.to.address] >= self._most
        }
        if not full:
            return decision
        self._spared |= full
        why = f"told no more: {', '.join(sorted(full))} got {self._most} mails within an hour"
        return replace(
            decision,
            events=(*decision.events, Event(EventKind.WITHHELD, now, "casepost", why)),
            replies=tuple(one for one in decision.replies if one.to.address not in full),
            withheld=(*decision.withheld, why),
        )

    def add(self, mails: Iterable[Sent]) -> None:
        """Count mails that are about to be queued."""
        self._count.update(
            mail.recipient
            for mail in mails
            if mail.template.startswith(_TO_AGENTS) and not is_counted(mail)
        )

    @property
    def spared(self) -> Mapping[str, int]:
        """Give how much those were told who are told no more."""
        return {address: self._count[address] for address in sorted(self._spared)}
