"""The house of a run, made once and copied for each: three tickets, one of which is due."""

import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

from sqlalchemy import update

from crash.letters import HELP, Before, Letter, lately, long_ago, some_days_ago
from gateway.store import schema
from gateway.templates import folder, shipped_folder
from gateway.templates.last_good import LastGood
from gateway.templates.trial import checks
from lib.reckoning import Delivery, Handed
from lib.workbench import Workbench, workbench, write_house

_POLICY = """
[[timer]]
name = "look"
status = "New"
after = "2d"
notify = ["ada@north.example"]
"""

_MORE = """
large_mail = 20000

[database]
url = "{url}"

[[listener]]
host = "127.0.0.1"
port = {smtp}

[[imap]]
name = "marked"
host = "127.0.0.1"
port = {imap}
tls = "none"
user = "{marked}"
password_file = "imap-password"
address = "{address}"
answer_backlog = true
reconnect_first = 0.1
reconnect_most = 0.2

[[imap]]
name = "moved"
host = "127.0.0.1"
port = {imap}
tls = "none"
user = "{moved}"
password_file = "imap-password"
address = "{address}"
answer_backlog = true
when_filed = "move:Done"
reconnect_first = 0.1
reconnect_most = 0.2

[msa]
host = "127.0.0.1"
port = {msa}
tls = "none"
connections = 2
uncertain_retry = 0.1
retry_first = 0.2

[authenticity]
nameservers = ["127.0.0.1:{dns}"]
dns_timeout = 0.2

[sending]
domain_hour = 1000000
"""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a run's servers are: ports, users of the mailboxes, the database."""

    url: str
    smtp: int
    imap: int
    msa: int
    dns: int
    marked: str
    moved: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A house to be copied, and what the world outside knows of its past, if it has one."""

    folder: Path
    password: str
    before: Before | None
    accepted: tuple[Delivery, ...]
    handed: tuple[Handed, ...]

    def copy_to(self, path: Path, places: Places) -> Path:
        """Make a run's house; the path of its configuration."""
        shutil.copytree(self.folder, path)
        configuration = path / "casepost.toml"
        text = configuration.read_text().partition("[database]")[0]
        more = _MORE.format(
            address=HELP, **{name: getattr(places, name) for name in places.__dataclass_fields__}
        )
        configuration.write_text(text + more)
        return configuration


def make(path: Path, database_url: str, password: str) -> Scene:
    """Make the house under `path`, its past in a database."""
    now = datetime.now(UTC)
    with workbench(path, database_url, policy=_POLICY) as bench:
        letters = _file(bench, long_ago(), now - timedelta(days=10))
        letters += _file(bench, some_days_ago(), now - timedelta(days=3))
        letters += _file(bench, lately(), now - timedelta(days=1))
        scene = _past(bench, letters, password, path / "house")
    _equip(scene)
    return scene


def make_new(path: Path, database_url: str, password: str) -> Scene:
    """Make a house under `path` in which no daemon has ever run."""
    scene = Scene(write_house(path / "house", database_url).parent, password, None, (), ())
    (scene.folder / "data").mkdir(mode=0o750)
    _equip(scene)
    return scene


def _equip(scene: Scene) -> None:
    """Add what mailboxes need, and what spares a daemon the trial of all templates."""
    (scene.folder / "imap-password").write_text(scene.password)
    (scene.folder / "imap-password").chmod(0o600)
    sources, _ = folder.read(scene.folder / "templates", shipped_folder(), ())
    LastGood(scene.folder / "data").keep(sources, (), checks())


def _file(bench: Workbench, letters: list[Letter], at: datetime) -> list[Letter]:
    bench.time = at
    for letter in letters:
        bench.deliver_bytes(letter.content, letter.recipients[0], letter.sender)
        bench.work()
    return letters


def _past(bench: Workbench, letters: list[Letter], password: str, path: Path) -> Scene:
    """Let all that was queued count as sent, and remember it as the MSA's."""
    with bench.house.database.writing() as connection:
        connection.execute(
            update(schema.outbox).values(state="sent", settled_at=bench.time, attempts=1)
        )
    rows = bench.rows("outbox")
    acknowledged = {row["recipient"]: row["message_id"] for row in rows}
    tickets = {row["requester"]: row["id"] for row in bench.rows("tickets")}
    (to_ada,) = [
        row["content"]
        for row in rows
        if row["template"] == "agent/new" and row["ticket"] == tickets["eve@klant.example"]
    ]
    found = re.search(r"[^<>\s]+@[^<>\s]+", str(message_from_bytes(to_ada)["Reply-To"]))
    assert found is not None
    return Scene(
        path,
        password,
        Before(acknowledged["dan@klant.example"], found[0]),
        tuple(one for letter in letters for one in letter.delivered()),
        tuple(Handed(bytes(row["content"]), 250) for row in rows),
    )
