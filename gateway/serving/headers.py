"""Header fields that stand in every answer that does not say otherwise."""

from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What is no page of ours is kept, run, framed and told of by nobody.
LEAST = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


def with_headers(application: ASGIApp, headers: Sequence[tuple[bytes, bytes]]) -> ASGIApp:
    """Give an application whose answers have these fields, names in small letters."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", ()))
                said = {name for name, _ in own}
                own += [one for one in headers if one[0] not in said]
                message = {**message, "headers": own}
            await send(message)

        await application(scope, receive, headed)

    return answer
