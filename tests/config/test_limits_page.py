"""`docs/limits.md` says what `[sending]` is by default."""

import re
from dataclasses import fields
from pathlib import Path

from gateway.config.settings import Sending

PAGE = Path(__file__).resolve().parents[2] / "docs" / "limits.md"


def test_the_page_has_each_limit_with_its_default() -> None:
    """In the order of the configuration, none left out and none made up."""
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", PAGE.read_text(), re.MULTILINE)
    defaults = Sending()
    assert [(f.name, getattr(defaults, f.name)) for f in fields(Sending)] == [
        (name, int(default)) for name, default in rows
    ]
