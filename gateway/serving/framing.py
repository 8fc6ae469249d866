"""Requests that are none of ours by how they are sent, whatever page they ask for.

A head that is longer than any browser's; a body whose end is said in two ways, by which somebody
could hide a request from a proxy in front of us (RFC 9112, sections 6.1 and 6.3); and more requests
than there are connections, whose clients have gone before they were answered.
"""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LONGEST_HEAD = 16 * 1024
MOST_REQUESTS = 200

_CLOSING = {"connection": "close"}
_BESIDE_EACH_FIELD = 4  # ": " and the end of its line


def framed(application: ASGIApp) -> ASGIApp:
    """Give an application that is asked only what is sent well, and of so many at once."""
    begun = 0

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal begun
        refused = _refused(scope)
        if refused is None and begun >= MOST_REQUESTS:
            refused = PlainTextResponse("Too many ask at once.\n", 503, _CLOSING)
        if refused is not None:
            await refused(scope, receive, send)
            return
        begun += 1
        try:
            await application(scope, receive, send)
        finally:
            begun -= 1

    return answer


def _refused(scope: Scope) -> PlainTextResponse | None:
    """Give what a request that is sent badly is answered; its connection is good for no other."""
    head = len(scope["raw_path"]) + len(scope["query_string"])
    head += sum(len(name) + len(value) + _BESIDE_EACH_FIELD for name, value in scope["headers"])
    if head > LONGEST_HEAD:
        return PlainTextResponse("The head of the request is too long.\n", 431, _CLOSING)
    names = {name for name, _ in scope["headers"]}
    in_pieces = b"transfer-encoding" in names
    if in_pieces and (b"content-length" in names or scope["http_version"] != "1.1"):
        return PlainTextResponse("The end of the request is not clear.\n", 400, _CLOSING)
    return None
