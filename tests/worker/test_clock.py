"""Ticks, logs and the word to systemd: small parts that the daemon stands on."""

import logging
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from threading import Event, Thread

import apscheduler.schedulers.base
import apscheduler.triggers.interval
import pytest

import gateway.clock
from gateway import logs
from gateway.clock import Clock, Tick
from gateway.notify import notify
from servers.process import wait_until

OFTEN = timedelta(milliseconds=20)


@pytest.fixture
def own_logging() -> Iterator[None]:
    """Put the log of this process back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_tick_comes_again_and_again_also_after_it_failed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is due stands in the database; a tick only goes and looks."""
    times: list[int] = []

    def look() -> None:
        times.append(1)
        if len(times) == 1:
            raise RuntimeError("the first time")

    clock = Clock((Tick("sweep", OFTEN, look),))
    clock.start()
    wait_until(lambda: len(times) > 2, what="three ticks")
    clock.stop(20)

    assert "tick sweep failed and will be tried again: the first time" in caplog.text


def test_a_time_of_day_that_is_set_back_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick each hour comes at once, and not in two days and an hour."""
    ahead = [timedelta(days=2)]

    class Set(datetime):
        """A time of day that somebody sets."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + ahead[0]

    for module in (apscheduler.schedulers.base, apscheduler.triggers.interval, gateway.clock):
        monkeypatch.setattr(module, "datetime", Set)
    monkeypatch.setattr(gateway.clock, "_LOOK_SECONDS", 0.01)
    came = Event()
    clock = Clock((Tick("sweep", timedelta(hours=1), came.set),))
    clock.start()
    ahead[0] = timedelta()
    assert came.wait(20)
    clock.stop(20)


def test_stopping_finishes_a_tick_in_hand() -> None:
    """Nothing is left half done."""
    begun, go_on, done = Event(), Event(), Event()

    def look() -> None:
        begun.set()
        go_on.wait(20)
        done.set()

    clock = Clock((Tick("sweep", OFTEN, look),))
    clock.start()
    assert begun.wait(20)
    stopping = Thread(target=clock.stop, args=(20,))
    stopping.start()
    go_on.set()
    stopping.join()

    assert done.is_set()


def test_systemd_is_told_when_it_listens(tmp_path: Path) -> None:
    """By the socket that it names; silence where it did not start us."""
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(path)
        notify("READY=1", {"NOTIFY_SOCKET": path})
        assert b"READY=1" == systemd.recv(100)
        notify("READY=1", {})


def test_an_abstract_socket_is_told_too() -> None:
    """Its name begins with a zero byte, written as an at sign (sd_notify(3))."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0casepost-test-notify")
        notify("STOPPING=1", {"NOTIFY_SOCKET": "@casepost-test-notify"})
        assert b"STOPPING=1" == systemd.recv(100)


@pytest.mark.usefixtures("own_logging")
def test_a_log_line_has_its_time_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    """One line each, on standard error."""
    logs.to_stderr()
    record = logging.LogRecord("casepost.mail", logging.INFO, "", 0, "filed mail=1", None, None)
    record.created, record.msecs = 0, 7
    logging.getLogger().handle(record)

    assert "1970-01-01T00:00:00.007Z INFO casepost.mail: filed mail=1\n" == capsys.readouterr().err
