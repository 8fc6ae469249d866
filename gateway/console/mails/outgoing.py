"""The outbox: what did not go out, and what one outgoing mail says and what became of it."""

from dataclasses import dataclass
from functools import cache

from starlette.responses import RedirectResponse, Response

from gateway import maillog
from gateway.console.mail_frame import mail_frame
from gateway.console.mails.around import around
from gateway.console.mails.chosen import asked, chosen, id_of, named, place
from gateway.console.render import page, refusal
from gateway.console.roles import Permission
from gateway.console.visit import Page, Visit
from gateway.mail.parse import parse
from gateway.mail.private import without_private
from gateway.maillog import Verb
from gateway.store import outbox_list
from gateway.store.outbox import OutboxState
from gateway.store.outbox_list import UNSENT
from gateway.store.unsent import try_again

_MOST_CHARACTERS = 20_000
TONES = {
    OutboxState.QUEUED: "accent",
    OutboxState.DEFERRED: "warn",
    OutboxState.UNCERTAIN: "warn",
    OutboxState.FAILED: "bad",
    OutboxState.SENT: "good",
}
"""How urgent a state is, in the words of the style sheet."""


@dataclass(frozen=True, slots=True)
class _Letter:
    """What an outgoing mail says; secrets of links are left out, they are the recipient's own."""

    subject: str
    text: str
    html: str
    cut: bool


@cache
def _choices() -> tuple[tuple[str, str], ...]:
    every = ((state.value, state.value.capitalize()) for state in OutboxState)
    return (("", "All that was not sent"), *every)


def _list(visit: Visit) -> Response:
    wanted = visit.query("state")
    states = (OutboxState(wanted),) if wanted in set(OutboxState) else UNSENT
    with visit.house.database.reading() as connection:
        found = outbox_list.kept(connection, states, asked(visit))
        top = around(visit, connection, "/outbox")
    rows = found.rows
    within = f"/outbox?state={states[0]}&" if len(states) == 1 else "/outbox?"
    return page(
        visit,
        "mails/outbox.html",
        around=top,
        mails=rows,
        state=wanted,
        states=_choices(),
        tones=TONES,
        newer=f"{within}newer={rows[0].id}" if found.newer and rows else "",
        older=f"{within}older={rows[-1].id}" if found.older and rows else "",
        retried=len(named(visit)) if visit.query("done") == "retried" else None,
    )


def _show(visit: Visit) -> Response:
    with visit.house.database.reading() as connection:
        found = outbox_list.find(connection, id_of(visit))
        top = around(visit, connection, "/outbox")
    if found is None:
        return refusal(404)
    mail, content = found
    return page(
        visit, "mails/outgoing.html", around=top, mail=mail, letter=_read(content), tones=TONES
    )


def _html(visit: Visit) -> Response:
    with visit.house.database.reading() as connection:
        found = outbox_list.find(connection, id_of(visit))
    return refusal(404) if found is None else mail_frame(_read(found[1]).html)


def _read(content: bytes) -> _Letter:
    mail = parse(content)
    text = without_private(mail.text)
    cut = len(text) > _MOST_CHARACTERS
    return _Letter(mail.subject, text[:_MOST_CHARACTERS], without_private(mail.html), cut)


def _ask(visit: Visit) -> Response:
    """Try mails at once; of those that may arrive twice by that, ask first."""
    ids = chosen(visit)
    with visit.house.database.reading() as connection:
        found = (outbox_list.find(connection, one) for one in ids)
        unsure = any(one and one[0].state is OutboxState.UNCERTAIN for one in found)
    if unsure and not visit.form.get("confirmed"):
        return RedirectResponse(f"/outbox/retry?mails={place(ids)}", 303)
    return _retry(visit, ids)


def _confirm(visit: Visit) -> Response:
    ids = named(visit)
    with visit.house.database.reading() as connection:
        top = around(visit, connection, "/outbox")
    return page(visit, "mails/retry.html", around=top, ids=ids)


def _retry(visit: Visit, ids: tuple[int, ...]) -> Response:
    with visit.house.database.writing() as connection:
        refused = try_again(connection, ids, visit.now)
        tried = [one for one in ids if one not in refused]
        for one in tried:
            visit.note(connection, "outbox.retry", f"outgoing mail {one}")
    for one in tried:
        maillog.event(Verb.RETRIED, outbox=one)
    visit.bells.queued()
    return RedirectResponse(f"/outbox?done=retried&mails={place(tried)}", 303)


PAGES = (
    Page("/outbox", _list, Permission.QUEUES),
    Page("/outbox/retry", _confirm, Permission.QUEUES),
    Page("/outbox/retry", _ask, Permission.QUEUES, posts=True),
    Page("/outbox/{id:id}", _show, Permission.QUEUES),
    Page("/outbox/{id:id}/html", _html, Permission.QUEUES),
)
