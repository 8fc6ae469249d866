"""What was sent, in memory: the store's counts without a store, for tests that send very much."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.config.settings import Sending
from gateway.desk.decision import Decision, Outcome, Reason, Reply
from gateway.desk.lately import Sendings
from gateway.desk.limits import Restraint, Standing
from gateway.desk.tally import domain_of
from gateway.mail.model import Mailbox

HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Ledger:
    """Every automatic mail of one house, and when it was queued: (address, vouched, topic, at)."""

    sending: Sending = field(default_factory=Sending)
    sent: list[tuple[str, bool, str, datetime]] = field(default_factory=list)

    def of(self, address: str, now: datetime) -> Sendings:
        """Count what the store would."""
        day = [one for one in self.sent if one[3] >= now - 24 * HOUR]
        hour = [one for one in day if one[3] >= now - HOUR]
        own = [one for one in day if one[0] == address]
        topics = Counter(one[2] for one in own if one[3] >= now - 3 * HOUR)
        domain = domain_of(address)
        return Sendings(
            address,
            hour=sum(one[3] >= now - HOUR for one in own),
            three_hours=topics.total(),
            day=len(own),
            domain=sum(not one[1] and domain_of(one[0]) == domain for one in hour),
            unvouched=sum(not one[1] for one in hour),
            house=len(hour),
            by_topic=tuple(("customer/acknowledge", *item) for item in topics.items()),
        )

    def acknowledge(self, address: str, now: datetime, standing: Standing, subject: str) -> bool:
        """Acknowledge a mail if that may be; say whether it was."""
        reply = Reply("customer/acknowledge", Mailbox("", address), "en", subject=subject)
        decision = Decision(Outcome.FILED, Reason.OPENED, replies=(reply,))
        restraint = Restraint(self.sending, [self.of(address, now)], lambda _: False)
        allowed = restraint.restrain(decision, standing, now).replies
        self.sent += [(r.to.address, r.vouched, r.topic, now) for r in allowed]
        return bool(allowed)
