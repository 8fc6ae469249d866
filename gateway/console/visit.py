"""One request of somebody who is signed in, and what a page is."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from gateway.console.roles import Permission, UserRole, may
from gateway.house import House
from gateway.serving.bells import SILENT, Bells
from gateway.serving.peer import peer_of
from gateway.store import audit
from gateway.store.audit import Act
from gateway.store.users import User


@dataclass(frozen=True, slots=True)
class Visit:
    """A request with all that a page needs to answer it.

    `form` are the fields that were sent, empty for a page that is only looked at; `secret` is the
    session's, never shown. `bells` wake whoever goes on with what was done.
    """

    request: Request
    user: User
    house: House
    now: datetime
    secret: str = field(repr=False)
    form: Mapping[str, str] = field(default_factory=dict)
    bells: Bells = SILENT

    @property
    def role(self) -> UserRole:
        """Give the user's role."""
        return UserRole(self.user.role)

    @property
    def token(self) -> str:
        """Give what each form of this session sends, so that no other site can send it."""
        return form_token(self.secret)

    @property
    def peer(self) -> str:
        """Give the address that the request comes from."""
        console = self.house.settings.console
        return peer_of(self.request, console.proxies if console else ())

    def may(self, permission: str) -> bool:
        """Say whether the user has a permission."""
        return may(self.role, Permission(permission))

    def query(self, name: str) -> str:
        """Give a parameter of the address, "" if it is not there; without NUL, as form fields."""
        return self.request.query_params.get(name, "").replace("\0", "")

    def note(self, connection: Connection, action: str, about: str = "", detail: str = "") -> None:
        """Note in the audit trail what the user does, in the transaction that does it."""
        audit.note(connection, Act(self.now, self.user.address, action, about, detail, self.peer))


Handler = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Page:
    """A page or, with `posts`, what a form is sent to; `answer` runs on a thread of its own.

    A form has at most `largest` bytes. What a script asks for `by_itself` keeps nobody signed in.
    A `slow` one takes a processor for a while: it waits for others of its kind, and no page for it.
    """

    path: str
    answer: Handler
    permission: Permission
    posts: bool = False
    largest: int = 64 * 1024
    by_itself: bool = False
    slow: bool = False


def form_token(secret: str) -> str:
    """Give the token of a session's forms (OWASP: HMAC of the session)."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()
