"""What tests in a browser share: the browser, and pages that report whatever goes wrong."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from browser.watched import Watched, watched
from servers import chromium

Open = Callable[..., Watched]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a module: while it runs, its thread can run no other event loop.

    So it must be gone before a test of something else begins in the same process.
    """
    with chromium.running(chromium.require()) as found:
        yield found


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """What opens a page in a context of its own; how wide, light or dark, with script or without.

    Whatever the page's policy refused, or its scripts failed at, fails the test in the end.
    """
    opened: list[Watched] = []

    def opening(**context: Any) -> Watched:  # noqa: ANN401  passed on
        one = watched(browser, **context)
        opened.append(one)
        return one

    yield opening
    for one in opened:
        one.close()
    assert [] == [said for one in opened for said in one.troubles]


@pytest.fixture
def page(open_page: Open) -> Page:
    """A page as most people see it."""
    return open_page().page
