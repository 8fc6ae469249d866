"""No desk's name, status, severity or wording stands in Python; the words are all desks' own."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.config.desk import Desk
from gateway.config.load import load
from gateway.templates.values import REQUIRED

ROOT = Path(__file__).resolve().parents[1]
SOURCES = {path: path.read_text("utf-8") for path in sorted((ROOT / "gateway").rglob("*.py"))}
DESKS = (
    *load(ROOT / "config" / "casepost.toml").desks,
    *load(ROOT / "tests" / "desks" / "kirjasto" / "casepost.toml").desks,
)
# The examples that say what a template is offered.
EXAMPLES = ROOT / "gateway" / "templates" / "values.py"
# Words that a desk chose and that are the program's own in another sense: kinds of events, headers
# and parts of mails, keys of its files and of its output.
OURS = {
    *("closed", "open", "escalated", "answered", "thanks"),
    *("high", "medium", "priority", "description"),
    *("evaluating", "other", "overdue", "query", "support", "reseller", "partner/case"),
    # Templates that there always are.
    *REQUIRED,
}
# Headings of reports, a key of a request in ASGI, a column: ours in these places alone.
OURS_IN = {
    *(("Resolved", place) for place in ("page.py", "summary.py", "tables.py")),
    ("client", "browser.py"),
    # Phases as people call them, and a field of a form.
    *((word, "choices.py") for word in ("Open", "Closed")),
    ("confirmed", "outgoing.py"),
    # What a session's browser calls itself.
    *(("browser", place) for place in ("console.py", "m0006_console.py")),
}


def own_words(desk: Desk) -> Iterator[str]:
    """Give the words of a desk that a program could compare something with."""
    yield from (status.name for status in desk.status)
    yield from (*desk.severities, *desk.types)
    for rule in desk.rule:
        yield from (rule.reply, rule.refuse, *rule.tag)
        yield rule.copy.mail if rule.copy else ""
    yield from (group.name for group in desk.group)
    yield from (escalation.name for escalation in desk.escalation)
    yield from (level.name for level in desk.entitlement.level)
    yield from (resolution.name for resolution in desk.resolution)
    yield from (detail.name for detail in desk.detail)


def phrases(desk: Desk) -> Iterator[str]:
    """Give what of a desk is nobody else's: its names, and wording of several words."""
    yield from (desk.name, desk.title, desk.address.partition("@")[2])
    yield from (status.name for status in desk.status if " " in status.name)
    yield from (text for one in desk.detail for text in one.ask.values() if " " in text)
    yield from (text for one in desk.status for text in one.labels.values() if text.count(" ") > 1)
    yield from (rule.reply for rule in desk.rule if rule.reply and rule.reply not in REQUIRED)


def constants(source: str) -> Iterator[str]:
    """Give the texts of a program that are no docstrings."""
    nodes = list(ast.walk(ast.parse(source)))
    spoken = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    texts = (node for node in nodes if isinstance(node, ast.Constant) and id(node) not in spoken)
    yield from (node.value for node in texts if isinstance(node.value, str))


@pytest.mark.parametrize("desk", DESKS, ids=lambda desk: desk.name)
def test_nothing_of_a_desk_is_named_in_python(desk: Desk) -> None:
    """Neither in code nor in comments, not even as an example."""
    sought = set(phrases(desk))
    found = {
        (phrase, path.name)
        for path, source in SOURCES.items()
        for phrase in sought
        if phrase in source
    }
    assert set() == found


def test_no_word_of_any_desk_decides_anything() -> None:
    """No text in the program is a status, severity, type or other name that a desk chose."""
    words = {word for desk in DESKS for word in own_words(desk)} - OURS - {""}
    quoted = re.compile("[\"'](" + "|".join(map(re.escape, sorted(words))) + ")[\"']")
    found = {
        (text, path.name)
        for path, source in SOURCES.items()
        if path != EXAMPLES and quoted.search(source)
        for text in constants(source)
        if text in words
    }
    assert set() == found - OURS_IN
