"""The machine's clock jumps, ahead and back, while a daemon runs."""

import os
import signal
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from faults.fault import Group, must
from faults.letters import Letter, letter
from faults.msa import sent_once
from faults.scene import RECIPIENT, Plan, Scene, pass_time, scene
from faults.wrapped import CLOCK
from gateway.store.schema import outbox, spool
from lib.reckoning import by_smtp
from servers import process

_HOUR = 3600
_REMINDER = "customer/reminder"
_POLICY = f"""
[[timer]]
name = "soon"
status = "New"
after = "30h"
mail = "{_REMINDER}"
"""
# A tick of the clock, and some.
_TICK = 7.0
# A clock that is wrong for less is put right with the next look a minute later.
_NOTICED = 2.5
_LEASE = "\n[worker]\nlease = 3\n"


@dataclass(slots=True)
class Shifted:
    """A daemon on a machine whose clock is off by what a file says."""

    site: Scene
    file: Path

    def jump(self, seconds: float) -> None:
        """Set the clock, by how far it is off; nobody ever reads half of it."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.replace(self.file)

    def check(self) -> None:
        """Compare under a clock that is right."""
        self.jump(0)
        # What was written while the clock jumped is looked at a minute later.
        with suppress(TimeoutError):
            self.site.wait(self.site.drained, "all is done", 90)
        self.site.check()

    def reminders(self, one: Letter) -> int:
        """Count how often somebody was reminded."""
        return self.site.count(
            outbox, outbox.c.recipient == one.sender, outbox.c.template == _REMINDER
        )


@contextmanager
def _opened() -> Iterator[Shifted]:
    with process.folder("clock") as folder:
        file = folder / "seconds"
        file.write_text("0")
        plan = Plan(policy=_POLICY, wrapped=True, environment=((CLOCK, str(file)),), more=_LEASE)
        with scene("clock", plan) as site:
            yield Shifted(site, file)


GROUP: Group[Shifted] = Group("clock", _opened)


@GROUP.fault(
    "it goes an hour ahead, an hour back, and is set right",
    holds="each mail is filed and answered at once",
)
def an_hour(on: Shifted) -> None:
    """Under each time."""
    for seconds in (_HOUR, -_HOUR, 0):
        on.jump(seconds)
        one = letter()
        on.site.insist(one)
        sent_once(on.site, one, f"a clock that is off by {seconds} s")


@GROUP.fault(
    "it is two days ahead while the MSA is away, and then set right",
    holds="the mails go out within seconds, and not in two days",
)
def ahead_while_away(on: Shifted) -> None:
    """Neither the mail's time nor that of the MSA's next try counts any more."""
    on.jump(48 * _HOUR)
    on.site.peer.meet({"CONNECT": ["421 4.3.2 closing"]})
    letters = [letter() for _ in range(3)]
    for one in letters:
        on.site.insist(one)
    on.site.wait(lambda: _attempts(on.site, letters) >= 1, "an attempt")
    pass_time(_NOTICED)
    on.jump(0)
    on.site.peer.script = {}
    for one in letters:
        on.site.wait_sent(one)


def _attempts(site: Scene, letters: list[Letter]) -> int:
    rows = [site.answer_to(one) for one in letters]
    return sum(row.attempts for row in rows if row is not None)


@GROUP.fault(
    "it goes two days ahead, back, and ahead again",
    holds="what is due then is due once; nobody is reminded twice",
)
def two_days(on: Shifted) -> None:
    """A reminder after thirty hours is among it."""
    letters = [letter() for _ in range(3)]
    for one in letters:
        on.site.insist(one)
        on.site.wait_filed(one)
    for seconds in (48 * _HOUR, 0, 48 * _HOUR, -_HOUR):
        on.jump(seconds)
        if seconds > _HOUR:
            on.site.wait(lambda: all(on.reminders(one) for one in letters), "the reminders", 30)
        pass_time(_TICK)
        counts = [on.reminders(one) for one in letters]
        must(counts == [1, 1, 1], f"reminded {counts} times at {seconds} s")
    late = letter()
    on.site.insist(late)
    on.site.wait_filed(late)
    on.jump(31 * _HOUR)
    on.site.wait(lambda: on.reminders(late) == 1, "time goes on after it was set back", 30)


@contextmanager
def _stopped(pid: int) -> Iterator[None]:
    """Let a process stand still."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@GROUP.fault(
    "mails are claimed until the day after tomorrow, by a node whose clock was ahead",
    holds="free again when a lease that began now would end",
)
def claimed_tomorrow(on: Shifted) -> None:
    """One mail that is to be filed, by a node that is gone and of which nobody knows."""
    site = on.site
    (worker,) = site.workers[:1]
    one = letter()
    with _stopped(worker):
        site.insist(one)
        with site.database.writing() as connection:
            row = site.received(one)
            assert row is not None
            connection.execute(
                update(spool)
                .where(spool.c.id == row.id)
                .values(
                    claimed_by="elsewhere/0/1/1",
                    lease_until=row.received_at + timedelta(days=2),
                    epoch=spool.c.epoch + 1,
                )
            )
    site.wait_filed(one, 90)


@GROUP.fault(
    "it jumps by two days, and back, in the middle of a mail",
    holds="the transfer goes on: what is timed is measured, not told",
)
def in_a_session(on: Shifted) -> None:
    """Between MAIL and DATA, in the text, and before the final dot."""
    one = letter()
    with smtplib.SMTP("127.0.0.1", on.site.port, timeout=20) as client:
        client.ehlo()
        client.mail(one.sender)
        on.jump(48 * _HOUR)
        client.rcpt(RECIPIENT)
        client.docmd("DATA")
        client.send(one.content[:60])
        on.jump(0)
        client.send(one.content[60:] + b".\r\n")
        code, said = client.getreply()
    must(code == 250, f"the client heard {code} {said!r}")
    on.site.accepted.append(by_smtp(one.sender, RECIPIENT, one.content, answers=on.site.answers))
