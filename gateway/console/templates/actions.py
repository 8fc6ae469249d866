"""What the form of a template does: look at what is written, save it, mail it to oneself."""

import hashlib

from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gateway.console.mail_frame import mail_frame
from gateway.console.render import part, refusal
from gateway.console.templates import draft as drafts
from gateway.console.templates.editor import Desktop, again, looked_at, shown
from gateway.console.templates.tryout import NotSent, mail_to_oneself
from gateway.console.visit import Visit
from gateway.editing import By, Edit, save_all
from gateway.errors import Misconfigured, Transient
from gateway.store.conflict import Conflict

TEXT_ALONE = "<!doctype html><title>No HTML</title><p>This mail goes out as text alone."


def do(desktop: Desktop) -> Response:
    """Answer to the buttons of the form; whoever may only look gets what it comes to."""
    what = desktop.visit.form.get("do", "")
    if what == "preview":
        return shown(desktop)
    if not desktop.visit.may("templates-write"):
        return refusal(403)
    return _tried(desktop) if what == "try" else _saved(desktop)


def live(desktop: Desktop) -> Response:
    """Answer with what a draft comes to, to be put into the page while somebody types."""
    judgement = desktop.judged(quick=True)
    picture = desktop.picture(judgement)
    html = picture.mail.html if picture.mail else ""
    document: Markup = part(
        desktop.visit,
        "templates/live.html",
        parts=desktop.parts(judgement),
        judgement=judgement,
        picture=picture,
        unsaved=bool(drafts.changes(desktop.place, desktop.standing, desktop.draft)),
        html=hashlib.sha256(html.encode("utf-8", "replace")).hexdigest() if html else "",
        verdict=_verdict(judgement.count),
    )
    return HTMLResponse(document)


def frame_of_draft(desktop: Desktop) -> Response:
    """Answer with the HTML of a draft, for its frame."""
    return _framed(desktop)


def frame_of_what_holds(visit: Visit) -> Response:
    """Answer with the HTML of what holds, or of the version that the address names."""
    desktop = looked_at(visit)
    return refusal(404) if desktop is None else _framed(desktop)


def _framed(desktop: Desktop) -> Response:
    picture = desktop.picture(desktop.judged(quick=True))
    html = picture.mail.html if picture.mail else ""
    return mail_frame(html or TEXT_ALONE)


def _saved(desktop: Desktop) -> Response:
    visit, place, draft = desktop.visit, desktop.place, desktop.draft
    changed = drafts.changes(place, desktop.standing, draft)
    if not changed:
        return shown(desktop, said="Nothing was changed, so that there is nothing to save.")
    edits = [Edit(key, text, draft.based_on[key.part]) for key, text in changed.items()]
    by = By(visit.user.address, visit.now, draft.note, visit.peer)
    try:
        saved = save_all(visit.house, edits, by)
    except Misconfigured as refused:
        return shown(desktop, 422, wrong=f"Nothing was saved. {_first(refused)}")
    except Conflict:
        return shown(again(desktop), 409, conflict=True)
    except Transient:
        return shown(desktop, 503, wrong="Nothing was saved just now. Please try once more.")
    visit.bells.edited()
    return RedirectResponse(place.address(saved=str(max(saved))), 303)


def _tried(desktop: Desktop) -> Response:
    """Mail what is written; the page keeps it, so that there is nowhere else to lead."""
    judgement = desktop.judged()
    picture = desktop.picture(judgement)
    if judgement.count or picture.mail is None:
        wrong = "No try-out was sent: what is written does not come to a mail yet."
        return shown(desktop, 422, wrong=wrong)
    try:
        mail_to_oneself(desktop.visit, desktop.place, picture.mail)
    except NotSent as error:
        return shown(desktop, 422, wrong=str(error))
    return shown(desktop, said=f"A try-out is on its way to {desktop.visit.user.address}.")


def _first(refused: Misconfigured) -> str:
    one = refused.findings[0]
    more = len(refused.findings) - 1
    return f"{one}." + (f" And {more} more." if more else "")


def _verdict(count: int) -> str:
    if not count:
        return "Nothing is wrong; the preview is up to date."
    return "One thing is wrong." if count == 1 else f"{count} things are wrong."
