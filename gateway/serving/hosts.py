"""Which hosts pages are asked for: others are somebody's trick to read them (DNS rebinding)."""

from collections.abc import Callable, Collection

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_PORTS = {"http": ":80", "https": ":443"}


def for_hosts(
    application: ASGIApp, hosts: Callable[[], Collection[str]], address: Callable[[], str]
) -> ASGIApp:
    """Give an application that answers for these hosts, each with its port unless it is the usual.

    Who asks for another is told the `address` to ask at.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        asked = [value for name, value in scope["headers"] if name == b"host"]
        known = {host.lower().encode() for host in hosts()}
        if len(asked) == 1 and asked[0].lower() in known:
            await application(scope, receive, send)
            return
        refused = PlainTextResponse(f"These pages are at {address()}\n", 421)
        await refused(scope, receive, send)

    return answer


def hosts_of(scheme: str, netloc: str) -> tuple[str, ...]:
    """Give how a host may be asked for: a browser leaves out the usual port."""
    usual = _PORTS.get(scheme, "")
    if usual and netloc.endswith(usual):
        return netloc, netloc.removesuffix(usual)
    return netloc, f"{netloc}{usual}"
