"""`casepost rules`: the desks' rules, and the words that conditions are made of."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.table import Table

from gateway.cli.options import ConfigOption, JsonOption
from gateway.cli.screen import on_one_line, print_json, screen
from gateway.config.functions import FUNCTIONS
from gateway.config.load import load
from gateway.config.vocabulary import VARIABLES, Use

rules = typer.Typer(
    name="rules", add_completion=False, help="List the desks' rules, and what conditions may say."
)


@rules.command("list")
def list_rules(config: ConfigOption, *, as_json: JsonOption = False) -> None:
    """List all rules in the order in which they are asked.

    Example: casepost rules list --json
    """
    rows = [
        {"desk": desk.name, "name": rule.name, "on": list(rule.on), "when": rule.when.strip()}
        for desk in load(config).desks
        for rule in desk.rule
    ]
    if as_json:
        print_json(rows)
        return
    if not rows:
        typer.echo("No desk has a rule.")
        return
    table = Table("desk", "rule", "on", "condition")
    for row in rows:
        on = ", ".join(row["on"])
        table.add_row(str(row["desk"]), str(row["name"]), on, on_one_line(row["when"]))
    screen().print(table)


@rules.command("words")
def words(
    config: ConfigOption,
    *,
    as_json: JsonOption = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the tables of docs/rules.md.")
    ] = False,
) -> None:
    """List the variables and functions that a condition may speak of.

    They are the same for all desks.

    Example: casepost rules words
    """
    del config  # which every command takes
    if markdown:
        typer.echo("\n".join(["\n".join(variables()), "", "\n".join(functions())]))
        return
    if as_json:
        print_json(
            {
                "variables": [
                    {"name": v.name, "type": v.type, "meaning": v.meaning, "in": _uses(v.uses)}
                    for v in VARIABLES
                ],
                "functions": [
                    {"written": f.signature, "meaning": f.meaning, "example": f.example}
                    for f in FUNCTIONS
                ],
            }
        )
        return
    table = Table("variable", "type", "meaning")
    for variable in VARIABLES:
        table.add_row(variable.name, variable.type, variable.meaning)
    screen().print(table)
    table = Table("function", "meaning", "example")
    for function in FUNCTIONS:
        table.add_row(function.signature, function.meaning, function.example)
    screen().print(table)


def variables() -> Iterator[str]:
    """Give the lines of the table of variables, in Markdown."""
    yield f"| variable | type | {' | '.join(_HEADS.values())} | meaning |"
    yield "|---|---|" + ":-:|" * len(_HEADS) + "---|"
    for variable in VARIABLES:
        known = " | ".join("x" if use in variable.uses else "" for use in _HEADS)
        yield f"| `{variable.name}` | {variable.type} | {known} | {variable.meaning} |"


def functions() -> Iterator[str]:
    """Give the lines of the table of functions, in Markdown."""
    yield "| written | meaning | example that holds |"
    yield "|---|---|---|"
    for function in FUNCTIONS:
        written, example = _code(function.signature), _code(function.example)
        yield f"| {written} | {function.meaning} | {example} |"


# A rule's four moments, and the two other places of a condition, as short as columns have to be.
_HEADS = {
    Use.NEW: "new",
    Use.REPLY: "reply",
    Use.NOTE: "note",
    Use.TIME: "time",
    Use.LEVEL: "level",
    Use.DETAIL: "detail",
}


def _uses(uses: frozenset[Use]) -> list[str]:
    return [use.value for use in Use if use in uses]


def _code(text: str) -> str:
    """Give code as it stands in a cell of a table, where a bar would end the cell."""
    return f"`{text}`".replace("|", r"\|")
