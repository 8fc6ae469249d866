"""What is saved in the console is put in force in a house, and an alarm says what is not used."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import editing
from gateway.errors import Transient
from gateway.house import House
from gateway.revising import Revising
from gateway.store import limits, template_versions
from gateway.templates.folder import Key
from gateway.templates.values import samples
from lib.workbench import START, Workbench, workbench

NAME = "customer/acknowledge"
SUBJECT = Key("", "en", NAME, "subject.txt")
ADA = "ada@north.example"


class Node:
    """A house that gets what others save."""

    def __init__(self, bench: Workbench) -> None:
        """Begin with what the files say."""
        self.house = bench.house
        self.renewed = 0
        self.revising = Revising(lambda: self.house, self._put_in_force, "worker")

    def _put_in_force(self, house: House) -> None:
        assert self.revising.changing.locked()
        self.house = house
        self.renewed += 1

    def said(self) -> str:
        """Give the subject of an acknowledgement."""
        return self.house.templates.render("north", "en", NAME, samples(NAME)[0]).subject

    def alarms(self) -> tuple[str, ...]:
        """Give the alarms that stand."""
        with self.house.database.reading() as connection:
            return limits.raised(connection, START)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """One of several."""
    with workbench(tmp_path, "sqlite:///casepost.db") as opened:
        yield Node(opened)


def save(node: Node, text: str | None, based_on: int = 0) -> int:
    """Save a subject, on another node."""
    return editing.save(node.house, SUBJECT, text, ADA, "", START, based_on)


def test_what_others_save_holds_after_a_look(node: Node) -> None:
    """Once each; who looks again has it already."""
    before = node.said()
    node.revising.look()
    assert 0 == node.renewed
    saved = save(node, "Ours: {{ subject }}")
    assert before == node.said()
    for _ in range(2):
        node.revising.look()
        assert ("Ours: Rapport opent niet", 1) == (node.said(), node.renewed)
    save(node, None, saved)
    node.revising.look()
    assert (before, 2) == (node.said(), node.renewed)


def test_what_is_saved_here_holds_at_once(node: Node) -> None:
    """The look that follows changes nothing."""
    save(node, "Ours: {{ subject }}")
    node.revising.saved()
    assert ("Ours: Rapport opent niet", 1) == (node.said(), node.renewed)
    node.revising.look()
    assert 1 == node.renewed


def test_what_is_not_used_is_an_alarm(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    """As after an upgrade; it ends when somebody has mended it."""
    before = node.said()
    with node.house.database.writing() as connection:
        broken = template_versions.save(connection, SUBJECT, "\n{{ gone }}", ADA, "", START, 0)
    node.revising.start()
    node.revising.stop(timeout=10)
    finding = f'{SUBJECT.path} (version {broken}, by {ADA}):2: there is no value "gone"'
    (alarm,) = node.alarms()
    assert alarm.startswith(
        f"{node.house.node} does not use templates that were saved in the console: 1 finding, "
        f"the first is {finding}"
    )
    assert before == node.said()
    assert f"a template is not used: {finding}" in caplog.text
    save(node, "Mended: {{ subject }}", broken)
    node.revising.look()
    assert () == node.alarms()
    assert "Mended: Rapport opent niet" == node.said()


def test_a_silent_database_is_waited_for(
    node: Node, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said once; what was saved holds when it answers again."""

    def silent() -> None:
        raise Transient("nobody there")

    save(node, "Ours: {{ subject }}")
    with monkeypatch.context() as patch:
        patch.setattr(node.house.database, "reading", silent)
        for _ in range(3):
            node.revising.look()
        node.revising.saved()
    warned = [one for one in caplog.records if one.levelno == logging.WARNING]
    assert 2 == len(warned)
    node.revising.look()
    assert "Ours: Rapport opent niet" == node.said()


def test_whatever_goes_wrong_the_daemon_goes_on(
    node: Node, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It starts and stops, and the log says why nothing new is in force."""

    def broken(_connection: object) -> int:
        raise ValueError("nobody thought of this")

    monkeypatch.setattr(template_versions, "last_id", broken)
    node.revising.start()
    node.revising.stop(timeout=10)
    assert "cannot be put in force" in caplog.text
    assert 0 == node.renewed
