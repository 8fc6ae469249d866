"""The queues of received mails: held, failed, waiting, dropped."""

from dataclasses import dataclass
from functools import partial

from starlette.responses import Response

from gateway.console.mails.around import around
from gateway.console.mails.chosen import asked, named
from gateway.console.mails.why import why_held
from gateway.console.render import page
from gateway.console.roles import Permission
from gateway.console.visit import Page, Visit
from gateway.mail.parse import parse
from gateway.store import queues
from gateway.store.queues import Queue, Queued

ADDRESSES = {
    Queue.HELD: "/held",
    Queue.FAILED: "/failed",
    Queue.WAITING: "/mails/waiting",
    Queue.DROPPED: "/mails/dropped",
}
"""Where each queue is shown."""

# What was done, as the address says it after a form: a sentence for one mail, and for several.
_DONE = {
    "admitted": ("1 mail is admitted and goes its way.", "{} mails are admitted and go their way."),
    "dropped": ("1 mail is dropped.", "{} mails are dropped."),
    "held": ("1 mail is held again.", "{} mails are held again."),
    "retried": ("1 mail waits again.", "{} mails wait again."),
}
_NOTHING = "Nothing was done: somebody was faster, or no mail was chosen."


@dataclass(frozen=True, slots=True)
class _Line:
    """A mail of a list, with what its header fields say."""

    mail: Queued
    author: str
    subject: str
    why: str


def _show(queue: Queue, visit: Visit) -> Response:
    desk = visit.query("desk")
    here = ADDRESSES[queue]
    with visit.house.database.reading() as connection:
        found = queues.queued(connection, queue, asked(visit), visit.house.large, desk)
        top = around(visit, connection, here)
    lines = [_line(queue, mail) for mail in found.rows]
    within = f"{here}?desk={desk}&" if _is_desk(visit, desk) else f"{here}?"
    return page(
        visit,
        f"mails/{queue.value}.html",
        here=here,
        around=top,
        lines=lines,
        desk=desk,
        desks=[("", "All desks"), *((one.name, one.title) for one in visit.house.desks)],
        newer=f"{within}newer={lines[0].mail.spool_id}" if found.newer and lines else "",
        older=f"{within}older={lines[-1].mail.spool_id}" if found.older and lines else "",
        first=within if not lines and found.newer else "",
        done=_done(visit),
        undo=named(visit) if visit.query("done") == "dropped" else (),
    )


def _is_desk(visit: Visit, name: str) -> bool:
    return any(desk.name == name for desk in visit.house.desks)


def _done(visit: Visit) -> str:
    """Say what a form has done, of which the address tells."""
    sentences = _DONE.get(visit.query("done"))
    if sentences is None:
        return ""
    count = len(named(visit))
    if not count:
        return _NOTHING
    return sentences[0] if count == 1 else sentences[1].format(count)


def _line(queue: Queue, mail: Queued) -> _Line:
    head = parse(_header_of(mail.head))
    author = head.author or head.claimed_author
    return _Line(
        mail=mail,
        author=author.address if author else mail.reverse_path or "",
        subject=head.subject,
        why=why_held(mail.reason) if queue is Queue.HELD else mail.reason,
    )


def subject_of(mail: Queued) -> str:
    """Give the subject of a mail by its beginning."""
    return parse(_header_of(mail.head)).subject


def _header_of(head: bytes) -> bytes:
    """Give the header block of a mail's beginning: of a list nobody reads more."""
    ends = [at for end in (b"\r\n\r\n", b"\n\n") if (at := head.find(end)) >= 0]
    return head[: min(ends)] + b"\r\n\r\n" if ends else head


PAGES = tuple(
    Page(address, partial(_show, queue), Permission.QUEUES) for queue, address in ADDRESSES.items()
)
