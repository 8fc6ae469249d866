"""A template that breaks while mails go out: what is sent in its place, and that somebody hears."""

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from gateway.config.desk import Desk, Lifecycle, Phase, Status
from gateway.templates import Templates, Value, load, sandbox, trial
from gateway.templates.last_good import FILE
from gateway.templates.sandbox import Compiled
from gateway.templates.values import samples

NAME = "customer/acknowledge"
VALUES = samples(NAME)[0]
BODY = f"en/{NAME}/body.txt"
DESK = Desk(
    name="desk",
    title="Support",
    addresses=("support@desk.example",),
    languages=("en",),
    case_number="CP-{n}{check}",
    status=(Status("Open", Phase.OPEN),),
    lifecycle=Lifecycle(start="Open", reopened="Open"),
)


class House:
    """An admin's folder above a shipped one, and the data folder."""

    def __init__(self, root: Path) -> None:
        """Ship one template."""
        self.admin, self.shipped, self.data = (root / n for n in ("admin", "shipped", "data"))
        self.data.mkdir()
        for part in ("subject.txt", "body.txt"):
            self.write(self.shipped, f"en/{NAME}/{part}", "shipped")

    def write(self, root: Path, path: str, text: str | bytes) -> None:
        """Put a template into a folder."""
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text if isinstance(text, bytes) else text.encode())

    def daemon(self) -> Templates:
        """Load the templates as a daemon does when it starts, or is told to look again."""
        return load(self.admin, self.shipped, [DESK], self.data)[0]

    def onlooker(self) -> Templates:
        """Load them without keeping what is sound, and with no alarm raised yet."""
        templates, _ = load(self.admin, self.shipped, [DESK], self.data, keep=False)
        templates.shelf.told.clear()
        return templates

    @property
    def kept(self) -> dict[str, str]:
        """Give what is kept of the admin's files."""
        found: dict[str, str] = json.loads((self.data / FILE).read_text())["texts"]
        return found


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Give a house with a template of its admin's."""
    house = House(tmp_path)
    house.write(house.admin, BODY, "mine, {{ ticket.number }}")
    return house


def said(templates: Templates) -> str:
    """Give what is sent."""
    return templates.render("desk", "en", NAME, VALUES).body.strip()


@pytest.mark.parametrize(
    "broken", ["{{ ticket.numbr }}", "{% if %}", b"\xff\xfe", b"x" * 70_000], ids=str
)
def test_a_template_that_breaks_while_the_daemon_runs_goes_on_as_it_was(
    house: House, broken: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """For those that load it again, for commands that look, and after the daemon's next start."""
    running = house.daemon()
    house.write(house.admin, BODY, broken)
    assert "mine, AC-000018" == said(running)
    assert "" == caplog.text
    assert ["mine, AC-000018"] * 3 == [
        said(house.onlooker()), said(house.daemon()), said(house.onlooker())
    ]  # fmt: skip
    assert str(house.admin / BODY) in caplog.text
    assert "last sound version" in house.daemon().render("desk", "en", NAME, VALUES).source


def test_a_template_that_was_never_sound_gives_way_to_the_shipped_one(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """There is no version of it to go back to."""
    house.write(house.admin, BODY, "{{ nobody }}")
    assert "shipped" == said(house.onlooker())
    assert "a template is not used" in caplog.text


def test_a_template_that_is_sound_again_is_taken_again(house: House) -> None:
    """And what was broken between is forgotten."""
    house.daemon()
    house.write(house.admin, BODY, "{{ nobody }}")
    house.daemon()
    house.write(house.admin, BODY, "new")
    assert "new" == said(house.daemon())
    assert {BODY: "new"} == house.kept


def test_a_template_that_is_taken_away_is_no_longer_used(house: House) -> None:
    """An admin who deletes a file means it."""
    house.daemon()
    (house.admin / BODY).unlink()
    assert "shipped" == said(house.daemon())
    assert {} == house.kept


def test_an_alarm_is_raised_once_and_not_for_each_mail(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten mails of one process are one alarm."""
    house.write(house.admin, BODY, "{{ nobody }}")
    templates = house.onlooker()
    with caplog.at_level(logging.ERROR, "casepost.templates"):
        assert ["shipped"] * 10 == [said(templates) for _ in range(10)]
    assert 1 == len(caplog.records)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"checks": 1}', "\x00", "[" * 100_000])
def test_what_is_kept_may_be_damaged(house: House, content: str) -> None:
    """A file that is none of ours is as good as none, and is replaced."""
    (house.data / FILE).write_text(content)
    assert "mine, AC-000018" == said(house.daemon())
    assert {BODY: "mine, {{ ticket.number }}"} == house.kept


def test_what_cannot_be_kept_stops_nothing(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """An alarm is all that comes of it."""
    (house.data / FILE).mkdir()
    assert "mine, AC-000018" == said(house.daemon())
    assert "are not kept for later" in caplog.text


def test_two_processes_that_keep_the_same_write_one_file(house: House) -> None:
    """It is replaced whole, and nothing of either is left beside it."""
    first, second = house.daemon(), house.daemon()
    assert said(first) == said(second)
    assert [FILE] == [path.name for path in house.data.iterdir()]


def test_what_is_known_to_be_sound_is_not_compiled_when_a_daemon_starts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But it is after a change, and after an update of the program."""
    house.daemon()
    compiled: list[str] = []

    def noting(source: str, path: str, values: Sequence[Mapping[str, Value]]) -> Compiled:
        compiled.append(path)
        return sandbox.compiled(source, path, values)

    monkeypatch.setattr("gateway.templates.trial.compiled", noting)
    trial.prepared.cache_clear()
    house.daemon()
    assert [] == compiled
    house.write(house.admin, BODY, "changed")
    house.daemon()
    assert [str(house.admin / BODY)] == compiled
    kept = json.loads((house.data / FILE).read_text())
    (house.data / FILE).write_text(json.dumps({**kept, "checks": "another version's"}))
    trial.prepared.cache_clear()
    house.daemon()
    assert 4 == len(compiled)


def test_who_only_looks_keeps_nothing(house: House) -> None:
    """A command that shows something writes nothing."""
    load(house.admin, house.shipped, [DESK], house.data, keep=False)
    assert [] == list(house.data.iterdir())


def test_with_nothing_left_the_plain_text_goes_out(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Last of all, and with an alarm each."""
    house.write(house.admin, BODY, "{{ a }}")
    house.write(house.shipped, BODY, "{{ b }}")
    assert "Your case number is AC-000018." in said(house.onlooker())
    assert "the built-in text is sent" in caplog.text
    assert 3 == len(caplog.records)
