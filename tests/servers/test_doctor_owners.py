"""`casepost doctor` on who may read what, and on the ports of pages."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.config.served import Console, Internal
from gateway.config.settings import Settings
from gateway.doctor.certificate import check_end, ends_of
from gateway.doctor.check import State
from gateway.doctor.owners import check_owners
from gateway.doctor.pages import check_pages
from servers import process


@pytest.mark.parametrize(
    ("folder", "key", "state"),
    [(0o700, 0o600, State.OK), (0o755, 0o600, State.WARNING), (0o700, 0o644, State.WARNING)],
)
def test_who_may_read(tmp_path: Path, folder: int, key: int, state: State) -> None:
    """The data folder and each key in it; what to do is said."""
    data = tmp_path / "data"
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "message-id").write_bytes(b"x")
    (data / "keys" / "message-id").chmod(key)
    data.chmod(folder)

    (found,) = check_owners(data)

    assert (state, state is State.WARNING) == (found.state, "chmod o-rwx" in found.message)


def test_a_folder_that_is_not_there_is_nobodys(tmp_path: Path) -> None:
    """That it is not there is said elsewhere."""
    assert [] == list(check_owners(tmp_path / "none"))


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Run a server that answers everything like this; its port."""

    class _Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), _Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_ports_of_pages(tmp_path: Path) -> None:
    """One that answers, one that is in trouble, one that nobody has."""
    settings = Settings(path=tmp_path / "casepost.toml", web=None)
    with answering(303) as good, answering(503) as bad:
        busy = replace(settings, console=Console(port=good), internal=Internal(port=bad))
        assert [State.OK, State.WARNING] == [one.state for one in check_pages(busy)]
    idle = replace(settings, internal=Internal(port=process.free_port()))
    (found,) = check_pages(idle)
    assert (State.WARNING, "the daemon does not run; the port is free") == (
        found.state,
        found.message,
    )


def test_a_certificate_near_its_end() -> None:
    """In its last two weeks it is said, with what to do."""
    ends = ends_of({"notAfter": "Mar 20 00:00:00 2026 GMT"})
    assert datetime(2026, 3, 20, tzinfo=UTC) == ends
    assert ends_of({}) is None
    early, late = (datetime(2026, 3, day, 1, tzinfo=UTC) for day in (5, 6))
    assert State.OK is check_end("x", ends, early, "renew it").state
    found = check_end("x", ends, late, "renew it")
    assert (State.WARNING, "it ends on 2026-03-20: renew it") == (found.state, found.message)
