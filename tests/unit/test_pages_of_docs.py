"""What the pages link to is there."""

import re
from functools import cache
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*_ROOT.glob("*.md"), *(_ROOT / "docs").glob("*.md")])
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"^(```.*?^```$|    .*?$)", re.MULTILINE | re.DOTALL)


@cache
def anchors(page: Path) -> frozenset[str]:
    """Give the anchors of a page's headings, as they are made of their words."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings)
    return frozenset(plain)


def links(page: Path) -> list[str]:
    """Give what a page links to, on this disk."""
    found = _LINK.findall(_CODE.sub("", page.read_text()))
    return [one for one in found if not re.match(r"[a-z]+:", one)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """To a file, and to a heading where one is named."""
    for link in links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_there_are_links() -> None:
    """The pages are found, and what is found in them is some."""
    assert sum(len(links(page)) for page in PAGES) > 100
