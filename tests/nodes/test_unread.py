"""A mailbox that no node reads is an alarm."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.config.settings import ImapAccount
from gateway.housekeeping import Housekeeping
from gateway.rspamd import Rspamd
from gateway.store import imap, leases, limits
from gateway.store.claimant import this_process
from lib.workbench import START, Workbench, workbench

MINUTE = timedelta(minutes=1)
ALARM = "no node reads imap:support: start a daemon with the role imap, or remove the account"


@pytest.fixture
def bench(tmp_path: Path, house_url: str) -> Iterator[Workbench]:
    """A house."""
    with workbench(tmp_path, house_url) as found:
        yield found


def alarms(bench: Workbench, keeping: Housekeeping, minutes: int) -> tuple[str, ...]:
    """Keep house so many minutes after the start, and give the alarms that stand then."""
    at = START + minutes * MINUTE
    keeping.keep(at)
    with bench.house.database.reading() as connection:
        return limits.raised(connection, at)


def test_a_mailbox_that_nobody_reads(bench: Workbench) -> None:
    """After ten minutes, however it came so, until somebody has it."""
    account = ImapAccount(name="support", host="mail.example", user="support@north.example")
    settings = replace(bench.house.settings, imap=(account,))
    rspamd = Rspamd(settings.spam, str, lambda: 0.0)
    keeping = Housekeeping(replace(bench.house, settings=settings), rspamd, START)
    assert () == alarms(bench, keeping, 9)
    assert (ALARM,) == alarms(bench, keeping, 10)
    with bench.house.database.writing() as connection:
        reader = this_process(bench.house.node)
        leases.take(connection, "imap:support", reader, START + 11 * MINUTE, 5 * MINUTE)
        imap.succeeded(connection, "imap:support", START + 15 * MINUTE)
    assert () == alarms(bench, keeping, 14)
    assert () == alarms(bench, keeping, 24)
    assert (ALARM,) == alarms(bench, keeping, 25)
