"""What an agent does on a ticket by its forms: each becomes a mail of theirs."""

from datetime import datetime

from starlette.responses import RedirectResponse, Response

from gateway.console.desks import agent_in
from gateway.console.render import refusal
from gateway.console.tickets.address import address_of
from gateway.console.tickets.commands import commands_of, goes_out, mail_text
from gateway.console.tickets.found import ticket_here
from gateway.console.tickets.one import shown
from gateway.console.tickets.outcome import address_to_confirm
from gateway.console.tickets.sending import Matter, send
from gateway.console.visit import Visit
from gateway.desk.ticket import Ticket

LARGEST = 512 * 1024

_MOST_DIGITS = 18
_VERDICTS = frozenset({"admit", "drop"})
_NOTHING_SAID = "Write something, or choose what is to change."
_NOT_SURE = "Tick the box to say that this is spam."
_OVERTAKEN = (
    "A colleague has answered since you opened this page. Read what they wrote; if your answer "
    "is still right, send it once more."
)
_NO_ADDRESS = "The desk’s address is too long for this to be done here; write a mail instead."  # noqa: RUF001  typographic


def do(visit: Visit) -> Response:
    """Take what a form on a ticket says, and lead to the page that shows what becomes of it."""
    form = visit.form
    with visit.house.database.reading() as connection:
        found = ticket_here(visit, connection)
    if found is None:
        return refusal(404)
    ticket, desk = found
    agent = agent_in(visit, desk)
    if agent is None:
        return refusal(403)
    if form.get("spam") and not form.get("sure"):
        return shown(visit, form, _NOT_SURE, 422)
    text = mail_text(form)
    if not text:
        return shown(visit, form, _NOTHING_SAID, 422)
    if goes_out(form) and _is_overtaken(ticket, form.get("shown_at", ""), agent.address):
        return shown(visit, form, _OVERTAKEN, 409)
    matter = Matter(ticket.id, ticket.number, desk, agent)
    to = matter.address(visit)
    if not to:
        return shown(visit, form, _NO_ADDRESS, 422)
    words = [command.split()[0] for command in commands_of(form)]
    detail = " ".join([*words, *([form.get("kind", "answer")] if form.get("text") else [])])
    return _sent(visit, matter, to, text, detail)


def confirm(visit: Visit) -> Response:
    """Take what the user says of a held mail of theirs: that it goes out, or that it does not."""
    verdict, number = visit.form.get("verdict", ""), visit.form.get("mail", "")
    wanted = verdict in _VERDICTS and number.isascii() and number.isdigit()
    if not wanted or len(number) > _MOST_DIGITS:
        return refusal(400)
    with visit.house.database.reading() as connection:
        found = ticket_here(visit, connection)
        agent = agent_in(visit, found[1]) if found else None
        if found is None or agent is None:
            return refusal(404)
        ticket, desk = found
        to = address_to_confirm(visit, connection, int(number), desk)
    if not to:
        return refusal(404)
    matter = Matter(ticket.id, ticket.number, desk, agent)
    return _sent(visit, matter, to, f"#{verdict}", f"#{verdict} mail {number}")


def _sent(visit: Visit, matter: Matter, to: str, text: str, detail: str) -> Response:
    """Send a mail from the agent, and lead to where its fate is shown."""
    once = visit.form.get("once", "")
    with visit.house.database.writing() as connection:
        mail = send(visit, connection, matter, to, text, once)
        visit.note(connection, "ticket.act", matter.number, detail)
    visit.bells.received()
    return RedirectResponse(f"{address_of(matter.number)}?sent={mail}#sent", 303)


def _is_overtaken(ticket: Ticket, shown_at: str, own: str) -> bool:
    """Say whether somebody else's answer went out after the page was shown."""
    if ticket.answered_at is None or ticket.answered_by in {"", own}:
        return False
    try:
        seen = datetime.fromisoformat(shown_at)
    except ValueError:
        return True
    return seen.tzinfo is None or seen < ticket.answered_at
