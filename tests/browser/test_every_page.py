"""Every page that there is: nothing on it hinders anybody, runs wild, or has to be pushed about."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser

from browser.watched import NARROW, WIDE
from screenshots.camera import look
from screenshots.served import Served, served

_NOW = datetime(2026, 11, 18, 14, 20, tzinfo=UTC)
_HUGE = (3840, 2160)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A house after some days of work, with its pages served."""
    with served(tmp_path_factory.mktemp("showroom"), _NOW) as one:
        yield one


@pytest.mark.parametrize(("size", "scheme"), [(NARROW, "dark"), (WIDE, "light")])
def test_nobody_is_kept_from_any_page(
    browser: Browser, pages: Served, size: tuple[int, int], scheme: str
) -> None:
    """No serious finding of axe-core, no scrolling sideways, no error, nothing from elsewhere."""
    seen = look(browser, pages.shots, pages.cookies, size=size, scheme=scheme)
    assert [] == [one for _, _, wrong in seen for one in wrong]


def test_the_largest_screen_has_room_for_every_page(browser: Browser, pages: Served) -> None:
    """Nothing scrolls sideways at 4K either."""
    seen = look(browser, pages.shots, pages.cookies, size=_HUGE, scheme="light", axe=False)
    assert [] == [one for _, _, wrong in seen for one in wrong]
