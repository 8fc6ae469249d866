"""Who may sign in: the list, and one user, for admins."""

import base64

from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from gateway.console import membership, passwords
from gateway.console.membership import NewUser
from gateway.console.render import page, refusal
from gateway.console.roles import Permission, UserRole
from gateway.console.visit import Page, Visit
from gateway.errors import Misused
from gateway.serving.form import clean
from gateway.store import audit, users
from gateway.store.users import User

_PASSWORD_BYTES = 15
_LATEST_ACTS = 20
_ROLES = tuple((role.value, role.value) for role in UserRole)


def _listed(visit: Visit, status: int = 200, problem: str = "") -> Response:
    with visit.house.database.reading() as connection:
        found = users.listed(connection)
    return page(
        visit,
        "users.html",
        status,
        users=found,
        roles=_ROLES,
        problem=problem,
        typed=visit.form,
        agents=_agents_without_user(visit, {one.user.address for one in found}),
    )


def _agents_without_user(visit: Visit, known: set[str]) -> list[str]:
    """Give the agents of all desks who are no users yet."""
    desks = visit.house.desks
    return sorted({a.address for desk in desks for a in desk.agent if a.active} - known)


def _added(visit: Visit) -> Response:
    try:
        address = membership.address_of(visit.form.get("address", ""))
        role = membership.role_of(visit.form.get("role", ""))
        name = " ".join(clean(visit.form.get("name", "")).split())
        new = NewUser(address, name, role)
        with visit.house.database.writing() as connection:
            who = membership.add(connection, new, visit.now)
            visit.note(connection, "user.add", address, role)
    except Misused as refused:
        return _listed(visit, 422, f"{refused}.")
    return RedirectResponse(f"/users/{who}?done=added", 303)


def _shown(visit: Visit, status: int = 200, problem: str = "", password: str = "") -> Response:
    with visit.house.database.reading() as connection:
        user = _user(visit, connection)
        if user is None:
            return refusal(404)
        acts = audit.latest(connection, _LATEST_ACTS, actor=user.address)
        has_password = bool(users.password_of(connection, user.id))
    desks = [
        desk.title
        for desk in visit.house.desks
        if any(one.active and one.address == user.address for one in desk.agent)
    ]
    return page(
        visit,
        "user.html",
        status,
        user=user,
        acts=acts,
        has_password=has_password,
        desks=desks,
        roles=_ROLES,
        problem=problem,
        password=password,
        done=visit.query("done"),
    )


def _changed(visit: Visit) -> Response:
    """Change a role, disable or enable."""
    what = visit.form.get("what", "")
    try:
        with visit.house.database.writing() as connection:
            user = _user(visit, connection)
            if user is None:
                return refusal(404)
            match what:
                case "role":
                    role = membership.role_of(visit.form.get("role", ""))
                    membership.give_role(connection, user, role)
                    visit.note(connection, "user.role", user.address, f"{user.role} to {role}")
                case "disable":
                    membership.disable(connection, user, visit.now)
                    visit.note(connection, "user.disable", user.address)
                case "enable":
                    membership.enable(connection, user)
                    visit.note(connection, "user.enable", user.address)
                case _:
                    return refusal(400)
    except Misused as refused:
        return _shown(visit, 422, f"{refused}.")
    return RedirectResponse(f"/users/{user.id}?done={what}", 303)


def _password(visit: Visit) -> Response:
    """Make a password for a user, to be shown this once; they change it themselves."""
    password = base64.b32encode(visit.house.random(_PASSWORD_BYTES)).decode().lower()
    password = "-".join(password[start : start + 6] for start in range(0, len(password), 6))
    kept = passwords.hashed(password)
    with visit.house.database.writing() as connection:
        user = _user(visit, connection)
        if user is None:
            return refusal(404)
        membership.give_password(connection, user, kept)
        visit.note(connection, "user.password", user.address)
    return _shown(visit, password=password)


def _user(visit: Visit, connection: Connection) -> User | None:
    who: int = visit.request.path_params["user"]
    return users.by_id(connection, who) if who < 2**62 else None


PAGES = (
    Page("/users", _listed, Permission.USERS),
    Page("/users", _added, Permission.USERS, posts=True),
    Page("/users/{user:id}", _shown, Permission.USERS),
    Page("/users/{user:id}", _changed, Permission.USERS, posts=True),
    Page("/users/{user:id}/password", _password, Permission.USERS, posts=True),
)
