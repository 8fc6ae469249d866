"""The page of a ticket in a browser: what was begun there is not lost."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.conftest import Open
from gateway.config.served import Console
from gateway.console.application import console
from gateway.serving.bells import SILENT
from gateway.serving.server import ServingThread
from lib.console import visitor
from lib.workbench import Workbench, mail, workbench


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Workbench, str]]:
    """A house with one case whose console is served, and the address of it."""
    with workbench(tmp_path, "sqlite:///casepost.db") as bench:
        thread = ServingThread(
            "console", "127.0.0.1", 0, console(lambda: bench.house, bench.now, SILENT)
        )
        thread.start()
        base = f"http://127.0.0.1:{thread.port}"
        settings = replace(bench.house.settings, console=Console(base_url=base, port=thread.port))
        bench.house = replace(bench.house, settings=settings)
        bench.deliver(mail(subject="Toolbar"))
        bench.work()
        yield bench, base
        thread.stop(1)


def test_a_text_that_was_begun_is_not_lost(open_page: Open, site: tuple[Workbench, str]) -> None:
    """Leaving asks first, and so does a button of another form; sending the text does not."""
    bench, base = site
    opened = open_page()
    page = opened.page
    secret = visitor(bench, address="ada@north.example").cookies["casepost"]
    opened.context.add_cookies([{"name": "casepost", "value": secret, "url": base}])
    (ticket,) = bench.rows("tickets")
    page.goto(f"{base}/tickets/{ticket['number']}")
    page.get_by_label("Your text").fill("Half a sent")
    for leaving in (
        page.get_by_role("link", name="Overview"),
        page.get_by_role("button", name="Take the case", exact=True),
    ):
        with page.expect_event("dialog") as asked:
            leaving.click()
        assert "beforeunload" == asked.value.type
        expect(page.get_by_label("Your text")).to_have_value("Half a sent")
    # Each was answered by staying; whatever else asks is not in order.
    assert ["", ""] == opened.troubles
    opened.troubles.clear()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("On its way.")).to_be_visible()
