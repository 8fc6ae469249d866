"""Counting automatic mail against its limits: the one rule that says which may go out.

It is asked when a mail or a timer is decided on (`desk/limits.py`), and once more in the
transaction that queues the mail (`store/limits.py`). docs/limits.md says why each limit is there.
"""

import copy
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from typing import Protocol

from gateway.config.settings import Sending
from gateway.desk.lately import Sendings

CONFIRM = "agent/confirm"
TRANSCRIPT = "agent/transcript"
PARTNER = "partner/"
# All that goes out by itself in an hour, in units of what goes to those nobody vouches for.
EVERYBODY = 10

_HOUSE = "house"
_UNVOUCHED = "unvouched"
_FAILED = "failed"


class Limited(Protocol):
    """A mail as far as it is counted.

    `topic` is what its subject is about, `vouched` says whether somebody vouches for the recipient,
    and `failed` that the recipient's domain disowns the mail which it answers. A `prompted` one
    goes out since an agent did something, so that no loop can be made of such mails.
    """

    @property
    def template(self) -> str: ...  # noqa: D102  the class says it
    @property
    def automatic(self) -> bool: ...  # noqa: D102
    @property
    def topic(self) -> str: ...  # noqa: D102
    @property
    def vouched(self) -> bool: ...  # noqa: D102
    @property
    def failed(self) -> bool: ...  # noqa: D102
    @property
    def prompted(self) -> bool: ...  # noqa: D102


def is_counted(mail: Limited) -> bool:
    """Say whether a mail is counted by whom it goes to: all that goes out by itself.

    Of what agents get that is only what answers their own mail.
    """
    return mail.automatic and (not mail.template.startswith("agent/") or is_for_agent(mail))


def is_for_agent(mail: Limited) -> bool:
    """Say whether a mail answers an agent's own: it has a limit of its own, and no other."""
    return mail.template in {CONFIRM, TRANSCRIPT}


def is_for_partner(mail: Limited) -> bool:
    """Say whether a mail passes a case on to a partner of its customer: it has a limit of its own.

    However many customers a partner has, their own mail is answered as ever.
    """
    return mail.template.startswith(PARTNER)


def domain_of(address: str) -> str:
    """Give the domain of a canonical address."""
    return address.rpartition("@")[2]


class Tally:
    """Mails that are to go out, counted on top of those that went out before."""

    def __init__(self, limits: Sending, before: Iterable[Sendings]) -> None:
        """Begin with what each address got; one that is not among them got nothing."""
        self._limits = limits
        self._before = {one.address: one for one in before}
        # What went to everybody is said beside each address.
        self._everybody = max(self._before.values(), key=lambda one: one.house, default=None)
        self._since: Counter[Hashable] = Counter()

    def copy(self) -> "Tally":
        """Give a tally that counts on by itself."""
        other = copy.copy(self)
        other._since = self._since.copy()  # noqa: SLF001  its own class
        return other

    def muted(self, address: str) -> str:
        """Say why an address gets no automatic mail at all, "" if it may."""
        return self._of(address).muted

    def add(self, mail: Limited, address: str, ticket: int) -> None:
        """Count a mail; `ticket` is 0 for one that is about none, or about a new one."""
        if is_counted(mail):
            self._since.update(_keys(mail, address, ticket))

    def excess(self, mail: Limited, address: str, ticket: int) -> str:
        """Say which limit a mail would exceed, "" if none."""
        if not is_counted(mail):
            return ""
        sent = self._of(address)
        if is_for_agent(mail):
            bounds = [self._of_agent(mail, sent)]
        elif is_for_partner(mail):
            bounds = [self._of_partner(sent), *self._of_many(mail, sent)]
        else:
            bounds = self._of_address(mail, sent, ticket) + self._of_many(mail, sent)
        return next(
            (
                f"{n} automatic mails {what}, and {most} may"
                for n, most, what in bounds
                if n >= most
            ),
            "",
        )

    def full(self) -> Iterator[tuple[str, int, str]]:
        """Give the breakers that let nothing through any more: a name, a count, and to whom."""
        most = self._limits.house_hour
        if self._everybody is None:
            return
        house = self._everybody.house + self._since[_HOUSE]
        if house >= EVERYBODY * most:
            yield "*", house, "to anybody"
        unvouched = self._everybody.unvouched + self._since[_UNVOUCHED]
        if unvouched >= most:
            yield "@", unvouched, "to people whom nobody vouches for"
        for domain, before in {
            domain_of(s.address): s.domain for s in self._before.values()
        }.items():
            count = before + self._since[_UNVOUCHED, domain]
            if count >= self._limits.domain_hour:
                yield f"@{domain}", count, f"to people of {domain} whom nobody vouches for"

    def _of(self, address: str) -> Sendings:
        found = self._before.get(address)
        if found is None and self._everybody is not None:
            everybody = self._everybody
            return Sendings(address, unvouched=everybody.unvouched, house=everybody.house)
        return found or Sendings(address)

    def _of_address(self, mail: Limited, sent: Sendings, ticket: int) -> list[tuple[int, int, str]]:
        """Give counts with their limits: of the address by itself, on the ticket, of a topic."""
        limits, address = self._limits, sent.address
        more = self._since[address]
        failed = sent.failed + self._since[_FAILED, address]
        hour, day = next((c[1:] for c in sent.on_ticket if ticket and c[0] == ticket), (0, 0))
        more_here = self._since[address, ticket] if ticket else 0
        same = next((n for *key, n in sent.by_topic if key == [mail.template, mail.topic]), 0)
        same += self._since[address, mail.template, mail.topic]
        disowned = "in a day to an address whose domain disowns the mail"
        bounds = [
            (hour + more_here, limits.ticket_hour, "to this address on the case in an hour"),
            (day + more_here, limits.ticket_day, "to this address on the case in a day"),
        ]
        if mail.prompted:
            return bounds
        return [
            *([(failed, limits.failed_day, disowned)] if mail.failed else []),
            (sent.hour + more, limits.address_hour, "to this address in an hour"),
            (sent.three_hours + more, limits.address_three_hours, "to this address in 3 hours"),
            (sent.day + more, limits.address_day, "to this address in a day"),
            *bounds,
            (same, limits.same_subject, "of one subject to this address in 3 hours"),
        ]

    def _of_agent(self, mail: Limited, sent: Sendings) -> tuple[int, int, str]:
        """Give a count with its limit: of what answers one agent's mails."""
        more = self._since[mail.template, sent.address]
        if mail.template == CONFIRM:
            what = "of this kind to this agent in a day"
            return sent.confirms + more, self._limits.confirm_day, what
        what = "of this kind to this agent in an hour"
        return sent.transcripts + more, self._limits.transcript_hour, what

    def _of_partner(self, sent: Sendings) -> tuple[int, int, str]:
        """Give a count with its limit: of the cases that one partner is told of."""
        more = self._since[PARTNER, sent.address]
        return sent.partners + more, self._limits.partner_hour, "to this partner in an hour"

    def _of_many(self, mail: Limited, sent: Sendings) -> list[tuple[int, int, str]]:
        """Give counts with their limits: of everybody, and of those nobody vouches for."""
        most = self._limits.house_hour
        bounds = [(sent.house + self._since[_HOUSE], EVERYBODY * most, "to anybody in an hour")]
        if not mail.vouched:
            domain = domain_of(sent.address)
            in_domain = sent.domain + self._since[_UNVOUCHED, domain]
            anywhere = sent.unvouched + self._since[_UNVOUCHED]
            bounds += [
                (in_domain, self._limits.domain_hour, f"to strangers of {domain} in an hour"),
                (anywhere, most, "to strangers in an hour"),
            ]
        return bounds


def _keys(mail: Limited, address: str, ticket: int) -> list[Hashable]:
    """Give what a mail counts towards."""
    if is_for_agent(mail):
        return [_HOUSE, (mail.template, address)]
    keys: list[Hashable] = [_HOUSE]
    if is_for_partner(mail):
        keys.append((PARTNER, address))
    else:
        keys += [address, (address, mail.template, mail.topic)]
        keys += [(address, ticket)] if ticket else []
    if mail.failed:
        keys.append((_FAILED, address))
    if not mail.vouched:
        keys += [_UNVOUCHED, (_UNVOUCHED, domain_of(address))]
    return keys
