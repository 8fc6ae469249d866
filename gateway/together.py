"""Mails that are looked up together and written in one transaction: each counts for the next.

They are decided on by one snapshot, which knows of none of them. What one of them does beside it is
kept here, and what cannot be done beside another waits for the next look-up.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from gateway.desk.decision import Outcome
from gateway.desk.flood import FLOOD, Crowd
from gateway.desk.incident import awaits_others
from gateway.desk.known import Known
from gateway.desk.likeness import Likeness
from gateway.desk.limits import Restraint
from gateway.house import House
from gateway.reading import Reading
from gateway.store.filing import Filing


class Together:
    """The mails of one round that will be written; `restraint` says what the next may send."""

    def __init__(self, house: House, answers: Sequence[Known]) -> None:
        """Begin with what the look-up found for all mails of the round."""
        sending = house.settings.sending
        sent = (one for known in answers for one in known.sendings)
        self.restraint = Restraint(sending, sent, house.routes.is_ours)
        self._crowd = Crowd(sending)
        self._touched: set[object] = set()
        self._opening: list[tuple[str, Likeness]] = []
        self._senders = _Senders()

    def must_wait(self, reading: Reading, known: Known) -> bool:
        """Say whether a mail cannot be decided on before those that are here are written."""
        desk, author = reading.desk, reading.author
        # Most likely a copy, on which no case number is spent.
        if (desk.name, reading.mail.fingerprint) in self._touched:
            return True
        beside = (like for name, like in self._opening if name == desk.name)
        if awaits_others(desk, reading.likeness, beside, known.alike):
            return True
        return self._crowd.hides_a_storm(desk.name, author, known.arrivals)

    def seen(self, reading: Reading, known: Known) -> Known:
        """Give what is known of a mail, with those that are here."""
        name = reading.desk.name
        known = replace(known, arrivals=self._crowd.seen(name, known.arrivals))
        return self._senders.seen(reading, known)

    def take(self, filing: Filing) -> bool:
        """Take a mail in; False if it touches what another does, so that it must wait."""
        keys = _touches(filing)
        if not self._touched.isdisjoint(keys):
            return False
        self._touched.update(keys)
        self._opening += [
            (filing.desk, effects.arrival.likeness)
            for effects in filing.effects
            if effects.arrival is not None and effects.touched.ticket is None
        ]
        mails = filing.mails
        self.restraint.add(mails)
        self._senders.add(filing)
        self._crowd.add(
            filing.desk,
            filing.author,
            filing.decision.reason,
            stranger=filing.stranger,
            told=any(mail.template == FLOOD for mail in mails),
        )
        return True


class _Senders:
    """What rules know of the senders of mails that are here, beside what was looked up."""

    def __init__(self) -> None:
        self._hits: Counter[tuple[str, str, str]] = Counter()
        self._canned: dict[tuple[str, str], list[str]] = {}

    def add(self, filing: Filing) -> None:
        """Note which limited rules hit for a mail's sender, and what its people are sent."""
        self._hits.update((hit.desk, hit.sender, hit.limited.rule) for hit in filing.hits)
        for mail in filing.mails:
            self._canned.setdefault((filing.desk, mail.recipient), []).append(mail.template)

    def seen(self, reading: Reading, known: Known) -> Known:
        """Give what is known of a mail's sender, with that."""
        needs, desk = reading.needs, reading.desk.name
        original = reading.forwarded.author.address if reading.forwarded else ""
        senders = known.addresses_of(reading.author, original)
        if needs.limited:
            hits = Counter(dict(known.hits))
            for limit in needs.limited:
                hits[limit.rule] += sum(self._hits[desk, who, limit.rule] for who in senders)
            known = replace(known, hits=tuple(hits.items()))
        if needs.answers:
            here = (one for who in senders for one in self._canned.get((desk, who), ()))
            canned = (*known.canned, *(one for one in here if one in needs.answers))
            known = replace(known, canned=tuple(dict.fromkeys(canned)))
        return known


def _touches(filing: Filing) -> set[object]:
    """Give what no other filing of the same transaction may touch."""
    if filing.decision.outcome is Outcome.DUPLICATE:
        return set()
    keys: set[object] = {(filing.desk, filing.fingerprint)}
    for effects in filing.effects:
        keys.add(effects.ticket.id)
        if effects.arrival is not None:
            keys.update((*effects.arrival.message_ids, *effects.arrival.ancestors))
    return keys
