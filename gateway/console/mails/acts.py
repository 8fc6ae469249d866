"""What is done to mails that wait for a person: admitted, dropped, held again, tried again."""

from collections.abc import Iterable, Mapping, Sequence

from starlette.responses import RedirectResponse, Response

from gateway import maillog
from gateway.console.mails.around import around
from gateway.console.mails.chosen import chosen, named, place
from gateway.console.mails.queued import subject_of
from gateway.console.render import page
from gateway.console.roles import Permission
from gateway.console.visit import Page, Visit
from gateway.desk.decision import Lesson, Reason, Release
from gateway.maillog import Verb
from gateway.store import claims, lessons, queues
from gateway.store.consequences import release, take_back
from gateway.store.queues import Queue, reasons


def _admit(visit: Visit) -> Response:
    """Let held mails in: they are decided on again, and not held for the same reason."""
    done = _released(visit, admitted=True)
    visit.bells.received()
    return _back("/held", "admitted", done)


def _ask(visit: Visit) -> Response:
    """Ask before mails are dropped."""
    return RedirectResponse(f"/held/drop?mails={place(chosen(visit))}", 303)


def _confirm(visit: Visit) -> Response:
    with visit.house.database.reading() as connection:
        held = queues.named(connection, Queue.HELD, named(visit), visit.house.large)
        top = around(visit, connection, "/held")
    if not held:
        return _back("/held", "dropped", ())
    subjects = {mail.spool_id: subject_of(mail) for mail in held}
    return page(visit, "mails/drop.html", around=top, ids=list(subjects), subjects=subjects)


def _drop(visit: Visit) -> Response:
    return _back("/held", "dropped", _released(visit, admitted=False))


def _hold(visit: Visit) -> Response:
    """Hold dropped mails again."""
    with visit.house.database.writing() as connection:
        done = take_back(connection, chosen(visit))
        for one in done:
            visit.note(connection, "mail.hold", f"mail {one}")
    return _back("/held", "held", done)


def _retry(visit: Visit) -> Response:
    """Let failed mails be taken in again, as if for the first time."""
    ids = chosen(visit)
    done = []
    with visit.house.database.writing() as connection:
        for one in ids:
            if claims.retry(connection, [one]):
                visit.note(connection, "mail.retry", f"mail {one}")
                done.append(one)
    for one in done:
        maillog.event(Verb.RETRIED, mail=one)
    visit.bells.received()
    return _back("/failed", "retried", done)


def _released(visit: Visit, *, admitted: bool) -> list[int]:
    who = visit.user.address
    wanted = [Release(one, who, admitted) for one in chosen(visit)]
    action = "mail.admit" if admitted else "mail.drop"
    with visit.house.database.writing() as connection:
        held_for = reasons(connection, [one.spool for one in wanted])
        done = release(connection, wanted, visit.now)
        for one in done:
            visit.note(connection, action, f"mail {one.spool}")
        lessons.put(connection, _learnt(visit, done, held_for), visit.now)
    for one in done:
        maillog.released(one.spool, one.by, admitted=one.admit)
    return [one.spool for one in done]


def _learnt(visit: Visit, done: Iterable[Release], held_for: Mapping[int, str]) -> list[Lesson]:
    """Give what a spam filter learns: what was held as spam and is none, and what is said to be."""
    if visit.form.get("spam"):
        return [Lesson(one.spool, spam=True) for one in done if not one.admit]
    no_spam = (one for one in done if one.admit and held_for.get(one.spool) == Reason.SPAM)
    return [Lesson(one.spool, spam=False) for one in no_spam]


def _back(where: str, done: str, ids: Sequence[int]) -> Response:
    return RedirectResponse(f"{where}?done={done}&mails={place(ids)}", 303)


PAGES = (
    Page("/held/admit", _admit, Permission.QUEUES, posts=True),
    Page("/held/ask", _ask, Permission.QUEUES, posts=True),
    Page("/held/drop", _confirm, Permission.QUEUES),
    Page("/held/drop", _drop, Permission.QUEUES, posts=True),
    Page("/mails/hold", _hold, Permission.QUEUES, posts=True),
    Page("/failed/retry", _retry, Permission.QUEUES, posts=True),
)
