"""`docs/templates.md` says what templates may say, and what it shows works."""

import json
import re
from pathlib import Path

from typer.testing import CliRunner

from gateway.cli.templates import templates
from gateway.templates.filters import FILTERS
from gateway.templates.meanings import MEANINGS, offered_values, table
from gateway.templates.trial import examine

_PAGE = (Path(__file__).parents[2] / "docs" / "templates.md").read_text()
_EXAMPLE = re.search(r"^```\n(Hello.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)


def test_the_table_of_values_is_the_program_s() -> None:
    """Every value that a template may say, with its meaning, as a command prints them."""
    assert "\n".join(table()) in _PAGE
    assert set(MEANINGS) == {one.name for one in offered_values()}
    run = CliRunner()
    assert list(table()) == run.invoke(templates, ["values", "--markdown"]).stdout.splitlines()
    listed = json.loads(run.invoke(templates, ["values", "--json"]).stdout)
    assert sorted(MEANINGS) == sorted(one["name"] for one in listed)
    assert 0 == run.invoke(templates, ["values"]).exit_code


def test_each_filter_is_explained() -> None:
    """And none that there is not."""
    rows = re.search(r"^\| filter \|.*?\n\n", _PAGE, re.MULTILINE | re.DOTALL)
    assert rows is not None
    named = {
        name
        for row in rows[0].strip().splitlines()[2:]
        for name in re.findall(r"`([a-z]+)(?:\([^`]*\))?`", row.split("|")[1])
    }
    assert set(FILTERS) == named


def test_the_example_is_a_template() -> None:
    """An admin can copy it."""
    assert _EXAMPLE is not None
    assert () == examine(_EXAMPLE[1], "customer/reminder", "body.txt", "en")
