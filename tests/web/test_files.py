"""The page of one file over real sockets: a good link gives the file, and no other anything."""

import contextlib
import http.client
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.errors import Misused
from gateway.mail.file_link import WHOLE_MAIL, FileLink
from gateway.serving import connection
from gateway.serving.server import ServingThread
from gateway.web.pages import pages
from lib.workbench import START, Workbench, workbench
from servers import process

MAIL = """\
From: Jan <jan@klant.example>
To: help@north.example
Subject: Log
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: text/plain

See there.
--B
Content-Type: text/html; name="r\u00e9sum\u00e9 \u202elmth.html"
Content-Disposition: attachment
Content-Transfer-Encoding: base64

PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==
--B--
"""
SCRIPT = b"<script>alert(1)</script>"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A house with one mail."""
    with workbench(tmp_path_factory.mktemp("house"), "sqlite:///casepost.db") as opened:
        opened.deliver(MAIL)
        yield opened


@pytest.fixture(scope="module")
def web(bench: Workbench) -> Iterator[ServingThread]:
    """Its web server, on any free port."""
    thread = ServingThread("web", "127.0.0.1", 0, pages(lambda: bench.house, bench.now))
    thread.start()
    yield thread
    thread.stop(1)
    assert not thread.running


def token(bench: Workbench, link: FileLink = FileLink(1, 2, 0)) -> str:  # noqa: B008  frozen
    """Sign a link that holds for a day."""
    return bench.house.file_links.issue(link, START + timedelta(days=1))


def ask(
    web: ServingThread, path: str, method: str = "GET", host: str = "desk.example"
) -> tuple[int, dict[str, str], bytes]:
    """Ask for a page."""
    browser = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    browser.request(method, path, headers={"Host": host})
    answer = browser.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    body = answer.read()
    browser.close()
    return answer.status, headers, body


def test_a_link_gives_the_file_as_nothing_but_bytes_to_keep(
    bench: Workbench, web: ServingThread
) -> None:
    """Under its cleaned name, of no type that a browser would show, kept by nobody on the way."""
    status, headers, body = ask(web, f"/files/{token(bench)}")
    assert (200, SCRIPT) == (status, body)
    assert "application/octet-stream" == headers["content-type"]
    assert (
        "attachment; filename*=UTF-8''r%C3%A9sum%C3%A9%20lmth.html"
        == (headers["content-disposition"])
    )
    assert str(len(SCRIPT)) == headers["content-length"]
    assert "nosniff" == headers["x-content-type-options"]
    assert "no-store" == headers["cache-control"]
    assert "no-referrer" == headers["referrer-policy"]
    assert "noindex, nofollow" == headers["x-robots-tag"]
    assert headers["content-security-policy"].startswith("default-src 'none';")
    assert "server" not in headers


def test_the_mail_itself_is_a_file_where_it_could_not_be_taken_apart(
    bench: Workbench, web: ServingThread
) -> None:
    """Byte for byte."""
    status, _, body = ask(web, f"/files/{token(bench, FileLink(1, WHOLE_MAIL, 0))}")
    assert (200, MAIL.replace("\n", "\r\n").encode()) == (status, body)


def test_head_says_how_much_there_is(bench: Workbench, web: ServingThread) -> None:
    """And nothing of it."""
    status, headers, body = ask(web, f"/files/{token(bench)}", "HEAD")
    assert (200, str(len(SCRIPT)), b"") == (status, headers["content-length"], body)


def changed(good: str, place: int) -> str:
    """Change one character of a token into another that could stand there."""
    other = "b" if good[place] == "a" else "a"
    other = ("2" if good[place] == "1" else "1") if good[place].isdigit() else other
    return good[:place] + other + good[place + 1 :]


def test_whatever_is_no_good_link_gets_the_same_answer(
    bench: Workbench, web: ServingThread
) -> None:
    """Forged, of another file, expired, of a mail or part that is not there, or no link at all."""
    good = token(bench)
    expired = bench.house.file_links.issue(FileLink(1, 2, 0), START)
    bad = [changed(good, place) for place in range(len(good)) if good[place] != "-"]
    bad += [expired, token(bench, FileLink(99, 2, 0)), token(bench, FileLink(1, 9, 0))]
    bad += [token(bench, FileLink(1, 2, 1)), good.upper(), good + "a", "x" * 5000, "%00", "%C3%A9"]
    paths = [f"/files/{one}" for one in bad]
    paths += ["/", "/files", "/files/", f"/files/{good}/", f"/files/{good}/x", "/../../etc/passwd"]
    answers = {
        (status, body, tuple(sorted((k, v) for k, v in headers.items() if k != "date")))
        for status, headers, body in (ask(web, path) for path in paths)
    }
    assert 1 == len(answers)
    ((status, body, headers),) = answers
    assert 404 == status
    assert b"There is nothing here, or not any more." in body
    assert ("cache-control", "no-store") in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_files_are_only_read(bench: Workbench, web: ServingThread, method: str) -> None:
    """Nothing else can be asked of a file."""
    status, headers, _ = ask(web, f"/files/{token(bench)}", method)
    assert (405, "GET, HEAD") == (status, headers["allow"])


def test_what_a_client_says_of_the_host_is_in_no_answer(
    bench: Workbench, web: ServingThread
) -> None:
    """Links are made of the configuration alone."""
    for path in ("/files", "/files/x/", f"/files/{token(bench)}/"):
        status, headers, body = ask(web, path, host="evil.example")
        assert 404 == status
        assert "evil" not in str(headers)
        assert b"evil" not in body


def test_a_client_that_never_ends_its_request_is_cut_off(
    web: ServingThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow clients do not keep the places of others."""
    monkeypatch.setattr(connection, "REQUEST_SECONDS", 0.05)
    with socket.create_connection(("127.0.0.1", web.port), timeout=10) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert b"" == slow.recv(100)


def test_a_client_that_takes_nothing_is_cut_off(
    bench: Workbench, web: ServingThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is not taken is closed, and others are answered meanwhile."""
    monkeypatch.setattr(connection, "STALL_SECONDS", 0.05)
    large = b"Subject: x\r\n\r\n" + b"x" * 78 + b"\r\n" + b"y" * 20_000_000
    accepted = bench.deliver_bytes(large)
    link = token(bench, FileLink(accepted.spool_id, WHOLE_MAIL, 0))
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.settimeout(10)
        slow.connect(("127.0.0.1", web.port))
        slow.sendall(f"GET /files/{link} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert 200 == ask(web, f"/files/{token(bench)}")[0]
        process.wait_until(lambda: not web.connections, what="the slow client is cut off")
        received = 0
        while piece := slow.recv(1_000_000):
            received += len(piece)
        assert received < len(large)


def test_whoever_asks_for_nothing_makes_room(
    bench: Workbench, web: ServingThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that has done so the longest; nobody keeps others out by connections alone."""
    monkeypatch.setattr(connection, "MOST_CONNECTIONS", 3)
    slow = []
    for _ in range(3):
        slow.append(socket.create_connection(("127.0.0.1", web.port), timeout=10))
        slow[-1].sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        process.wait_until(lambda: len(slow) <= web.connections, what="a slow client is there")

    assert 200 == ask(web, f"/files/{token(bench)}")[0]
    with contextlib.suppress(ConnectionResetError):
        assert b"" == slow[0].recv(100)
    slow[2].sendall(b"Connection: close\r\n\r\n")
    assert slow[2].recv(100).startswith(b"HTTP/1.1 404 ")
    for one in slow:
        one.close()


def test_too_many_connections_are_turned_away(
    bench: Workbench, web: ServingThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for an answer gets it."""
    large = b"Subject: x\r\n\r\n" + b"z" * 78 + b"\r\n" + b"y" * 20_000_000
    link = token(bench, FileLink(bench.deliver_bytes(large).spool_id, WHOLE_MAIL, 0))
    first = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    first.request("GET", f"/files/{link}")
    answer = first.getresponse()
    monkeypatch.setattr(connection, "MOST_CONNECTIONS", 1)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        ask(web, f"/files/{token(bench)}")
    assert len(large) == len(answer.read())
    first.close()


@pytest.mark.parametrize(
    "request_bytes",
    [b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET " + b"a" * 40_000, b"\r\n" * 1000],
)
def test_nonsense_ends_the_connection_and_not_the_server(
    bench: Workbench, web: ServingThread, request_bytes: bytes
) -> None:
    """The next one is answered."""
    with socket.create_connection(("127.0.0.1", web.port), timeout=10) as client:
        client.sendall(request_bytes)
        client.shutdown(socket.SHUT_WR)
        try:
            while client.recv(1000):
                pass
        except ConnectionResetError:
            pass
    assert 200 == ask(web, f"/files/{token(bench)}")[0]


def test_a_port_that_is_taken_gets_a_sentence(bench: Workbench, web: ServingThread) -> None:
    """The daemon ends with it."""
    other = ServingThread("web", "127.0.0.1", web.port, pages(lambda: bench.house, bench.now))
    with pytest.raises(Misused, match=f"can't serve pages on port {web.port} of 127.0.0.1"):
        other.start()


def test_a_file_of_a_lost_raw_mail_is_asked_for_later(
    bench: Workbench, web: ServingThread, tmp_path: Path
) -> None:
    """It may come back with a disk."""
    large = b"Subject: x\r\n\r\n" + b"z\r\n" * 300_000
    accepted = bench.deliver_bytes(large)
    files = [path for path in (bench.house.data / "large").rglob("*") if path.is_file()]
    hidden = [(path, tmp_path / path.name) for path in files]
    for path, away in hidden:
        path.rename(away)
    link = token(bench, FileLink(accepted.spool_id, WHOLE_MAIL, 0))
    assert 503 == ask(web, f"/files/{link}")[0]
    for path, away in hidden:
        away.rename(path)
    assert large == ask(web, f"/files/{link}")[2]
