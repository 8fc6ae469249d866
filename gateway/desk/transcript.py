"""What an agent is told of the commands in a mail of theirs."""

from collections.abc import Iterable
from dataclasses import replace

from gateway.desk import news
from gateway.desk.case import Case
from gateway.desk.decision import Content, Line, Reply
from gateway.desk.ticket import Ticket

TRANSCRIPT = "agent/transcript"


def transcript(
    case: Case,
    lines: Iterable[Line],
    held: int = 0,
    text: str = "",
    ticket: Ticket | None = None,
) -> tuple[Reply, ...]:
    """Tell an agent what came of their mail; nothing where there is nothing to say.

    `held` is the held mail that it was about, `text` what of it was not passed on. It has the
    subject of the `ticket` that it is about: their own mail may be an answer to a transcript.
    """
    agent = case.desk.agent_of(case.sender.address)
    said = tuple(lines)
    if agent is None or not said or case.quiet:
        return ()
    reply = news.mail_to(case.desk, agent, TRANSCRIPT, Content(text=text, lines=said), held)
    subject = "" if ticket is not None else case.mail.subject
    return (replace(reply, unasked=False, subject=subject),)


def transcript_of_done(
    case: Case, lines: Iterable[Line], ticket: Ticket | None
) -> tuple[Reply, ...]:
    """Tell an agent what was done; nothing of what they did in the console, which shows it."""
    if any(one.in_console for one in case.addressed):
        return ()
    return transcript(case, lines, ticket=ticket)
