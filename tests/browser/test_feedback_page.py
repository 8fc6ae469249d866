"""The feedback page by keyboard alone, and by touch without script, on a phone and a desk."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.accessible import serious
from browser.conftest import Open
from browser.watched import NARROW, WIDE, scrolls_sideways
from gateway.serving.server import ServingThread
from gateway.web.feedback_words import WORDS
from gateway.web.pages import pages
from lib.rating import asking, closed, link
from lib.workbench import Workbench

WORDING = WORDS["en"]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A house with a case that is closed."""
    with asking(tmp_path, "sqlite:///casepost.db") as opened:
        closed(opened)
        yield opened


@pytest.fixture
def url(bench: Workbench) -> Iterator[str]:
    """Where its page is served."""
    token, house = link(bench), bench.house
    thread = ServingThread("web", "127.0.0.1", 0, pages(lambda: bench.house, bench.now))
    thread.start()
    base = f"http://127.0.0.1:{thread.port}"
    assert house.settings.web is not None
    web = replace(house.settings.web, base_url=base)
    bench.house = replace(house, settings=replace(house.settings, web=web))
    yield f"{base}/feedback/{token}"
    thread.stop(1)


def sound(page: Page) -> None:
    """Find nothing on a page that hinders somebody."""
    assert [] == serious(page)
    assert not scrolls_sideways(page)


@pytest.mark.parametrize(("size", "scheme"), [(NARROW, "dark"), (WIDE, "light")])
def test_stars_are_given_by_keyboard(
    bench: Workbench, url: str, open_page: Open, size: tuple[int, int], scheme: str
) -> None:
    """Too quickly at first, so that one more button is pressed; nobody comes upon the trap."""
    seen = open_page(size=size, scheme=scheme)
    page = seen.page
    page.goto(url)
    sound(page)
    for key in ("Tab", "ArrowDown", "ArrowDown", "ArrowDown", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("Good help")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button")).to_be_focused()
    assert bench.rows("feedback")[0]["trapped_at"] is None
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(WORDING.confirm)
    # The house's clock stood still from what was sent to the question.
    bench.time += timedelta(seconds=1)
    page.reload()
    sound(page)
    bench.time += timedelta(seconds=5)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(WORDING.thanks.format(stars=4))
    sound(page)

    (kept,) = bench.rows("feedback")
    assert (4, "Good help") == (kept["stars"], kept["comment"])


def test_a_finger_chooses_and_a_browser_asks_for_what_is_missing(
    bench: Workbench, url: str, open_page: Open
) -> None:
    """Nothing is sent without stars; each choice is large enough to be hit."""
    page = open_page(size=NARROW, script=False).page
    page.goto(url)
    bench.time += timedelta(seconds=5)
    page.get_by_role("button").click()
    assert [None] == [row["unconfirmed_stars"] for row in bench.rows("feedback")]
    boxes = [one.bounding_box() for one in page.get_by_role("radio").all()]
    page.get_by_label(WORDING.marks[1]).check()
    page.get_by_role("button").click()

    assert all(box and box["width"] >= 44 and box["height"] >= 44 for box in boxes)
    expect(page.get_by_role("status")).to_contain_text(WORDING.thanks.format(stars=2))
    assert [2] == [row["stars"] for row in bench.rows("feedback")]
