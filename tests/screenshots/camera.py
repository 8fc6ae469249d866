"""Takes the picture of a page: in each size, light and dark, small enough to be kept."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from browser.accessible import serious
from browser.watched import NARROW, WIDE, scrolls_sideways, watched

_QUALITY = 55
# Of a page that is longer the rest says nothing new.
_TALLEST = 1800

SIZES = {"wide": WIDE, "narrow": (390, 844), "narrowest": NARROW}
# The narrowest is looked at, and not kept.
_KEPT = ("wide", "narrow")

Cookies = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Shot:
    """A page by its name and its address; `ready` selects what has to be there.

    `typed` is put into what `into` selects first, if anything.
    """

    name: str
    url: str
    ready: str = "main"
    into: str = ""
    typed: str = ""


def take(
    browser: Browser, shots: Sequence[Shot], cookies: Cookies, folder: Path
) -> Iterator[tuple[str, list[str]]]:
    """Take all pictures; give each one's name, and what is wrong with that page."""
    for scheme in ("light", "dark"):
        for name, size in SIZES.items():
            for shot, page, wrong in look(browser, shots, cookies, size=size, scheme=scheme):
                if name in _KEPT:
                    path = folder / f"{shot.name}-{name}-{scheme}.webp"
                    path.write_bytes(_picture(page, size[0]))
                yield f"{shot.name}-{name}-{scheme}", wrong


def look(
    browser: Browser,
    shots: Sequence[Shot],
    cookies: Cookies,
    *,
    size: tuple[int, int],
    scheme: str,
    axe: bool = True,
) -> Iterator[tuple[Shot, Page, list[str]]]:
    """Look at all pages in one size and scheme, and give what is wrong with each.

    `cookies` are those of a host, by the beginning of its addresses. `axe` looks for what hinders
    people, too, which takes longest.
    """
    one = watched(browser, size=size, scheme=scheme, reduced_motion="reduce")
    for address, of_host in cookies.items():
        one.context.add_cookies(
            [{"name": n, "value": v, "url": address} for n, v in of_host.items()]
        )
    for shot in shots:
        one.troubles.clear()
        one.page.goto(shot.url)
        if shot.into:
            one.page.fill(shot.into, shot.typed)
        one.page.wait_for_selector(shot.ready)
        wrong = [*one.troubles, *(serious(one.page) if axe else ())]
        if scrolls_sideways(one.page):
            wrong.append(f"{shot.url} scrolls sideways at {size[0]} pixels")
        yield shot, one.page, wrong
    one.close()


def _picture(page: Page, width: int) -> bytes:
    """Give the picture of a page as WebP, which only the browser's own protocol gives."""
    tall: int = page.evaluate("document.documentElement.scrollHeight")
    session = page.context.new_cdp_session(page)
    clip = {"x": 0, "y": 0, "width": width, "height": min(tall, _TALLEST), "scale": 1}
    options = {"format": "webp", "quality": _QUALITY, "captureBeyondViewport": True, "clip": clip}
    taken = session.send("Page.captureScreenshot", options)
    session.detach()
    return base64.b64decode(taken["data"])
