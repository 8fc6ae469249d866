"""Header fields that stand in every answer that does not say otherwise."""

from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send


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
