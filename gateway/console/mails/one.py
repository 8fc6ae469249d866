"""One received mail: what it says, where it stands and why, and all of it to download."""

from starlette.responses import Response

from gateway.console.desks import agent_in
from gateway.console.mail_frame import mail_frame
from gateway.console.mails.around import around
from gateway.console.mails.chosen import id_of
from gateway.console.mails.letter import letter
from gateway.console.mails.queued import ADDRESSES
from gateway.console.mails.why import why_held
from gateway.console.render import page, refusal
from gateway.console.roles import Permission
from gateway.console.visit import Page, Visit
from gateway.desk.decision import Reason
from gateway.explanation import stages
from gateway.mail.private import without_private
from gateway.store import archive, claims
from gateway.store.archive import Explained
from gateway.store.queues import Queue
from gateway.store.spool import State

_ORIGINAL = {
    "content-type": "message/rfc822",
    "content-security-policy": "sandbox; default-src 'none'",
}

# What stands elsewhere on the page.
_SAID = frozenset({"received", "from", "subject", "text", "folded", "attached", "desk"})


def _show(visit: Visit) -> Response:
    house = visit.house
    with house.database.reading() as connection:
        kept = archive.explained(connection, id_of(visit))
        mail = claims.load_one(connection, kept.spool_id, house.large) if kept else None
        if kept is None or mail is None:
            return refusal(404)
        queue = _queue_of(kept)
        top = around(visit, connection, ADDRESSES[queue] if queue else "")
    read = letter(house, visit.user.address, mail, kept)
    return page(
        visit,
        "mails/mail.html",
        around=top,
        kept=kept,
        mail=mail,
        queue=queue.value if queue else "",
        back=ADDRESSES[queue] if queue else "",
        why=why_held(kept.reason) if queue is Queue.HELD else kept.reason,
        proves=_proves(visit, kept) if queue is Queue.HELD else "",
        letter=read,
        stages=[
            (name, without_private(value))
            for name, value in stages(read.explained)
            if value and name not in _SAID
        ],
        recipient=without_private(mail.envelope.recipient),
    )


def _queue_of(kept: Explained) -> Queue | None:
    """Say in which queue a mail lies; None for one that is filed."""
    if kept.state == State.FILED.value:
        return Queue.DROPPED if kept.reason == Reason.DROPPED.value else None
    return Queue(kept.state) if kept.state in set(Queue) else None


def _proves(visit: Visit, kept: Explained) -> str:
    """Say what it means that this user admits an agent's mail that nothing proves."""
    if kept.reason != Reason.AGENT_NOT_PROVEN.value:
        return ""
    desk = next((one for one in visit.house.desks if one.name == kept.desk), None)
    if desk is not None and agent_in(visit, desk) is not None:
        return "You are an agent of this desk: if you admit it, it does what the agent writes."
    return "You are no agent of this desk: if you admit it, it is kept for agents to read."


def _original(visit: Visit) -> Response:
    """Answer with the mail as it came, for a mail program; no browser shows it."""
    house, number = visit.house, id_of(visit)
    with house.database.reading() as connection:
        kept = archive.explained(connection, number)
        mail = claims.load_one(connection, number, house.large) if kept else None
    if kept is None or mail is None:
        return refusal(404)
    if letter(house, visit.user.address, mail, kept).anothers:
        return refusal(403)
    name = f'attachment; filename="mail-{number}.eml"'
    return Response(mail.content, headers={**_ORIGINAL, "content-disposition": name})


def _html(visit: Visit) -> Response:
    """Answer with the mail's HTML, without all that is not letters, for a frame."""
    house = visit.house
    with house.database.reading() as connection:
        kept = archive.explained(connection, id_of(visit))
        mail = claims.load_one(connection, kept.spool_id, house.large) if kept else None
    if kept is None or mail is None:
        return refusal(404)
    return mail_frame(letter(house, visit.user.address, mail, kept).html)


PAGES = (
    Page("/mails/{id:id}", _show, Permission.QUEUES),
    Page("/mails/{id:id}/original", _original, Permission.QUEUES),
    Page("/mails/{id:id}/html", _html, Permission.QUEUES),
)
