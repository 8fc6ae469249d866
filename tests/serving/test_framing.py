"""Requests that are sent badly, over real sockets: none is answered by a page, and all are safe."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from gateway.serving.framing import LONGEST_HEAD, MOST_REQUESTS, framed
from gateway.serving.headers import LEAST
from gateway.serving.server import ServingThread

HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what was asked for."""
    await PlainTextResponse(f"asked for {scope['path'][:20]}")(scope, receive, send)


@pytest.fixture(scope="module")
def server() -> Iterator[ServingThread]:
    """A server of that page, on any free port."""
    thread = ServingThread("test", "127.0.0.1", 0, page)
    thread.start()
    yield thread
    thread.stop(1)


def said(server: ServingThread, request: bytes) -> bytes:
    """Give all that is answered before the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(request)
        pieces = []
        try:
            while piece := client.recv(65536):
                pieces.append(piece)
        except ConnectionResetError:  # closed before it had read all that was sent
            pass
    return b"".join(pieces)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n" + CHUNKED, 400),
        (b"POST / HTTP/1.0\r\n" + CHUNKED, 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n", 400),
        (b"GET / HTTP/1.1\r\n", 400),
        (b"GET /\x00 HTTP/1.1\r\nHost: a\r\n", 400),
        (b"GET /%s HTTP/1.1\r\nHost: a\r\n" % (b"a" * LONGEST_HEAD), 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: %s\r\n" % (b"a" * LONGEST_HEAD), 431),
    ],
    ids=["two-ends", "old", "two-lengths", "coded", "no-host", "nul", "long-line", "long-head"],
)
def test_what_is_sent_badly_is_refused_and_ends_the_connection(
    server: ServingThread, head: bytes, status: int
) -> None:
    """What is hidden behind it is never taken for a request of its own."""
    answer = said(server, head + b"\r\n0\r\n\r\n" + HIDDEN)

    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert 1 == answer.count(b"HTTP/1.1 ")
    assert b"asked for" not in answer
    assert b"\r\nconnection: close\r\n" in answer.lower()
    for name, value in LEAST:
        assert b"\r\n%s: %s\r\n" % (name, value) in answer


def test_what_goes_wrong_after_an_answer_adds_none(server: ServingThread) -> None:
    """Not even a refusal, which would be taken for the answer to something else."""
    request = b"POST / HTTP/1.1\r\nHost: a\r\n" + CHUNKED + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(request)
        answer = client.recv(65536)
        client.sendall(b"no number\r\n")
        while piece := client.recv(65536):
            answer += piece

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert 1 == answer.count(b"HTTP/1.1 ")
    assert running(server)


def running(server: ServingThread) -> bool:
    """Say whether it still answers."""
    close = b"GET /hidden HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    return said(server, close).endswith(b"asked for /hidden")


def test_those_who_ask_and_go_are_no_burden() -> None:
    """So many are answered at once, whether they wait for it or not; the next one later."""
    over, statuses = asyncio.Event(), []

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        del receive, send
        assert scope
        await over.wait()

    scope = {"headers": [], "raw_path": b"/", "query_string": b"", "http_version": "1.1"}
    scope |= {"type": "http", "method": "GET"}

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        statuses.append(message.get("status"))

    async def crowd() -> None:
        application = framed(slow)
        asking = [
            asyncio.ensure_future(application(scope, receive, send)) for _ in range(MOST_REQUESTS)
        ]
        await asyncio.sleep(0)
        await application(scope, receive, send)
        over.set()
        await asyncio.gather(*asking)
        await application(scope, receive, send)

    asyncio.run(crowd())

    assert [503, None] == statuses
