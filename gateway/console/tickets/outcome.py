"""What became of what an agent did on a ticket: done, refused and why, or waiting for a word."""

from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.config.desk import Desk
from gateway.console.visit import Visit
from gateway.desk.decision import Reason
from gateway.desk.known import ReplyRole
from gateway.mail.parse import parse
from gateway.mail.reply.marker import MARKERS
from gateway.mail.reply_address import about
from gateway.store import console_mail
from gateway.store.console_mail import Told, Written
from gateway.store.spool import State

_TRANSCRIPT = "agent/transcript"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of something that was done in the console: `state` is one of the five.

    `said` is what we told the agent of it, `text` what they wrote where it was not done.
    """

    mail: int
    state: str
    said: str = ""
    text: str = ""


WAITING, DONE, REFUSED, HELD, FAILED = "waiting", "done", "refused", "held", "failed"


def outcome_of(visit: Visit, connection: Connection, mail: int) -> Outcome | None:
    """Say what became of a mail; None if the user wrote no such in the console."""
    address = visit.user.address
    written = console_mail.find(connection, mail, address, visit.house.large)
    if written is None:
        return None
    if written.state is State.WAITING:
        return Outcome(mail, WAITING)
    if written.state is State.FAILED:
        return Outcome(mail, FAILED, written.reason, _own_text(written))
    told = console_mail.told_since(connection, address, written.received_at)
    if written.state is State.HELD:
        about_it = next((one for one in told if one.mail == mail), None)
        return Outcome(mail, HELD, _text(about_it))
    if written.reason == Reason.COMMANDS_REFUSED:
        return Outcome(mail, REFUSED, _text(_transcript(told, written)), _own_text(written))
    return Outcome(mail, DONE)


def address_to_confirm(visit: Visit, connection: Connection, mail: int, desk: Desk) -> str:
    """Give the address by which the user says what becomes of a held mail of theirs.

    It is the one of the mail that asked them; "" if none did.
    """
    user = visit.user.address
    written = console_mail.find(connection, mail, user, visit.house.large)
    if written is None or written.state is not State.HELD:
        return ""
    told = console_mail.told_since(connection, user, written.received_at)
    asked = next((one for one in told if one.mail == mail), None)
    if asked is None:
        return ""
    issue, matter = visit.house.reply_addresses.issue, about(asked.ticket, asked.mail)
    return issue(desk.address, ReplyRole.AGENT.value, asked.outbox, matter, user)


def _transcript(told: tuple[Told, ...], written: Written) -> Told | None:
    """Give the oldest transcript since then on its ticket, since they are queued in turn."""
    fitting = (
        one
        for one in reversed(told)
        if one.template == _TRANSCRIPT and one.ticket == written.ticket
    )
    return next(fitting, None)


def _text(told: Told | None) -> str:
    """Give what a mail of ours says, without the line above which one answers."""
    if told is None:
        return ""
    text = parse(told.content).text
    for marker in MARKERS.values():
        text = text.replace(marker, "", 1)
    return text.strip()


def _own_text(written: Written) -> str:
    return parse(written.content).text.strip()
