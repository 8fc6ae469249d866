"""A page of a browser, watched for whatever must never happen on any."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Page,
    Request,
)

# A desk, and the smallest phone that anybody has.
WIDE, NARROW = (1280, 900), (320, 640)


@dataclass(slots=True)
class Watched:
    """A page with all that went wrong on it: errors, refusals of its policy, foreign requests."""

    context: BrowserContext
    page: Page
    troubles: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def close(self) -> None:
        """Close it, and what it has open."""
        self.context.close()


def watched(
    browser: Browser,
    *,
    size: tuple[int, int] = WIDE,
    scheme: str = "light",
    script: bool = True,
    **context: Any,  # noqa: ANN401  passed on to Playwright
) -> Watched:
    """Open a page of that size in a context of its own."""
    width, height = size
    made = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=script,
        **context,
    )
    one = Watched(made, made.new_page())
    made.on("page", lambda page: _watch(one, page))
    _watch(one, one.page)
    return one


def _watch(one: Watched, page: Page) -> None:
    def said(message: ConsoleMessage) -> None:
        # A page that is refused is what some tests are about; it says so itself.
        if message.type == "error" and "Failed to load resource" not in message.text:
            one.troubles.append(message.text)

    def failed(error: Error) -> None:
        one.troubles.append(str(error))

    def asks(request: Request) -> None:
        one.asked.append(request.url)
        if not request.url.startswith(("http://127.0.0.1:", "data:", "about:", "blob:")):
            one.troubles.append(f"asked {request.url}")

    def asked(dialog: Dialog) -> None:
        one.troubles.append(dialog.message)
        dialog.dismiss()

    page.on("console", said)
    page.on("pageerror", failed)
    page.on("request", asks)
    page.on("dialog", asked)


def scrolls_sideways(page: Page) -> bool:
    """Say whether a page is wider than the window."""
    wide: bool = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return wide
