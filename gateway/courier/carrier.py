"""One thread of the courier: claims mails, hands them to its outlet, writes down what became."""

import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from gateway import in_hand, maillog
from gateway.config.settings import Msa
from gateway.courier.bell import Bell
from gateway.courier.gate import Gate
from gateway.courier.outlet import Outcome, Outlet, Verdict
from gateway.courier.pace import Pace
from gateway.courier.records import Records
from gateway.courier.schedule import LATE, pause_after, result_of, retry_after
from gateway.errors import Transient
from gateway.failpoint import reached
from gateway.maillog import Verb
from gateway.store.outbox import ClaimedMail, OutboxState, Result

_log = logging.getLogger("casepost.courier")

# Seconds.
_LONGEST_REST = 5.0
_SHORTEST_REST = 0.1
_AFTER_TROUBLE = 1.0
_IDLE = timedelta(seconds=30)

_VERBS = {
    OutboxState.SENT: Verb.SENT,
    OutboxState.DEFERRED: Verb.DEFERRED,
    OutboxState.FAILED: Verb.UNDELIVERABLE,
    OutboxState.UNCERTAIN: Verb.UNCERTAIN,
}


@dataclass(frozen=True, slots=True)
class Shared:
    """What the threads of a courier have in common."""

    msa: Msa
    records: Records
    gate: Gate
    bell: Bell
    pace: Pace
    now: Callable[[], datetime]
    random: Callable[[], float]


@dataclass(frozen=True, slots=True)
class _Settling:
    """What became of a mail, on its way into the database."""

    mail: ClaimedMail
    code: int | None
    result: Result
    written: Future[bool]


class Carrier:
    """Carries mails until the bell rings to stop; `run` is a thread's work."""

    def __init__(self, shared: Shared, outlet: Outlet) -> None:
        """Prepare; `outlet` is this thread's own."""
        self._shared = shared
        self._outlet = outlet
        self._connected = False
        self._used_at: datetime | None = None
        # Claimed and not settled; the first is being handed over once `_begun`.
        self._hand: deque[ClaimedMail] = deque()
        self._begun = False
        self._marked = False
        self._faulty = False
        # The mail before it is written down together with the mark of this one.
        self._settling: _Settling | None = None
        # The last claim found as many as it asked for.
        self._more = False
        self._door = Lock()
        self._shut = False
        self._at_data = False

    def leave(self) -> bool:
        """Let no further mail reach DATA; say whether one is there, which needs its end."""
        with self._door:
            self._shut = True
            return self._at_data

    def run(self) -> None:
        """Go on until told to stop; finish the mail in hand, give back the others."""
        bell = self._shared.bell
        while not bell.stopping:
            heard = bell.rings
            try:
                rest = self._round()
            except Transient as outage:
                _log.warning("the courier has to wait: %s", outage)
                rest = _AFTER_TROUBLE
            except Exception:  # a fault with one mail must not end the thread that all others need
                with self._holding():
                    _log.exception("a mail could not be handed over")
                self._faulty = True
                rest = _AFTER_TROUBLE
            if rest:
                bell.wait(heard, rest)
        with suppress(Transient):
            self._settle_last()
        self._outlet.close()

    def _holding(self) -> AbstractContextManager[None]:
        """Have in hand whatever is being handed over, for the log."""
        if not self._hand or not self._begun:
            return nullcontext()
        return in_hand.outgoing(self._hand[0].id, self._hand[0].because_of)

    def _round(self) -> float:
        """Carry what one claim gives; how many seconds to rest then, 0 to go on."""
        shared = self._shared
        self._settle_last()
        if self._hand:
            self._clear_up()
        now = shared.now()
        self._close_if_idle(now)
        due = now if self._more else shared.records.next_due()
        self._more = False
        if due is None:
            return _LONGEST_REST
        if due > now:
            return _between((due - now).total_seconds())
        most = shared.pace.share
        most = most if self._connected else shared.gate.allowance(shared.now(), most)
        if most == 0:
            return _between(shared.gate.opens_in(now))
        try:
            self._hand.extend(shared.records.claim(most))
        finally:
            if not self._hand:
                shared.gate.unused()
        if not self._hand:
            return _SHORTEST_REST
        reached("courier.claimed")
        self._more = len(self._hand) == most
        if self._more:
            shared.bell.ring()
        self._carry()
        return 0

    def _carry(self) -> None:
        """Hand over the mails in hand, until one meets an outage or it is time to stop."""
        shared = self._shared
        began = time.monotonic()
        while self._hand and not shared.bell.stopping:
            mail = self._hand[0]
            self._begun, self._marked = True, False
            with self._holding():
                verdict = self._hand_over(mail)
            self._hand.popleft()
            self._begun = self._at_data = False
            if verdict.is_outage or shared.pace.is_too_slow(time.monotonic() - began):
                break
        self._settle_last()
        self._give_back()

    def _hand_over(self, mail: ClaimedMail) -> Verdict:
        """Hand over one mail, and write down what became of it."""
        began = time.monotonic()
        verdict = self._outlet.deliver(mail, self._mark)
        self._shared.pace.took(time.monotonic() - began)
        self._used_at = self._shared.now()
        reached("courier.replied")
        again_at = self._heed(verdict, mail)
        if verdict.outcome is not Outcome.LOST:
            self._settle(mail, verdict, again_at)
        return verdict

    def _mark(self) -> bool:
        with self._door:
            if self._shut:
                return False
            self._at_data = True
        marking = self._shared.records.marking(self._hand[0])
        self._settle_last()
        self._marked = marking.result()
        return self._marked

    def _heed(self, verdict: Verdict, mail: ClaimedMail) -> datetime:
        """Open or shut the gate as a verdict says; when the mail is due if it is deferred."""
        shared = self._shared
        now, msa = shared.now(), shared.msa
        was_connected, self._connected = self._connected, not verdict.is_outage
        again_at = now + retry_after(msa, mail.attempts, shared.random())
        if not verdict.is_outage:
            # A connection from before the outage says nothing about new ones.
            if not was_connected and shared.gate.passed():
                shared.bell.ring()
            return again_at
        chance = shared.random()
        until = shared.gate.shut(now, lambda times: pause_after(msa, times, verdict.code, chance))
        _log.warning("mail can't go out before %s: %s", f"{until:%H:%M:%S}", verdict.reply)
        return until if verdict.outcome is Outcome.AWAY else max(until, again_at)

    def _settle(self, mail: ClaimedMail, verdict: Verdict, again_at: datetime) -> None:
        """Let be written what became of a mail; `_settle_last` sees to it that it was."""
        shared = self._shared
        result = result_of(mail, verdict, shared.msa, shared.now(), again_at)
        self._settling = _Settling(mail, verdict.code, result, shared.records.settling(result))

    def _settle_last(self) -> None:
        """See it written down, however long the database takes to come back."""
        last, self._settling = self._settling, None
        if last is None:
            return
        shared, mail, result, written = self._shared, last.mail, last.result, last.written
        while True:
            heard = shared.bell.rings
            try:
                written.result()
                reached("courier.settled")
                break
            except Transient as outage:
                if shared.bell.stopping:
                    raise
                _log.warning("what became of a mail can't be written down yet: %s", outage)
                shared.bell.wait(heard, _AFTER_TROUBLE)
                written = shared.records.settling(result)
        maillog.event(
            _VERBS[result.state],
            mail=mail.because_of,
            outbox=mail.id,
            to=maillog.domain_of(mail.recipient),
            code=last.code,
            attempts=mail.attempts,
            again=None if result.due_at is None else f"{result.due_at:%Y-%m-%dT%H:%M:%SZ}",
        )
        if result.state is OutboxState.DEFERRED and shared.now() - mail.queued_at > LATE:
            _log.warning("an outgoing mail has waited since %s", f"{mail.queued_at:%c}")

    def _give_back(self) -> None:
        """Let others have what is left in hand."""
        mails = tuple(self._hand)
        self._hand.clear()
        self._shared.records.give_back(mails)

    def _clear_up(self) -> None:
        """After trouble: start from the connection anew and get rid of what is in hand.

        A mail with which something of ours went wrong is put off. One whose result could not be
        written down stays claimed: whoever recovers it learns from its mark that it is uncertain.
        """
        shared = self._shared
        hand, begun, faulty = tuple(self._hand), self._begun, self._faulty
        self._hand.clear()
        self._begun = self._faulty = self._connected = self._at_data = False
        self._outlet.close()
        shared.gate.unused()
        if begun and faulty:
            outcome = Outcome.UNCERTAIN if self._marked else Outcome.DEFERRED
            wait = retry_after(shared.msa, hand[0].attempts, shared.random())
            self._settle(hand[0], Verdict(outcome, "an internal error"), shared.now() + wait)
            self._settle_last()
        taken = begun and (faulty or self._marked)
        shared.records.give_back(hand[1:] if taken else hand)

    def _close_if_idle(self, now: datetime) -> None:
        if self._used_at is not None and now - self._used_at >= _IDLE:
            self._outlet.close()
            self._connected = False
            self._used_at = None


def _between(seconds: float) -> float:
    return min(max(seconds, _SHORTEST_REST), _LONGEST_REST)
