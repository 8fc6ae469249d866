"""The table of `docs/performance.md`, written from `bench/latest.json`."""

from collections.abc import Mapping
from pathlib import Path

from bench.machine import ROOT

LATEST = ROOT / "bench" / "latest.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: make bench -->", "<!-- end of figures -->"


def write(figures: Mapping[str, object], page: Path = PAGE) -> None:
    """Put the figures between the page's markers."""
    text = page.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{table(figures)}{END}{after}")


def table(figures: Mapping[str, object]) -> str:
    """Give the figures as Markdown."""
    return f"{figures}"
