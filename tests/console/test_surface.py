"""What holds of every request over a real socket, before any page is asked for."""

import http.client
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.config.served import Console
from gateway.console.application import console
from gateway.serving.server import ServingThread
from gateway.store import sessions, users
from lib.console import visitor
from lib.workbench import Workbench


@pytest.fixture
def server(users_bench: Workbench) -> Iterator[ServingThread]:
    """The console on any free port, which proxies ask for as console.example."""
    bench = users_bench
    thread = ServingThread("console", "127.0.0.1", 0, console(lambda: bench.house, bench.now))
    thread.start()
    here = Console(port=thread.port, base_url="https://console.example")
    bench.house = replace(bench.house, settings=replace(bench.house.settings, console=here))
    yield thread
    thread.stop(1)


def ask(
    server: ServingThread, method: str, path: str, host: str = "console.example"
) -> tuple[int, dict[str, str], str]:
    """Send a request for a host."""
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    client.request(method, path, headers={"Host": host})
    answer = client.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    text = answer.read().decode()
    client.close()
    return answer.status, headers, text


def test_other_hosts_are_refused(server: ServingThread) -> None:
    """Or a name of somebody else that leads to our address would show our pages to their script."""
    here = f"127.0.0.1:{server.port}"
    good = [ask(server, "GET", "/sign-in", host)[0] for host in ("console.example", here)]
    usual = ask(server, "GET", "/sign-in", "CONSOLE.example:443")[0]
    bad = [
        ask(server, "GET", "/sign-in", host)
        for host in ("evil.example", f"evil.example:{server.port}", "", "console.example.evil")
    ]

    assert [200, 200, 200] == [*good, usual]
    assert {421} == {status for status, _, _ in bad}
    assert "These pages are at https://console.example\n" == bad[0][2]
    assert "nosniff" == bad[0][1]["x-content-type-options"]


def test_a_request_with_two_hosts_is_refused(server: ServingThread) -> None:
    """Whoever stands in front may have looked at the other one."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain:
        plain.sendall(b"GET /sign-in HTTP/1.1\r\nHost: console.example\r\nHost: a.example\r\n\r\n")
        assert plain.recv(100).split()[1] in {b"400", b"421"}


def test_only_what_a_page_is_for_can_be_asked(server: ServingThread) -> None:
    """And an answer to HEAD has no page in it."""
    for method in ("TRACE", "OPTIONS", "PUT", "DELETE", "PATCH"):
        status, headers, text = ask(server, method, "/sign-out")
        assert (405, True) == (status, "GET" in headers["allow"]), method
        assert "TRACE" not in text
    assert (200, "") == (ask(server, "HEAD", "/sign-in")[0], ask(server, "HEAD", "/sign-in")[2])
    assert 404 == ask(server, "GET", "/nowhere")[0]
    assert 404 == ask(server, "GET", "/sign-in/")[0]
    assert 404 == ask(server, "GET", "/tickets%00")[0]


def test_every_answer_says_what_may_be_done_with_it(server: ServingThread) -> None:
    """Nothing is kept, framed, guessed at, or loaded from elsewhere; nothing is run in a page."""
    for path in ("/sign-in", "/nowhere", "/", "/assets/none.css"):
        headers = ask(server, "GET", path)[1]
        policy = headers["content-security-policy"]
        assert "no-store" == headers["cache-control"], path
        assert "default-src 'none'; script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "server" not in headers


def test_a_page_that_cannot_be_made_is_no_outage(
    users_bench: Workbench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It says so without saying what it was, the log has the reason, and the next one is made."""
    chief = visitor(users_bench)
    with monkeypatch.context() as broken:

        def fail(*_: object) -> tuple[()]:
            raise ZeroDivisionError("canary")

        broken.setattr(sessions, "of", fail)
        answer = chief.get("/account")

    assert 500 == answer.status_code
    assert "canary" not in answer.text
    assert "canary" in caplog.text
    assert 200 == chief.get("/account").status_code


def test_what_nobody_may_send_is_not_read(users_bench: Workbench) -> None:
    """A form is read for whom we know, up to its size, and only as a form."""
    chief, nobody = visitor(users_bench), visitor(users_bench, "agent", "ada@north.example")
    large = b"token=x&address=" + b"x" * 70_000
    form = {"content-type": "application/x-www-form-urlencoded"}

    assert 400 == chief.ask("POST", "/users", content=large, headers=form).status_code
    assert 403 == nobody.ask("POST", "/users", content=large, headers=form).status_code
    assert 400 == chief.ask("POST", "/users", content=b"token=x").status_code
    assert 403 == chief.post("/users", {"token": "x"}).status_code
    assert 403 == chief.post("/users", headers={"origin": "http://evil.example"}).status_code
    with users_bench.house.database.reading() as connection:
        assert 2 == len(users.listed(connection))
