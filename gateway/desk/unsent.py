"""Why what an agent writes is not sent: something is wrong, or they have to confirm it."""

from gateway.desk import holding
from gateway.desk.case import Case
from gateway.desk.commands.grammar import has_note_below
from gateway.desk.commands.model import CommandOutcome
from gateway.desk.commands.usage import help_lines
from gateway.desk.decision import Decision, Line, Reason
from gateway.desk.ticket import Ticket


def wrong(case: Case, *, said: str, silent: bool, empty: bool) -> tuple[Line, ...]:
    """Say why nothing of a mail is done, as a transcript does; nothing where all is right.

    `said` is what it says, `silent` that it is for agents alone, `empty` that nothing is in it.
    """
    if empty and not case.commanded.any:
        return (Line("", CommandOutcome.NEEDS_TEXT), *help_lines())
    if said and not silent and case.authored.unclear:
        return (Line("", CommandOutcome.UNCLEAR),)
    if said and not silent and has_note_below(case.authored.text):
        return (Line("#note", CommandOutcome.BELOW_TEXT),)
    return ()


def waiting(case: Case, ticket: Ticket | None, to: tuple[str, ...]) -> Decision | None:
    """Hold an answer that its agent is to confirm: it goes to these people, on the ticket as found.

    None if there is no need.
    """
    if case.admitted_by:
        return None
    if ticket is not None and _is_overtaken(case, ticket):
        return holding.overtaken(case, _others_answer(case, ticket))
    # A vacation responder may write them.
    if not case.known.answered.isdisjoint(to):
        return holding.confirm(case, Reason.TOO_MANY_ANSWERS, case.authored.text)
    return None


def _is_overtaken(case: Case, ticket: Ticket) -> bool:
    """Say whether another agent's answer went out after what this mail answers was queued."""
    own = case.sender.address
    if ticket.answered_at is None or ticket.answered_by in {"", own}:
        return False
    seen = [sent.queued_at for sent in case.known.replied if sent.recipient == own]
    seen += [one.sent.queued_at for one in case.addressed if one.person == own]
    return bool(seen) and max(seen) < ticket.answered_at


def _others_answer(case: Case, ticket: Ticket) -> str:
    return next((text for of, text in case.known.answers if of == ticket.id), "")
