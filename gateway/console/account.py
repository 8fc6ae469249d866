"""Everybody's own page: where they are signed in, and their password."""

from starlette.responses import RedirectResponse, Response

from gateway.console import passwords
from gateway.console.attempts import attempt, forgive
from gateway.console.render import page
from gateway.console.roles import Permission
from gateway.console.session import digest_of
from gateway.console.visit import Page, Visit
from gateway.store import sessions, users

# So much of a session's digest names it among those of its user.
_NAMED_BY = 16


def _shown(visit: Visit, status: int = 200, problem: str = "") -> Response:
    with visit.house.database.reading() as connection:
        own = sessions.of(connection, visit.user.id)
        has_password = bool(users.password_of(connection, visit.user.id))
    console = visit.house.settings.console
    return page(
        visit,
        "account.html",
        status,
        sessions=[(one, one.digest[:_NAMED_BY]) for one in own],
        this=digest_of(visit.secret),
        passwords=has_password and (console is None or console.passwords),
        shortest=passwords.SHORTEST,
        problem=problem,
        done=visit.query("done"),
    )


def _end_session(visit: Visit) -> Response:
    """End one session of the user's, or all but this one."""
    wanted = visit.form.get("session", "")
    this = digest_of(visit.secret)
    with visit.house.database.writing() as connection:
        if wanted == "others":
            sessions.end_all(connection, visit.user.id, but=this)
            visit.note(connection, "session.end", visit.user.address, "all others")
        else:
            for one in sessions.of(connection, visit.user.id):
                if one.digest[:_NAMED_BY] == wanted:
                    sessions.end(connection, one.digest)
                    visit.note(connection, "session.end", visit.user.address)
    return RedirectResponse("/account?done=ended", 303)


def _set_password(visit: Visit) -> Response:
    """Give the user another password; whoever only found the browser open does not know the old."""
    old, new = visit.form.get("old", ""), visit.form.get("new", "")
    if new != visit.form.get("again", ""):
        return _shown(visit, 422, "The new password was not typed the same twice.")
    problem = passwords.problem_of(new, visit.user.address)
    if problem:
        return _shown(visit, 422, problem)
    tried = attempt(visit.house, visit.user.address, visit.peer, visit.now)
    if tried is None:
        return _shown(visit, 429, "That was too often. Please wait for a quarter of an hour.")
    with visit.house.database.reading() as connection:
        kept = users.password_of(connection, visit.user.id)
    if not passwords.matches(kept, old):
        return _shown(visit, 422, "That is not your present password.")
    # It takes its time, in which mail shall be written.
    hashed = passwords.hashed(new)
    with visit.house.database.writing() as connection:
        forgive(connection, tried)
        users.set_password(connection, visit.user.id, hashed)
        sessions.end_all(connection, visit.user.id, but=digest_of(visit.secret))
        visit.note(connection, "user.password", visit.user.address)
    return RedirectResponse("/account?done=password", 303)


PAGES = (
    Page("/account", _shown, Permission.SIGNED_IN),
    Page("/account/sessions", _end_session, Permission.SIGNED_IN, posts=True),
    Page("/account/password", _set_password, Permission.SIGNED_IN, posts=True),
)
