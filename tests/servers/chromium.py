"""A real browser for the tests: Chromium as the system has it, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

HOW_TO_GET_IT = "apt-get install chromium fonts-dejavu-core"

# A test needs no sandbox against pages of its own, and root cannot have one. It asks nobody else
# for anything.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def require() -> str:
    """Give where Chromium is. Skips the test without it, or fails where nothing may be left out."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        message = f"no Chromium here: {HOW_TO_GET_IT}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


@contextmanager
def running(executable: str) -> Iterator[Browser]:
    """Run a browser without windows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, headless=True, args=list(_ARGUMENTS)
        )
        try:
            yield browser
        finally:
            browser.close()
