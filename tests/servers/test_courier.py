"""The courier with a real database and an MSA: every mail goes out, and what became is known."""

import logging
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.config.settings import Msa, Settings, TlsMode
from gateway.courier import carrier
from gateway.courier.courier import Courier
from gateway.courier.outlet import Verdict
from gateway.courier.smtp_outlet import SmtpOutlet
from gateway.errors import Transient
from gateway.store import outbox
from gateway.store.database import Database
from lib.outgoing import content_of, database_at, queue, row, states
from servers import courier_process, smtp_peer, smtp_sink
from servers.courier_process import NODE
from servers.process import free_port, wait_until
from servers.smtp_peer import HANG_UP, STALL, Peer


@dataclass(slots=True)
class Office:
    """A database, and couriers that are stopped with the test."""

    database: Database
    url: str
    folder: Path
    ahead: timedelta = timedelta(0)
    _open: ExitStack = field(default_factory=ExitStack)

    def now(self) -> datetime:
        """Give the time, moved on by `ahead`."""
        return datetime.now(UTC) + self.ahead

    def queue(self, *numbers: int, **fields: object) -> None:
        """Queue mails that are due."""
        queue(self.database, *numbers, at=self.now(), **fields)

    def courier(self, port: int | None, *, start: bool = True, **fields: object) -> Courier:
        """Make a courier for an MSA on a port of ours, or without one."""
        usual: dict[str, object] = {
            "host": "127.0.0.1",
            "port": port,
            "tls": TlsMode.NONE,
            "connections": 2,
            "retry_first": 0.2,
            "retry_most": 0.4,
            "uncertain_retry": 0.2,
            "connect_timeout": 5,
            "command_timeout": 20,
            "reply_timeout": 20,
        }
        msa = None if port is None else Msa(**{**usual, **fields})  # type: ignore[arg-type]
        courier = Courier(
            Settings(path=self.folder / "casepost.toml", msa=msa),
            self.database,
            NODE,
            self.folder,
            lambda: "",
            self.now,
            random.random,
        )
        self._open.callback(courier.stop, 20)
        if start:
            courier.start()
        return courier

    def wait_for(self, *expected: str, numbers: int = 1) -> None:
        """Wait until all mails, `numbers` of them, are in one of these states."""
        wait_until(
            lambda: numbers == sum(s in expected for s in states(self.database).values()),
            what=f"{numbers} mails are {' or '.join(expected)}",
        )

    def wait_until_settled(self, *numbers: int) -> None:
        """Wait until nothing more will be tried with these mails."""
        wait_until(
            lambda: all(row(self.database, n).settled_at is not None for n in numbers),
            what=f"{numbers} are settled",
        )

    @contextmanager
    def process(self, port: int) -> Iterator[subprocess.Popen[bytes]]:
        """Run a courier of its own, to be killed."""
        process = subprocess.Popen(
            [sys.executable, courier_process.__file__, self.url, str(self.folder), str(port)],
            stdin=subprocess.PIPE,
            env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": ""},
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def close(self) -> None:
        """Stop all couriers."""
        self._open.close()


@pytest.fixture
def office(house_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office with an empty database, whose couriers go on soon after trouble."""
    monkeypatch.setattr(carrier, "_AFTER_TROUBLE", 0.1)
    with database_at(house_url, tmp_path) as database:
        opened = Office(database, house_url, tmp_path)
        try:
            yield opened
        finally:
            opened.close()


def _log_of(caplog: pytest.LogCaptureFixture, name: str) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.name == name]


def test_what_is_queued_goes_out(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Mails from before the start and from after it arrive once each, byte for byte."""
    caplog.set_level(logging.INFO)
    office.queue(1, 2)
    with smtp_sink.running() as sink:
        courier = office.courier(sink.port)
        office.wait_for("sent", numbers=2)
        office.queue(3)
        courier.wake()
        office.wait_for("sent", numbers=3)
        courier.stop(20)
    expected = [("<>", "jan@klant.example", content_of(n)) for n in (1, 2, 3)]
    assert expected == sorted(sink.mails)
    lines = sorted(_log_of(caplog, "casepost.mail"))
    assert "sent outbox=1 to=klant.example code=250 attempts=1" == lines[0]
    assert 3 == len(lines)
    assert not any("jan@" in r.getMessage() for r in caplog.records if "casepost" in r.name)
    found = row(office.database, 1)
    assert ("250 2.0.0 kept", 1, 0) == (found.last_reply, found.attempts, found.uncertain_times)


def test_without_an_msa_mails_become_files(office: Office) -> None:
    """They lie under the data folder."""
    office.queue(1, 2)
    office.courier(None)
    office.wait_for("sent", numbers=2)
    for number in (1, 2):
        file = office.folder / "outgoing" / f"{number}.eml"
        assert content_of(number) == file.read_bytes()


def test_two_couriers_share_the_work(office: Office) -> None:
    """However they interleave, each mail goes out exactly once."""
    numbers = range(1, 121)
    office.queue(*numbers)
    with smtp_sink.running() as sink:
        for _ in range(2):
            office.courier(sink.port, connections=3)
        office.wait_for("sent", numbers=120)
        office.close()
    assert sorted(content_of(n) for n in numbers) == sorted(mail[2] for mail in sink.mails)
    assert {1} == {row(office.database, n).attempts for n in (1, 60, 120)}


def test_a_refused_mail_waits_and_others_do_not(office: Office) -> None:
    """4xx is tried again with its own waits; 5xx is final, and its reply is kept for people."""
    peer = Peer({"RCPT": ["450 4.2.0 greylisted", "550 5.1.1 nobody", "250 ok"]})
    office.queue(1, 2, 3)
    with smtp_peer.running(peer):
        office.courier(peer.port, connections=1)
        office.wait_until_settled(1, 2, 3)
        office.close()
    assert {1: "sent", 2: "failed", 3: "sent"} == states(office.database)
    assert "550 5.1.1 nobody" == row(office.database, 2).last_reply
    assert [content_of(3), content_of(1)] == [taken.text for taken in peer.taken]
    assert (2, 1) == (row(office.database, 1).attempts, row(office.database, 3).attempts)


def test_given_up_after_its_time(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """A mail that was deferred too long fails, and that is a warning with the reason kept."""
    peer = Peer({"RCPT": ["450 4.2.0 full"]})
    office.queue(1)
    with smtp_peer.running(peer):
        office.courier(peer.port, give_up_after=0.5)
        office.wait_until_settled(1)
        office.close()
    assert {1: "failed"} == states(office.database)
    assert row(office.database, 1).last_reply.endswith("450 4.2.0 full")
    assert len(peer.commands) > 3
    assert any(m.startswith("undeliverable outbox=1") for m in _log_of(caplog, "casepost.mail"))


def test_a_mail_that_waits_for_hours_is_a_warning(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """After four hours the operator hears of it."""
    queue(office.database, 1, at=office.now() - timedelta(hours=5))
    with smtp_peer.running(Peer({"RCPT": ["450 4.2.0 full"]})) as peer:
        office.courier(peer.port)
        office.wait_for("deferred")
        office.close()
    logged = _log_of(caplog, "casepost.courier")
    assert any("an outgoing mail has waited since" in message for message in logged)


def test_an_msa_that_is_away_is_asked_once_a_pause(office: Office) -> None:
    """Twenty mails and two threads make no more connections than there are pauses."""
    peer = Peer({"CONNECT": ["421 4.3.2 busy"] * 4 + ["220 here again"]})
    office.queue(*range(1, 21))
    with smtp_peer.running(peer):
        office.courier(peer.port, retry_first=0.3, retry_most=0.3)
        office.wait_for("sent", numbers=20)
        office.close()
    # Two threads may meet the outage together; then one connection at a time.
    assert 5 <= peer.connections <= 4 + 2
    attempts = sorted(row(office.database, n).attempts for n in range(1, 21))
    assert 20 + 4 == sum(attempts), attempts


def test_nobody_listens_and_then_somebody_does(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """An outage costs time and no mail; the log says until when nothing goes."""
    office.queue(1, 2, 3)
    port = free_port()
    office.courier(port)
    office.wait_for("deferred")
    with smtp_peer.running(Peer(), port) as peer:
        office.wait_for("sent", numbers=3)
        office.close()
    assert sorted(content_of(n) for n in (1, 2, 3)) == sorted(t.text for t in peer.taken)
    assert any("mail can't go out before" in m for m in _log_of(caplog, "casepost.courier"))


@pytest.mark.parametrize("keeps", [True, False])
def test_an_automatic_mail_is_repeated_once(office: Office, *, keeps: bool) -> None:
    """The final reply is lost each time: two attempts with the same bytes, then never again."""
    peer = Peer({"DOT": [HANG_UP]}, keeps=keeps)
    office.queue(1)
    with smtp_peer.running(peer):
        office.courier(peer.port)
        office.wait_until_settled(1)
        office.close()
    assert {1: "uncertain"} == states(office.database)
    assert 2 == peer.verbs().count("DATA")
    assert ([content_of(1)] * 2 if keeps else []) == [taken.text for taken in peer.taken]
    assert 2 == row(office.database, 1).uncertain_times


def test_a_persons_mail_is_repeated_until_it_is_known(office: Office) -> None:
    """An agent's answer goes out again, byte for byte, until somebody says what became of it."""
    peer = Peer({"DOT": [HANG_UP, HANG_UP, HANG_UP, "250 ok"]})
    office.queue(1, automatic=False)
    with smtp_peer.running(peer):
        office.courier(peer.port)
        office.wait_for("sent")
        office.close()
    assert [content_of(1)] * 4 == [taken.text for taken in peer.taken]
    assert 3 == row(office.database, 1).uncertain_times


def test_killed_before_the_mark(office: Office) -> None:
    """A courier that dies before DATA has sent nothing: the next one sends at once."""
    peer = Peer({"RCPT": [STALL, "250 ok"]})
    office.queue(1)
    with smtp_peer.running(peer):
        with office.process(peer.port) as process:
            wait_until(lambda: "RCPT" in peer.verbs(), what="RCPT was said")
            process.send_signal(signal.SIGKILL)
            process.wait(20)
        # A wait that nobody could sit out here, so that "at once" is not a retry.
        office.courier(peer.port, uncertain_retry=3600, retry_first=3600)
        office.wait_for("sent")
        office.close()
    assert [content_of(1)] == [taken.text for taken in peer.taken]
    assert 0 == row(office.database, 1).uncertain_times


@pytest.mark.parametrize("keeps", [True, False])
def test_killed_before_the_final_reply(office: Office, *, keeps: bool) -> None:
    """Nobody knows what the MSA has: one more copy, the same bytes, and that is known of it."""
    peer = Peer({"DOT": [STALL, "250 ok"]}, keeps=keeps)
    office.queue(1)
    with smtp_peer.running(peer):
        with office.process(peer.port) as process:
            wait_until(lambda: "DOT" in peer.reached, what="the final dot was sent")
            process.send_signal(signal.SIGKILL)
            process.wait(20)
        assert row(office.database, 1).data_at is not None
        peer.keeps = True
        office.courier(peer.port)
        office.wait_for("sent")
        office.close()
    assert [content_of(1)] * (2 if keeps else 1) == [taken.text for taken in peer.taken]
    found = row(office.database, 1)
    assert (1, 2) == (found.uncertain_times, found.attempts)


def test_the_clock_recovers_what_another_left(office: Office) -> None:
    """A courier that goes on takes over from one that dies beside it, without a restart."""
    peer = Peer({"RCPT": [STALL, "250 ok"]})
    office.queue(1)
    with smtp_peer.running(peer):
        with office.process(peer.port) as process:
            wait_until(lambda: "RCPT" in peer.verbs(), what="RCPT was said")
            courier = office.courier(peer.port)
            process.send_signal(signal.SIGKILL)
            process.wait(20)
            courier.recover()
            office.wait_for("sent")
        office.close()
    assert 1 == len(peer.taken)


def test_stop_finishes_the_mail_in_hand_and_gives_back_the_others(office: Office) -> None:
    """Nothing is cut off, nothing stays claimed, and no attempt is charged for nothing."""
    peer = Peer({"DOT": [STALL]})
    office.queue(*range(1, 6))
    with smtp_peer.running(peer):
        courier = office.courier(peer.port, connections=1)
        wait_until(lambda: "DOT" in peer.reached, what="the final dot was sent")
        stopping = threading.Thread(target=courier.stop, args=(20,))
        stopping.start()
        wait_until(lambda: courier.stopping, what="it was told to stop")
        peer.script["DOT"] = ["250 late but kept"]
        peer.go_on()
        stopping.join(20)
        assert not stopping.is_alive()
    assert ["sent", *["queued"] * 4] == list(states(office.database).values())
    rows = [row(office.database, n) for n in range(2, 6)]
    assert {("", 0, None)} == {(r.claimed_by, r.attempts, r.data_at) for r in rows}


def test_stop_does_not_wait_for_ever(office: Office) -> None:
    """A mail that takes too long is left; the next start knows that it is uncertain."""
    peer = Peer({"DOT": [STALL]})
    office.queue(1)
    with smtp_peer.running(peer):
        courier = office.courier(peer.port)
        wait_until(lambda: "DOT" in peer.reached, what="the final dot was sent")
        courier.stop(0.05)
        assert row(office.database, 1).data_at is not None


def test_a_fault_of_ours_stops_one_mail_for_a_while(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The thread goes on, the others go out, and the one is tried again."""
    deliver = SmtpOutlet.deliver
    faults = [ZeroDivisionError()]

    def faulty(outlet: SmtpOutlet, mail: outbox.ClaimedMail, mark: Callable[[], bool]) -> Verdict:
        if mail.id == 1 and faults:
            raise faults.pop()
        return deliver(outlet, mail, mark)

    monkeypatch.setattr(SmtpOutlet, "deliver", faulty)
    office.queue(1, 2, 3)
    with smtp_peer.running(Peer()) as peer:
        office.courier(peer.port, connections=1)
        office.wait_for("sent", numbers=3)
        office.close()
    assert content_of(1) == peer.taken[-1].text
    assert 3 == len(peer.taken)
    assert "could not be handed over" in caplog.text


def test_a_fault_of_ours_after_the_mark_is_uncertain(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who can't say how far it came says so."""

    def faulty(_: SmtpOutlet, __: outbox.ClaimedMail, mark: Callable[[], bool]) -> Verdict:
        assert mark()
        raise ZeroDivisionError

    monkeypatch.setattr(SmtpOutlet, "deliver", faulty)
    office.queue(1)
    office.courier(free_port())
    office.wait_until_settled(1)
    assert ("uncertain", 2) == (
        row(office.database, 1).state,
        row(office.database, 1).uncertain_times,
    )


def test_an_outage_of_the_database_costs_no_mail_and_no_copy(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claims, marks and settlements that fail are made up for once the database is back."""
    mark_data, settle, claim = outbox.mark_data, outbox.settle, outbox.claim
    failing = {"mark": 2, "settle": 2, "claim": 2}

    def fails(what: str) -> None:
        if failing[what]:
            failing[what] -= 1
            raise Transient("the database does not answer")

    def marking(*arguments: object) -> object:
        if arguments[1]:
            fails("mark")
        return mark_data(*arguments)  # type: ignore[arg-type]

    def settling(*arguments: object) -> object:
        if arguments[1]:
            fails("settle")
        return settle(*arguments)  # type: ignore[arg-type]

    def claiming(*arguments: object) -> object:
        fails("claim")
        return claim(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "mark_data", marking)
    monkeypatch.setattr(outbox, "settle", settling)
    monkeypatch.setattr(outbox, "claim", claiming)
    office.queue(1, 2)
    with smtp_peer.running(Peer()) as peer:
        office.courier(peer.port, connections=1)
        office.wait_for("sent", numbers=2)
        office.close()
    assert {"mark": 0, "settle": 0, "claim": 0} == failing
    assert [content_of(1), content_of(2)] == [taken.text for taken in peer.taken]


def test_an_idle_connection_is_closed(office: Office) -> None:
    """Half a minute after the last mail the courier takes its leave."""
    office.queue(1)
    with smtp_peer.running(Peer()) as peer:
        courier = office.courier(peer.port, connections=1)
        office.wait_for("sent")
        office.ahead = timedelta(seconds=31)
        courier.wake()
        wait_until(lambda: "QUIT" in peer.verbs(), what="QUIT was said")
        office.queue(2)
        courier.wake()
        office.wait_for("sent", numbers=2)
        assert 2 == peer.connections


def test_a_courier_that_was_never_started_can_be_stopped(office: Office) -> None:
    """Where the start of something else failed, stopping is no second trouble."""
    office.queue(1)
    courier = office.courier(free_port(), start=False)
    courier.stop(1)
    assert {1: "queued"} == states(office.database)
