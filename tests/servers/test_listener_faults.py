"""The listener when something is wrong: with the store, the disk, the client, or the time."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from gateway.config.settings import Limits
from gateway.errors import Transient
from gateway.listener import connection, disk, session
from gateway.store.spool import Accepted, Delivery
from servers.dialog import ADDRESSES, SMALL, Client, Running, Store, listening, stuffed
from servers.process import wait_until

LARGE = SMALL + (b"x" * 70 + b"\r\n") * 10_000


def limits(**changed: Any) -> Limits:  # noqa: ANN401  numbers of two kinds
    """Give the limits that a test needs, with room on any disk."""
    return replace(Limits(free_bytes=1, free_inodes=1), **changed)


def incoming(folder: Path) -> list[Path]:
    """List the files of mails on their way in."""
    return list((folder / "large" / "incoming").glob("*"))


@pytest.fixture(autouse=True)
def _quick_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the disk each time."""
    monkeypatch.setattr(disk, "_FRESH", 0.0)


ERRORS = [OSError(28, "No space left", "/var/secret"), Transient("secret"), ValueError("secret")]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
def test_a_store_that_fails(tmp_path: Path, error: Exception, content: bytes) -> None:
    """The client is told to try again, and nothing more; no file stays; the next mail is taken."""
    store = Store(error)
    with listening(tmp_path, take=store.take) as running, running.greeted() as client:
        reply = client.deliver(content)
        assert "451 4.3.0 temporary problem, please try again later" == reply
        wait_until(lambda: not incoming(tmp_path), what="the file is gone")
        store.error = None
        assert "250 2.0.0 accepted as 1" == client.deliver(content)
        assert 1 == len(running.woken)


def test_a_store_that_cannot_be_asked(tmp_path: Path) -> None:
    """Even a call that fails at once is only a temporary problem."""

    def take(_: tuple[Delivery, ...]) -> Future[tuple[Accepted, ...]]:
        raise RuntimeError("secret")

    with listening(tmp_path, take=take) as running, running.greeted() as client:
        assert client.deliver().startswith("451 4.3.0")
        assert client.deliver(LARGE).startswith("451 4.3.0")
        wait_until(lambda: not incoming(tmp_path), what="the file is gone")


def test_a_command_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours in any command is 451 with a fixed text."""

    def fail(_: str) -> str:
        raise RuntimeError("secret")

    with listening(tmp_path) as running, running.greeted() as client:
        client.say("MAIL FROM:<a@b.example>")
        monkeypatch.setattr(session, "canonical", fail)
        reply = client.say(f"RCPT TO:<{ADDRESSES[0]}>")
        assert "451 4.3.0 temporary problem, please try again later" == reply
        monkeypatch.undo()
        assert client.say(f"RCPT TO:<{ADDRESSES[0]}>").startswith("250")


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
def test_a_commit_that_takes_too_long(tmp_path: Path, content: bytes) -> None:
    """The client hears 451 in time; the commit may still happen, and then the worker is woken."""
    store = Store()
    store.holding = True
    with (
        listening(tmp_path, take=store.take, limits=limits(reply=0.5)) as running,
        running.greeted() as client,
    ):
        assert client.deliver(content).startswith("451 4.3.0")
        # What is large has its name before anybody waits for a commit.
        assert (len(content) > 512 * 1024) == bool(list((tmp_path / "large").glob("??/*")))
        store.pending[0].set_result((Accepted(1, repeated=False),))
        assert 1 == len(running.woken)
        assert [] == incoming(tmp_path)


def test_a_client_that_leaves_does_not_undo_a_commit(tmp_path: Path) -> None:
    """The future belongs to the committer, who shares it with others; it is never cancelled."""
    store = Store()
    store.holding = True
    with listening(tmp_path, take=store.take) as running:
        with running.greeted() as client:
            client.begin()
            client.send(stuffed(SMALL))
            assert store.asked.wait(10)
        with running.greeted() as other:
            assert other.say("NOOP").startswith("250")
        assert store.pending[0].set_running_or_notify_cancel()
        store.pending[0].set_result((Accepted(1, repeated=False),))
        assert 1 == len(running.woken)


def test_a_disk_that_fails_is_probed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failed write no mail is taken until a probe could be written."""

    def fail(_: Path) -> None:
        raise OSError(5, "input/output error")

    monkeypatch.setattr(disk, "_write_probe", fail)
    store = Store(OSError(5, "input/output error"))
    with listening(tmp_path, take=store.take) as running, running.greeted() as client:
        assert client.deliver().startswith("451 4.3.0")
        store.error = None
        assert client.say("MAIL FROM:<a@b.example>").startswith("451 4.3.0")
        monkeypatch.setattr(disk, "_write_probe", lambda _: None)
        assert "250 2.0.0 accepted as 1" == client.deliver()


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """A large mail that has no place is drained, and refused for now."""
    (tmp_path / "large").write_text("a file where a folder should be")
    with listening(tmp_path) as running, running.greeted() as client:
        assert client.deliver(LARGE).startswith("451 4.3.0")
        assert client.deliver(SMALL).startswith("250")


@pytest.mark.parametrize("lack", [{"free_bytes": 10**18}, {"free_inodes": 10**15}])
def test_a_full_disk(tmp_path: Path, lack: dict[str, float]) -> None:
    """MAIL is refused for now before the client sends anything."""
    with listening(tmp_path, limits=limits(**lack)) as running, running.greeted() as client:
        assert client.say("MAIL FROM:<a@b.example>").startswith("452 4.3.1")


@pytest.mark.parametrize(
    ("lack", "said"),
    [({"free_bytes": 10**18}, "MiB"), ({"free_inodes": 10**15}, "inodes"), ({}, "")],
)
def test_want_of_room_has_a_sentence(tmp_path: Path, lack: dict[str, float], said: str) -> None:
    """For `casepost status`, by the same rule as for MAIL; without a folder it is silent."""
    sentences = disk.lack_of_room(tmp_path, limits(message_size=1, **lack))
    assert bool(said) == bool(sentences)
    assert said in "".join(sentences)
    assert () == disk.lack_of_room(tmp_path / "nowhere", limits(**lack))


def test_sessions_share_a_commit(tmp_path: Path) -> None:
    """While one transaction is written, all others wait for the next one, and that is one."""
    sessions, entered, go, sizes = 12, threading.Event(), threading.Event(), list[int]()

    def before_write(mails: int) -> None:
        sizes.append(mails)
        entered.set()
        assert go.wait(30)

    with listening(tmp_path, before_write=before_write) as running:
        clients = [running.greeted() for _ in range(sessions)]
        for number, client in enumerate(clients):
            client.begin()
            client.send(stuffed(SMALL + b"%d\r\n" % number))
            if number == 0:
                assert entered.wait(10)
        wait_until(lambda: running.submitted() == sessions, what="all mails are with the store")
        for client in clients:
            client.socket.setblocking(False)  # noqa: FBT003
            with pytest.raises(BlockingIOError):
                client.socket.recv(1)
            client.socket.settimeout(30)
        go.set()
        ids = {client.reply() for client in clients}
        assert [1, sessions - 1] == sizes
        assert {f"250 2.0.0 accepted as {n}" for n in range(1, sessions + 1)} == ids
        for client in clients:
            client.socket.close()


def test_a_mail_over_the_size(tmp_path: Path) -> None:
    """It is drained and refused; one that never ends is cut off at twice the size."""
    with listening(tmp_path, limits=limits(message_size=1000)) as running:
        with running.greeted() as client:
            assert client.deliver(b"x" * 70 + b"\r\n" * 500).startswith("552 5.3.4")
            assert client.deliver(SMALL).startswith("250")
            client.begin()
            client.send(b"x\r\n" * 700)
            assert client.reply().startswith("552 5.3.4")
            assert client.reply() == ""
        assert 1 == len(running.rows())


def test_a_line_over_the_length(tmp_path: Path) -> None:
    """It is drained and refused, and the dialog goes on."""
    few = limits(line_length=1000)
    with listening(tmp_path, limits=few) as running, running.greeted() as client:
        assert client.deliver(b"x" * 1001 + b"\r\n").startswith("500 5.6.0")
        assert client.deliver(b"x" * 1000 + b"\r\n").startswith("250")


def test_a_mail_in_a_loop(tmp_path: Path) -> None:
    """Too many Received fields, in whatever spelling, are a loop; words in a text are none."""
    few = limits(received_hops=3)
    loop = b"Received: x\r\nRECEIVED: y\r\n" * 2
    with listening(tmp_path, limits=few) as running, running.greeted() as client:
        assert client.deliver(loop + SMALL).startswith("554 5.4.6")
        assert client.deliver(b"Received: x\r\n" * 3 + SMALL).startswith("250")
        assert client.deliver(SMALL + b"Received: x\r\n" * 9).startswith("250")


def test_too_many_recipients(tmp_path: Path) -> None:
    """The others are for another transaction."""
    with listening(tmp_path, limits=limits(recipients=1)) as running, running.greeted() as client:
        client.say("MAIL FROM:<a@b.example>")
        assert client.say(f"RCPT TO:<{ADDRESSES[0]}>").startswith("250")
        assert client.say(f"RCPT TO:<{ADDRESSES[1]}>").startswith("452 4.5.3")


@pytest.mark.parametrize("limit", ["command_idle", "data_idle", "data_total"])
def test_a_client_that_is_late(tmp_path: Path, limit: str) -> None:
    """Each wait has a limit of its own, and ends with 421."""
    with listening(tmp_path, limits=limits(**{limit: 0.1})) as running, running.greeted() as client:
        if limit.startswith("data"):
            client.begin()
            client.send(b"Subject: x\r\n")
        assert client.reply().startswith("421 4.4.2")
        assert client.reply() == ""


def test_the_wait_for_a_command_does_not_cut_a_transfer(tmp_path: Path) -> None:
    """However long a commit takes, the limit for commands has no say in it."""
    store = Store()
    store.holding = True
    lines = ["EHLO c", "MAIL FROM:<>", f"RCPT TO:<{ADDRESSES[0]}>", "DATA"]
    few = limits(command_idle=0.1)
    with listening(tmp_path, take=store.take, limits=few) as running, running.client() as client:
        client.send("".join(f"{line}\r\n" for line in lines).encode() + stuffed(SMALL))
        assert store.asked.wait(10)
        with Client(running.port) as other:
            other.reply()
            assert other.reply().startswith("421 4.4.2")
        store.pending[0].set_result((Accepted(7, repeated=False),))
        assert "250 2.0.0 accepted as 7" == [client.reply() for _ in range(5)][-1]


def test_errors_slow_down_and_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some errors each reply takes its time, and after some more there is none."""
    monkeypatch.setattr(connection, "_PAUSE", 0.0)
    few = limits(errors_before_delay=2, errors_before_close=4)
    with listening(tmp_path, limits=few) as running, running.greeted() as client:
        assert ["503"] * 3 == [client.say("DATA")[:3] for _ in range(3)]
        assert client.say("DATA").startswith("421 4.7.0")
        assert client.reply() == ""


def test_a_good_mail_makes_up_for_errors(tmp_path: Path) -> None:
    """A list that has an old address or two in every mail is served all the same."""
    with (
        listening(tmp_path, limits=limits(errors_before_close=2)) as running,
        running.greeted() as client,
    ):
        for _ in range(3):
            assert client.say("DATA").startswith("503")
            assert client.deliver().startswith("250")


def has_room(running: Running) -> bool:
    """Try to get in."""
    with Client(running.port) as client:
        return client.reply().startswith("220")


def test_connections_have_limits(tmp_path: Path) -> None:
    """For all together, and for a peer that is not trusted."""
    with listening(tmp_path, limits=limits(connections=2)) as running:
        with running.client(), running.client() as second, Client(running.port) as third:
            assert third.reply().startswith("421 4.7.0")
            assert third.reply() == ""
            second.say("QUIT")
        wait_until(lambda: has_room(running), what="there is room again")
    with (
        listening(
            tmp_path, limits=limits(connections_per_peer=1), trusted=(ip_network("192.0.2.0/24"),)
        ) as running,
        running.client(),
        Client(running.port) as second,
    ):
        assert second.reply().startswith("421 4.7.0")


def test_a_peer_sends_so_much_a_minute(tmp_path: Path) -> None:
    """Then it has to wait, and hears so before it sends."""
    few = limits(messages_per_peer_minute=1)
    with listening(tmp_path, limits=few, trusted=()) as running, running.greeted() as client:
        assert client.deliver().startswith("250")
        assert client.say("MAIL FROM:<a@b.example>").startswith("450 4.7.0")


def test_the_idle_make_room_when_it_is_busy(tmp_path: Path) -> None:
    """With more than 80 % of the connections in use, all have to be quick."""
    few = limits(connections=5, command_idle_when_busy=0.1)
    with listening(tmp_path, limits=few) as running:
        clients = [running.client() for _ in range(5)]
        assert {"421 4.4.2"} == {client.reply()[:9] for client in clients}
        for client in clients:
            client.socket.close()


def test_a_large_mail_that_breaks_off(tmp_path: Path) -> None:
    """Nothing stays of it, and nobody else notices."""
    with listening(tmp_path) as running:
        with running.greeted() as client:
            client.begin()
            client.send(LARGE)
            wait_until(lambda: len(incoming(tmp_path)) == 1, what="the mail goes to a file")
        wait_until(lambda: not incoming(tmp_path), what="the file is gone")
        assert [] == running.rows()


@pytest.fixture
def stopping() -> Iterator[list[threading.Thread]]:
    """Threads that a test started, joined at its end."""
    threads: list[threading.Thread] = []
    yield threads
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def test_shutting_down(tmp_path: Path, stopping: list[threading.Thread]) -> None:
    """A mail that is being received gets through; who has the word is told; nobody new comes in."""
    with listening(tmp_path) as running:
        port = running.port
        with running.greeted() as sender, running.greeted() as idle:
            sender.begin()
            sender.send(b"Subject: x\r\n")
            stopping.append(threading.Thread(target=running.thread.stop, args=(30,)))
            stopping[0].start()
            assert idle.reply().startswith("421 4.3.2")
            assert idle.reply() == ""
            with pytest.raises(ConnectionRefusedError):
                Client(port)
            sender.send(b"\r\ntext\r\n.\r\n")
            assert "250 2.0.0 accepted as 1" == sender.reply()
            assert sender.reply().startswith("421 4.3.2")
            stopping[0].join(10)
            assert not running.thread.running


def test_shutting_down_does_not_wait_for_ever(tmp_path: Path) -> None:
    """A transfer that takes too long is told to come again; its file is gone."""
    with listening(tmp_path) as running, running.greeted() as sender:
        sender.begin()
        sender.send(LARGE)
        wait_until(lambda: len(incoming(tmp_path)) == 1, what="the mail goes to a file")
        running.thread.stop(seconds=0)
        assert sender.reply().startswith("421 4.3.2")
        assert [] == incoming(tmp_path)


def test_the_log_tells_no_addresses(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What was received and what was refused is logged, people as their domain only."""
    caplog.set_level(logging.DEBUG)
    with listening(tmp_path) as running, running.greeted() as client:
        client.say("MAIL FROM:<jan@klant.example>")
        client.say("RCPT TO:<piet@desk.example>")
        client.say("RSET")
        client.deliver(sender="jan@klant.example")
    lines = [r.getMessage() for r in caplog.records if r.name == "casepost.mail"]
    assert [
        'refused code="550 5.1.1" command=RCPT peer=127.0.0.1 sender=klant.example',
        f"received mail=1 source=smtp peer=127.0.0.1 size={len(SMALL)} sender=klant.example",
    ] == lines[:2]
    assert not [r for r in caplog.records if "jan@" in r.getMessage() or "piet@" in r.getMessage()]
