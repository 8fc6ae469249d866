"""What `docs/time.md` shows of timers can be copied."""

import re
import shutil
from pathlib import Path

from gateway.config.load import load

_PAGE = (Path(__file__).parents[2] / "docs" / "time.md").read_text()
_TIMERS = _PAGE[_PAGE.index("\n## Timers\n") :]

_DESK = """
title = "Support"
addresses = ["support@desk.example"]
languages = ["en"]
case_number = "CP-{n}{check}"
severities = ["high", "low"]

[lifecycle]
start = "Open"
reopened = "Open"

[[status]]
name = "Open"
phase = "open"

[[status]]
name = "Pending"
phase = "waiting"

[[status]]
name = "Closed"
phase = "closed"

[[agent]]
address = "chief@desk.example"
name = "Chief"
role = "manager"
"""


def test_all_examples_together_make_a_desk(tmp_path: Path) -> None:
    """Nothing is wrong with them."""
    shutil.copytree(Path(__file__).parent / "sound", tmp_path, dirs_exist_ok=True)
    examples = re.findall(r"^```toml\n(.*?)^```$", _TIMERS, re.MULTILINE | re.DOTALL)
    (tmp_path / "desk.toml").write_text("\n".join((_DESK, *examples)))

    (desk,) = load(tmp_path / "casepost.toml").desks

    assert len(examples) <= len(desk.timer)
