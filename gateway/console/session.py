"""A user's session: the secret in a cookie, and what of it is kept."""

import base64
import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from gateway.config.served import Console
from gateway.console.proxied import claimed
from gateway.errors import Transient
from gateway.house import House
from gateway.serving.form import clean
from gateway.serving.peer import peer_of
from gateway.store import audit, sessions
from gateway.store.audit import Act
from gateway.store.users import User

_SECRET_BYTES = 32
_LONGEST_BROWSER = 200
# A session's row is written no more often.
_SEEN_EACH = timedelta(minutes=1)


def console_of(house: House) -> Console:
    """Give the console's settings; without such a table the shipped ones."""
    return house.settings.console or Console()


def digest_of(secret: str) -> str:
    """Give what of a session's secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret(house: House) -> str:
    """Give a secret for a cookie."""
    return base64.urlsafe_b64encode(house.random(_SECRET_BYTES)).decode().rstrip("=")


def cookie_name(house: House, purpose: str = "") -> str:
    """Give the cookie's name; a browser sends one with this prefix over TLS to this host only."""
    name = f"casepost-{purpose}" if purpose else "casepost"
    return f"__Host-{name}" if is_secure(house) else name


def is_secure(house: House) -> bool:
    """Say whether browsers reach the console by TLS."""
    return console_of(house).base_url.startswith("https://")


def cookie(house: House, request: Request, purpose: str = "") -> str:
    """Give what a cookie of ours has, "" if it was not sent."""
    return request.cookies.get(cookie_name(house, purpose), "")


def set_cookie(house: House, response: Response, value: str, purpose: str = "") -> None:
    """Give a browser a cookie until it is closed, which no script can read."""
    response.set_cookie(
        cookie_name(house, purpose),
        value,
        path="/",
        secure=is_secure(house),
        httponly=True,
        # "strict" would ask whoever follows a link in a mail to sign in once more.
        samesite="lax",
    )


def drop_cookie(house: House, response: Response, purpose: str = "") -> None:
    """Take a cookie from a browser."""
    response.delete_cookie(
        cookie_name(house, purpose),
        path="/",
        secure=is_secure(house),
        httponly=True,
        samesite="lax",
    )


def signed_in(house: House, request: Request, now: datetime, *, noted: bool = True) -> User | None:
    """Give who asks, None for nobody whom we know; unless it is not `noted` they count as seen."""
    console = console_of(house)
    claim = claimed(request, console.trusted_header)
    # Where nothing else lets anybody in, what the proxy says now counts, not what it once said.
    if claim is None and console.trusted_header and not (console.passwords or console.oidc):
        return None
    secret = cookie(house, request)
    if not secret:
        return None
    digest = digest_of(secret)
    with house.database.reading() as connection:
        found = sessions.find(connection, digest, now, timedelta(seconds=console.idle))
    if found is None or (claim is not None and claim != found[0].address):
        return None
    user, seen = found
    if noted and now - seen > _SEEN_EACH:
        _see(house, digest, now)
    return user


def _see(house: House, digest: str, now: datetime) -> None:
    try:
        with house.database.writing(durable=False) as connection:
            sessions.see(connection, digest, now)
    except Transient:
        return  # to be noted with the next request; whoever only looks does not wait for writers


def begin(
    connection: Connection, house: House, request: Request, user: User, now: datetime, how: str
) -> str:
    """Begin a session of a user, and give its secret; `how` they signed in stands in the trail."""
    console = console_of(house)
    secret = new_secret(house)
    peer = peer_of(request, console.proxies)
    ends_at = now + timedelta(seconds=console.session)
    browser = clean(request.headers.get("user-agent", ""))[:_LONGEST_BROWSER]
    sessions.begin(
        connection, digest_of(secret), user.id, now, ends_at, browser=browser, peer=peer[:64]
    )
    audit.note(connection, Act(now, user.address, "session.begin", detail=how, peer=peer))
    return secret
