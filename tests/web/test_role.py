"""The daemon serves pages if it can, and mail goes its way if it cannot."""

import http.client
import logging
import socket
from pathlib import Path

import pytest

from gateway.config.load import load
from gateway.daemon import Daemon
from gateway.errors import Misused
from gateway.roles import Role, roles_of
from lib.workbench import write_house


def daemon(folder: Path, port: int, *roles: Role) -> Daemon:
    """Make a daemon with these roles, and pages at that port."""
    path = write_house(folder / "house", "sqlite:///casepost.db")
    path.write_text(f"{path.read_text()}\n[web]\nport = {port}\n")
    return Daemon(path, load(path), roles)


def status(port: int) -> int:
    """Ask for a page that is not there."""
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    browser.request("GET", "/")
    found = browser.getresponse().status
    browser.close()
    return found


def test_pages_are_a_role_of_their_own(tmp_path: Path) -> None:
    """`--only web` serves them, and they end with the daemon."""
    served = daemon(tmp_path, 0, *roles_of("web"))
    served.start()
    (server,) = served.servers
    port = server.port
    assert 404 == status(port)
    served.stop()
    with pytest.raises(ConnectionRefusedError):
        status(port)


def test_a_taken_port_ends_a_daemon_that_does_nothing_else(tmp_path: Path) -> None:
    """With a sentence that names it."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port: int = other.getsockname()[1]
        served = daemon(tmp_path, port, Role.WEB)
        with pytest.raises(Misused, match=f"on port {port} of 127.0.0.1, is it taken"):
            served.start()
        served.stop()


def test_mail_goes_its_way_while_the_port_is_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The alarm is raised each minute until the port is free, and then pages are served."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port: int = other.getsockname()[1]
        served = daemon(tmp_path, port, Role.WEB, Role.LISTENER)
        with caplog.at_level(logging.ERROR):
            served.start()
            served.keep_house()
    assert 2 == caplog.text.count("no pages are served yet")
    served.keep_house()
    assert 404 == status(port)
    served.stop()
