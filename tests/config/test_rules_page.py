"""`docs/rules.md` says what conditions may speak of, and what it shows works."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.rules import functions, rules, variables
from gateway.config.condition import Condition, compiled
from gateway.config.vocabulary import VARIABLES, Place

_PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text()
_CODE = re.findall(r"^```(toml)?\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)


def test_the_tables_are_those_of_the_program() -> None:
    """Every variable and function, with its meaning, as a command prints them."""
    assert "\n".join(variables()) in _PAGE
    assert "\n".join(functions()) in _PAGE
    printed = CliRunner().invoke(rules, ["words", "--markdown"]).stdout
    assert printed.splitlines() == [*variables(), "", *functions()]


@pytest.mark.parametrize(
    "condition",
    [
        *(line for kind, text in _CODE if not kind for line in text.splitlines()),
        *(
            rule["when"]
            for kind, text in _CODE
            if kind
            for rule in tomllib.loads(text).get("rule", ())
        ),
    ],
)
def test_each_condition_of_the_page_is_one(condition: str) -> None:
    """An admin can copy it."""
    assert isinstance(compiled(Place.RULE, condition), Condition)


def test_what_the_command_lists(tmp_path: Path) -> None:
    """Rules in their order, and all words, for people and for programs."""
    shutil.copytree(Path(__file__).parent / "sound", tmp_path, dirs_exist_ok=True)
    with (tmp_path / "desk.toml").open("a") as desk:
        desk.write("\n[[rule]]\nname = 'a'\nwhen = '''\nmail.urgent\n'''\ntag = ['x']\n")
    config = ["--config", str(tmp_path / "casepost.toml")]
    listed = CliRunner().invoke(rules, ["list", "--json", *config])
    assert json.loads(listed.stdout) == [
        {"desk": "desk", "name": "a", "on": ["new"], "when": "mail.urgent"}
    ]
    shown = CliRunner().invoke(rules, ["list", *config])
    assert (shown.exit_code, "mail.urgent" in shown.stdout) == (0, True)
    known = json.loads(CliRunner().invoke(rules, ["words", "--json", *config]).stdout)
    assert [one["name"] for one in known["variables"]] == [one.name for one in VARIABLES]
    assert CliRunner().invoke(rules, ["words", *config]).exit_code == 0
