"""What a step expects against what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.conversation.match import assign, is_to, mail_misfits, misfits
from gateway.conversation.model import (
    CountExpected,
    Expected,
    MailExpected,
    SilenceExpected,
    Step,
    TicketExpected,
)
from gateway.conversation.played import Difference, SentMail
from gateway.conversation.read_expected import written


@dataclass(frozen=True, slots=True)
class State:
    """How things stand after a step: all tickets, what the step sent, what is held."""

    tickets: Sequence[Mapping[str, object]]
    sent: Sequence[SentMail]
    held: int


def compare(
    path: Path, step: Step, expect: Sequence[Expected], state: State, *, strict: bool
) -> tuple[Difference, ...]:
    """Say where a step went otherwise than expected; `expect` has its placeholders resolved."""

    def different(line: int, sentence: str, details: Sequence[str] = ()) -> Difference:
        return Difference(path, line, step.number, sentence, tuple(details))

    found: list[Difference] = []
    for expected in expect:
        if isinstance(expected, TicketExpected):
            found += (different(expected.line, s, d) for s, d in _ticket(expected, state))
        elif isinstance(expected, CountExpected):
            found += (different(expected.line, s, d) for s, d in _counts(expected, state))
        elif isinstance(expected, SilenceExpected):
            found += (different(expected.line, s, d) for s, d in _silence(expected, state))
    mails = [expected for expected in expect if isinstance(expected, MailExpected)]
    used, missed = _mails(mails, state.sent)
    found += (different(expected.line, s, d) for expected, s, d in missed)
    if strict:
        silences = [one for one in expect if isinstance(one, SilenceExpected)]
        used |= {n for silence in silences for n in _heard(silence, state)}
        found += (
            different(step.line, f"a mail that nothing expects: {described(mail)}")
            for n, mail in enumerate(state.sent)
            if n not in used
        )
    return tuple(found)


_Said = tuple[str, Sequence[str]]


def _ticket(expected: TicketExpected, state: State) -> Iterator[_Said]:
    name = f"ticket {expected.index}"
    if expected.index > len(state.tickets):
        numbers = [str(ticket["number"]) for ticket in state.tickets]
        there = ", ".join(numbers) or "none"
        yield f"there is no {name}; tickets: {there}", ()
        return
    ticket = state.tickets[expected.index - 1]
    details = list(misfits(expected.fields, ticket, ""))
    if details:
        yield f"{name} ({ticket['number']}) is not as expected:", details


def _counts(expected: CountExpected, state: State) -> Iterator[_Said]:
    if expected.tickets is not None and expected.tickets != len(state.tickets):
        yield (
            f"there should be {expected.tickets} tickets, and there are {len(state.tickets)}",
            [f"{ticket['number']} {written(ticket['subject'])}" for ticket in state.tickets],
        )
    if expected.held is not None and expected.held != state.held:
        yield f"{expected.held} mails should be held, and {state.held} are", ()


def _silence(expected: SilenceExpected, state: State) -> Iterator[_Said]:
    heard = _heard(expected, state)
    if heard:
        whom = f" to {expected.to}" if expected.to else ""
        details = [described(state.sent[n]) for n in heard]
        yield f"nothing was to be sent{whom}, and this was:", details


def _heard(expected: SilenceExpected, state: State) -> list[int]:
    """Give the mails that break a silence."""
    return [n for n, m in enumerate(state.sent) if not expected.to or is_to(m, expected.to)]


def _mails(
    expected: Sequence[MailExpected], sent: Sequence[SentMail]
) -> tuple[set[int], list[tuple[MailExpected, str, Sequence[str]]]]:
    """Give the mails that are used up, and the expectations that none was left for."""
    why_not = [[list(mail_misfits(one, mail)) for mail in sent] for one in expected]
    wishes = [[n for n, reasons in enumerate(row) if not reasons] for row in why_not]
    got = assign(wishes)
    missed: list[tuple[MailExpected, str, Sequence[str]]] = []
    for one, row, thing in zip(expected, why_not, got, strict=True):
        if thing is None:
            sentence = f"no mail was sent like {one.text}"
            missed.append((one, sentence, _instead(sent, row)))
    return {thing for thing in got if thing is not None}, missed


def _instead(sent: Sequence[SentMail], why_not: Sequence[Sequence[str]]) -> list[str]:
    """Say of each mail that was sent why it is not the one."""
    if not sent:
        return ["nothing was sent"]
    return [
        f"sent: {described(mail)}: {'; '.join(reasons) or 'another expectation used it up'}"
        for mail, reasons in zip(sent, why_not, strict=True)
    ]


def described(mail: SentMail) -> str:
    """Describe a mail on one line."""
    return f"{mail.template} to {mail.recipient}, {written(mail.mail.subject)}"
