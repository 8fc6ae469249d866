"""Mails that are looked up together and written in one transaction: each counts for the next.

They are decided on by one snapshot, which knows of none of them. What one of them does beside it is
kept here, and what cannot be done beside another waits for the next look-up.
"""

from collections.abc import Sequence
from dataclasses import replace

from gateway.config.desk import Desk
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

    def seen(self, desk: Desk, known: Known) -> Known:
        """Give what is known of a mail, with those that are here."""
        return replace(known, arrivals=self._crowd.seen(desk.name, known.arrivals))

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
        self._crowd.add(
            filing.desk,
            filing.author,
            filing.decision.reason,
            stranger=filing.stranger,
            told=any(mail.template == FLOOD for mail in mails),
        )
        return True


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
