"""Past mails, one after another, decided on anew and compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

from sqlalchemy import Connection

from gateway import intake
from gateway.backtest import became
from gateway.backtest.became import rows, table
from gateway.backtest.compare import ANSWERS, Difference, differences, elsewhere
from gateway.backtest.crowd import is_crowded, is_flood
from gateway.desk.case import Case
from gateway.desk.decide import decide, within_limits
from gateway.desk.decision import Decision, Reason
from gateway.desk.known import Known
from gateway.desk.limits import Restraint
from gateway.desk.requested import as_of
from gateway.house import House
from gateway.mail.model import Authenticity
from gateway.mail.model import Verdict as Judged
from gateway.reading import Reading, question, read
from gateway.store import feedback
from gateway.store.canned import canned
from gateway.store.claims import Claimed
from gateway.store.past import (
    Decided,
    Recalled,
    Scratch,
    Then,
    Window,
    count_states,
    count_window,
    hits_before,
    look_up_then,
    read_absences,
    read_decided,
)

_AT_ONCE = 50


class Verdict(StrEnum):
    """What a look at a past mail came to."""

    SAME = "same"
    DIFFERENT = "different"
    # Its bytes are gone.
    GONE = "gone"
    # A flood, or a limit, decided on it.
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One past mail, looked at anew."""

    mail: int
    verdict: Verdict
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Once:
    """One past mail as it would be decided on now."""

    reading: Reading
    case: Case
    decision: Decision


class Backtest:
    """Decides on the past mails of a house anew; `close` it.

    The house is one that is only looked into; `folder` is an empty one for what is needed
    meanwhile.
    """

    def __init__(self, house: House, folder: Path, window: Window) -> None:
        """Copy what is looked up as it is today. Raises Transient."""
        self._house = house
        self._window = window
        self._scratch = Scratch(folder)
        self._scratch.copy(house.database)
        agents = {agent.address for desk in house.desks for agent in desk.agent}
        with house.database.reading() as connection:
            self._absences = read_absences(connection, agents)
            self.states = count_states(connection, window)
            self.total, self._after = count_window(connection, window)

    def close(self) -> None:
        """Forget what was copied."""
        self._scratch.close()

    def __enter__(self) -> Self:
        """Start; leaving closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def run(self) -> Iterator[Outcome]:
        """Look at each mail of the window that was decided on, in the order of arrival.

        Raises Transient when the database does not answer.
        """
        after = self._after
        while True:
            with self._house.database.reading() as connection:
                mails = read_decided(connection, self._window, after, _AT_ONCE, self._house.large)
                if not mails:
                    return
                found = self._batch(connection, mails)
            after = mails[-1].spool_id
            yield from (found[mail.spool_id] for mail in mails)

    def once(self, spool_id: int) -> Once | None:
        """Look at one mail of the window by itself; None if it is not to be decided on.

        Raises Transient when the database does not answer.
        """
        with self._house.database.reading() as connection:
            after = spool_id - 1
            (mail,) = read_decided(connection, self._window, after, 1, self._house.large) or (None,)
            if mail is None or mail.spool_id != spool_id or mail.claimed is None:
                return None
            reading = _read(self._house, mail, mail.claimed)
            if reading is None:
                return None
            recalled = look_up_then(connection, self._scratch, [_then(mail, reading)])[0]
            return Once(reading, *self._decided(connection, mail, reading, recalled))

    def _batch(self, connection: Connection, mails: Sequence[Decided]) -> dict[int, Outcome]:
        found: dict[int, Outcome] = {}
        readings: list[tuple[Decided, Reading]] = []
        for mail in mails:
            if mail.claimed is None:
                found[mail.spool_id] = Outcome(mail.spool_id, Verdict.GONE)
            elif is_flood(mail):
                found[mail.spool_id] = Outcome(mail.spool_id, Verdict.LEFT_OUT)
            else:
                reading = _read(self._house, mail, mail.claimed)
                if reading is None or reading.desk.name != mail.desk:
                    desk = reading.desk.name if reading else ""
                    subject = reading.mail.subject if reading else ""
                    moved = elsewhere(mail, subject, desk)
                    found[mail.spool_id] = Outcome(mail.spool_id, Verdict.DIFFERENT, (moved,))
                else:
                    readings.append((mail, reading))
        asked = [_then(mail, reading) for mail, reading in readings]
        recalled = look_up_then(connection, self._scratch, asked)
        for (mail, reading), one in zip(readings, recalled, strict=True):
            found[mail.spool_id] = self._compared(connection, mail, reading, one)
        return found

    def _compared(
        self, connection: Connection, mail: Decided, reading: Reading, recalled: Recalled
    ) -> Outcome:
        """Decide on a mail, and say what would differ."""
        case, decision = self._decided(connection, mail, reading, recalled)
        is_now = became.now(case, decision)
        was = became.then(mail, recalled)
        found = differences(mail, case, was, is_now)
        if any(one.field in ANSWERS or one.field == "outcome" for one in found) and is_crowded(
            connection, mail, case, self._house.settings.sending
        ):
            found = tuple(one for one in found if one.field not in {*ANSWERS, "outcome"})
            if not found:
                return Outcome(mail.spool_id, Verdict.LEFT_OUT)
        return Outcome(mail.spool_id, Verdict.DIFFERENT if found else Verdict.SAME, found)

    def _decided(
        self, connection: Connection, mail: Decided, reading: Reading, recalled: Recalled
    ) -> tuple[Case, Decision]:
        """Decide as if nothing else had been sent: limits look at this mail alone."""
        house, at = self._house, _at(mail)
        known = self._with_counts(connection, mail, reading, recalled.known)
        case = intake.consider(house, reading, known)
        restraint = Restraint(house.settings.sending, (), house.routes.is_ours)
        return case, within_limits(case, decide(case, at), restraint, at)

    def _with_counts(
        self, connection: Connection, mail: Decided, reading: Reading, known: Known
    ) -> Known:
        """Add who was away, what rules ask of senders, and what feedback was asked for."""
        at, needs = _at(mail), reading.needs
        original = reading.forwarded.author.address if reading.forwarded else ""
        senders = known.addresses_of(reading.author, original)
        answers: tuple[str, ...] = ()
        if needs.answers:
            since = at - needs.remembered
            got = canned(connection, senders, needs.answers, since)
            theirs = (o for o in got if o.desk == reading.desk.name and o.queued_at < at)
            answers = tuple(dict.fromkeys(one.template for one in theirs))
        agents = [agent.address for agent in reading.desk.agent]
        asked = question(reading)
        requests = feedback.made_by(connection, asked.outboxes if asked.rates else ())
        return replace(
            known,
            requested=tuple(as_of(one, at) for one in requests.values()),
            away=self._absences.away(agents, mail.received_at, at),
            canned=answers,
            hits=hits_before(connection, mail, senders, needs.limited, at),
        )


def _at(mail: Decided) -> datetime:
    """Give when a mail was decided on; of one that a person dropped later, when it came."""
    return mail.received_at if mail.reason == Reason.DROPPED.value else mail.settled_at


def _read(house: House, mail: Decided, claimed: Claimed) -> Reading | None:
    """Read a mail, with the verdicts on it that were stored: neither DNS nor filter is asked."""
    judged = table(mail.trace.get("authenticity"))
    try:
        verdict = Judged(str(judged.get("verdict")))
    except ValueError:
        verdict = Judged.UNKNOWN
    authenticity = Authenticity(verdict, str(judged.get("why", "")))
    spam = str(mail.trace.get("spam") or "")
    return read(house, [claimed], lambda _: [authenticity], lambda some: [spam] * len(some))[0]


def _then(mail: Decided, reading: Reading) -> Then:
    decision, choice = table(mail.trace.get("decision")), table(mail.trace.get("choice"))
    others = (table(one).get("ticket") for one in rows(decision.get("others")))
    numbers = (choice.get("ticket"), choice.get("continues"), *rows(choice.get("claims")), *others)
    return Then(
        question=question(reading),
        at=_at(mail),
        ticket=mail.ticket or 0,
        events=tuple(map(str, rows(decision.get("events")))),
        numbers=tuple(one for one in numbers if isinstance(one, str)),
    )
