"""What takes a processor for a while: so many at once as are sent, and no other page waits."""

import asyncio
from threading import Event

import httpx
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from gateway.console.application import _PAGES
from gateway.console.guard import Guard
from gateway.console.roles import Permission
from gateway.console.visit import Page, Visit
from gateway.serving.bells import SILENT
from lib.console import BASE_URL, visitor
from lib.workbench import Workbench

_MANY = 12


def test_slow_pages_wait_for_each_other_alone(users_bench: Workbench) -> None:
    """However many there are, whoever asks for another page has it at once."""
    done = Event()

    def slow(visit: Visit) -> Response:
        assert done.wait(60)
        return PlainTextResponse(visit.user.address)

    def quick(visit: Visit) -> Response:
        return PlainTextResponse(visit.user.address)

    chief = visitor(users_bench)
    guard = Guard(lambda: users_bench.house, users_bench.now, SILENT)
    made = (
        Page("/slow", slow, Permission.SIGNED_IN, slow=True),
        Page("/quick", quick, Permission.SIGNED_IN),
    )
    application = Starlette(routes=[Route(one.path, guard.answering(one)) for one in made])

    async def asked() -> list[httpx.Response]:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(
            transport=transport, base_url=BASE_URL, cookies=chief.cookies
        ) as client:
            waiting = [asyncio.create_task(client.get("/slow")) for _ in range(_MANY)]
            found = [await asyncio.wait_for(client.get("/quick"), 60) for _ in range(3)]
            assert not any(one.done() for one in waiting)
            done.set()
            return [*found, *await asyncio.gather(*waiting)]

    assert [200] * (3 + _MANY) == [one.status_code for one in asyncio.run(asked())]


def test_what_is_judged_anew_for_whoever_types_is_slow() -> None:
    """As are mails that rules are tried on: each is compiled, rendered or decided on for that."""
    slow = {one.path for one in _PAGES if one.slow}
    drafts = {"/templates/edit", "/templates/live", "/templates/frame", "/templates/back"}
    assert drafts | {"/rules/try"} == slow
