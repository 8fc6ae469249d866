"""Where the rules of a desk stand in its file, which may have changed since it was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gateway.config.desk import Desk
from gateway.config.load import desk_file
from gateway.config.shape import fit
from gateway.errors import Misconfigured
from gateway.house import House


@dataclass(frozen=True, slots=True)
class Places:
    """Which file a desk's rules are in, from the folder of `casepost.toml`; "" if it is gone.

    `lines` are the lines at which rules begin, by their names, as the file has it now. `changed`
    says that its rules are not those that are in force.
    """

    file: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)
    changed: bool = False


def places(house: House, desk: Desk) -> Places:
    """Say where the rules of a desk stand, as far as its file can be read."""
    try:
        file = desk_file(house.path, house.settings, desk.name)
        written = fit(Desk, file, name=desk.name, path=str(file.path))
    except Misconfigured as refused:
        return Places(_shown(house.path, Path(refused.findings[0].path)), changed=True)
    lines = {
        rule.name: file.places[("rule", index)].line
        for index, rule in enumerate(written.rule)
        if ("rule", index) in file.places
    }
    return Places(_shown(house.path, file.path), lines, written.rule != desk.rule)


def _shown(main: Path, path: Path) -> str:
    """Give a path as an administrator knows it: nothing of the machine stands in it."""
    try:
        return str(path.relative_to(main.parent))
    except ValueError:
        return path.name
