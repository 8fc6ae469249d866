"""Agents who are told the same are told it in words that are made once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from gateway.desk.decision import Content, Reply
from gateway.house import House
from gateway.letters import Occasion, write
from gateway.mail.model import Mail, Mailbox
from gateway.mail.parse import parse
from gateway.templates import Templates, load, shipped_folder
from gateway.templates.sandbox import Compiled
from lib.desks import ADA, DESK, JAN, NOW, TICKET
from lib.workbench import workbench

NEWS = Reply("agent/new", Mailbox("Ada", ADA), "en", content=Content(text="It stays white."))
TO_BOB = Mailbox("Bob", "bob@north.example")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with its keys and templates."""
    with workbench(tmp_path_factory.mktemp("house"), "sqlite:///casepost.db") as opened:
        yield opened.house


@pytest.fixture
def rendered() -> Iterator[list[str]]:
    """The paths of the files that are rendered while the test runs, in order."""
    paths: list[str] = []
    really = Compiled.render

    def render(one: Compiled, *given: object) -> str:
        paths.append(one.path)
        return really(one, *given)  # type: ignore[arg-type]

    with patch.object(Compiled, "render", render):
        yield paths


def told(house: House, *replies: Reply) -> list[Mail]:
    """Give the mails of one occasion as their readers get them."""
    about = Occasion(DESK, (), "")
    return [parse(write(house, about, TICKET, one, 0, NOW).content) for one in replies]


def test_agents_read_the_same_words(house: House, rendered: list[str]) -> None:
    """Subject and body are rendered once for two agents, whatever the limits go by."""
    other = replace(NEWS, to=TO_BOB, vouched=False, topic="white", references=("<1@x.example>",))
    ada, bob = told(house, NEWS, other)
    assert (ada.subject, ada.text) == (bob.subject, bob.text)
    assert [ADA, TO_BOB.address] == [one.to[0].address for one in (ada, bob)]
    assert 2 == len(rendered)


@pytest.mark.parametrize(
    "other",
    [
        replace(NEWS, content=Content(text="It is blue.")),
        replace(NEWS, template="agent/reply"),
        replace(NEWS, language="nl"),
        replace(NEWS, template="customer/answer", to=Mailbox("Jan", JAN)),
    ],
)
def test_who_is_told_something_else_reads_other_words(
    house: House, rendered: list[str], other: Reply
) -> None:
    """Of another text, by another template, in another language; and a customer reads their own."""
    ada, second = told(house, NEWS, other)
    assert ada.text != second.text
    assert 4 <= len(rendered)


def test_a_template_may_call_each_agent_by_their_name(house: House, tmp_path: Path) -> None:
    """Then each reads words of their own."""
    folder = tmp_path / "en" / "agent" / "new"
    folder.mkdir(parents=True)
    (folder / "body.txt").write_text("Hello {{ person.name }}, see {{ ticket.number }}.\n")
    templates: Templates = load(tmp_path, shipped_folder(), (DESK,))[0]
    mails = told(replace(house, templates=templates), NEWS, replace(NEWS, to=TO_BOB))
    assert ["Ada", "Bob"] == [mail.text.split("Hello ")[1].partition(",")[0] for mail in mails]
