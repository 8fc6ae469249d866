"""SIGHUP: the files are read anew; a wrong set changes nothing, a right one holds everywhere."""

import json
import signal
import smtplib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select

from gateway.cli import execute
from gateway.config.load import load
from gateway.store import schema
from gateway.store.database import Database
from lib.daemon import starting
from lib.workbench import mail, write_house
from servers import process

_RULE = """
[[rule]]
name = "outage"
when = '{condition}'
tag = ["outage"]
"""
_RIGHT = 'mail.subject.contains("down")'
_WRONG = 'mail.subjct.contains("down")'


class Running:
    """A daemon in a house of its own, with a rule in its desk `north`."""

    def __init__(self, folder: Path) -> None:
        """Start it, and wait until it listens."""
        self.port = process.free_port()
        self.path = write_house(folder / "house", "sqlite:///casepost.db")
        self.path.write_text(f"{self.path.read_text()}\n[[listener]]\nport = {self.port}\n")
        self.desk = self.path.parent / "desks/north.toml"
        self.desk.write_text(self.desk.read_text() + _RULE.format(condition=_RIGHT))
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self.daemon = subprocess.Popen(
                starting(self.path),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        process.wait_until(lambda: process.listens(self.port), seconds=120, what="the listener")
        settings = load(self.path).settings
        self.database = Database(settings.database.url, settings.data)

    def edit(self, old: str, new: str) -> None:
        """Change every place of a text in the desk's file."""
        assert old in self.desk.read_text()
        self.desk.write_text(self.desk.read_text().replace(old, new))

    def renew(self, said: str) -> str:
        """Ask the daemon to read its files anew; what it says about it."""
        before = self._log.stat().st_size
        self.daemon.send_signal(signal.SIGHUP)

        def log() -> str:
            return self._log.read_text()[before:]

        process.wait_until(lambda: said in log(), seconds=60, what=said)
        return log()

    def send(self, subject: str, recipient: str = "help@north.example") -> None:
        """Hand in a mail; it is accepted."""
        author = f"{subject.replace(' ', '-')}@klant.example"
        text = mail(
            subject=subject,
            author=author,
            message_id=f"<{subject.replace(' ', '-')}@klant.example>",
        )
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
            client.sendmail("jan@klant.example", [recipient], text)

    def tickets(self, count: int) -> dict[str, str]:
        """Wait for so many tickets; their subjects and the beginnings of their numbers."""
        tickets = schema.tickets

        def found() -> list[tuple[str, str]]:
            with self.database.reading() as connection:
                rows = connection.execute(select(tickets.c.subject, tickets.c.number)).all()
            return [(row.subject, row.number.partition("-")[0]) for row in rows]

        process.wait_until(lambda: len(found()) >= count, seconds=120, what=f"{count} tickets")
        assert count == len(found())
        return dict(found())

    def status(self, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
        """Give what `casepost status` says."""
        capsys.readouterr()
        execute(["status", "--config", str(self.path), "--json"])
        found = json.loads(capsys.readouterr().out)
        assert isinstance(found, dict)
        return found

    def stop(self) -> None:
        """Ask it to end."""
        self.database.close()
        process.end(self.daemon, signal.SIGTERM, seconds=70)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A daemon."""
    started = Running(tmp_path)
    yield started
    started.stop()


def meanwhile(running: Running, renewals: Callable[[], object]) -> int:
    """Send mails one after another while something happens, and one more; how many there were."""
    over = Event()
    sent: list[int] = []

    def send() -> None:
        while not over.is_set() or len(sent) < 5:
            running.send(f"during {len(sent)}")
            sent.append(len(sent))
            over.wait(0.2)  # as many as there is time for would only take longer

    sender = Thread(target=send)
    sender.start()
    renewals()
    over.set()
    sender.join()
    return len(sent)


@pytest.mark.timeout(400)
def test_a_daemon_is_renewed(running: Running, capsys: pytest.CaptureFixture[str]) -> None:
    """A typing mistake is found before any mail; each mail before, during and after counts once."""
    running.send("before")
    assert {"before": "NO"} == running.tickets(1)

    running.edit(_RIGHT, _WRONG)
    running.edit("NO-{n:04}", "XX-{n:04}")
    said = running.renew("is refused")
    line = running.desk.read_text().split(_WRONG)[0].count("\n") + 1
    finding = (
        f'{running.desk}:{line}: there is no variable "mail.subjct"; '
        'did you mean "mail.subject"? (at column 9)'
    )
    assert 1 == said.count(f"ERROR casepost.renewal: {finding}\n")
    running.send("under the old set")
    assert {"before": "NO", "under the old set": "NO"} == running.tickets(2)
    refused = running.status(capsys)
    assert refused["ready"] is True
    assert [finding] == [str(a).partition("the first is ")[2] for a in refused["alarms"]]  # type: ignore[attr-defined]

    running.edit(_WRONG, _RIGHT)
    running.edit('"help@north.example", ', '"help@north.example", "new@north.example", ')
    count = meanwhile(running, lambda: [running.renew("is in force") for _ in range(2)])
    running.send("after", "new@north.example")
    found = running.tickets(count + 3)
    assert ("NO", "XX") == (found["before"], found["after"])
    assert [] == running.status(capsys)["alarms"]
