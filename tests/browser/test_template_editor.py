"""The editor of templates in a browser: what is typed is shown and judged at once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open
from browser.watched import Watched
from gateway.config.served import Console
from gateway.console.application import console
from gateway.editing import refreshed
from gateway.serving.bells import Bells
from gateway.serving.server import ServingThread
from lib.console import visitor
from lib.workbench import Workbench, workbench

EDITOR = "/templates/edit?desk=north&language=en&name=customer/acknowledge"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Workbench, str]]:
    """A house whose console is served, and the address of it."""
    with workbench(tmp_path, "sqlite:///casepost.db") as bench:

        def edited() -> None:
            bench.house = refreshed(bench.house)

        application = console(lambda: bench.house, bench.now, Bells(edited=edited))
        thread = ServingThread("console", "127.0.0.1", 0, application)
        thread.start()
        base = f"http://127.0.0.1:{thread.port}"
        settings = replace(bench.house.settings, console=Console(base_url=base, port=thread.port))
        bench.house = replace(bench.house, settings=settings)
        yield bench, base
        thread.stop(1)


def signed_in(opened: Watched, site: tuple[Workbench, str]) -> Page:
    """Give a page of the editor as an admin sees it."""
    bench, base = site
    secret = visitor(bench).cookies["casepost"]
    opened.context.add_cookies([{"name": "casepost", "value": secret, "url": base}])
    opened.page.goto(base + EDITOR)
    return opened.page


def test_what_is_typed_is_shown_judged_and_saved(
    open_page: Open, site: tuple[Workbench, str]
) -> None:
    """The line that is wrong is marked, and a click leads to it; the HTML has its styles."""
    page = signed_in(open_page(), site)
    page.locator("#body").fill("Hello,\n\n{{ persn.name }}\n")
    expect(page.locator("#verdict")).to_have_text("One thing is wrong.")
    expect(page.locator(".gutter .bad")).to_have_text("3")
    page.get_by_role("link", name="Text, line 3").click()
    expect(page.locator("#body")).to_be_focused()
    selected = "document.activeElement.value.slice(document.activeElement.selectionStart)"
    assert "persn.name }}\n" == page.evaluate(selected)
    page.locator("#body").fill("Hello {{ ticket.number }}\n")
    page.locator("#html").fill('<p style="color: #123456">Hello {{ ticket.number }}</p>')
    expect(page.locator(".mail-text")).to_have_text("Hello AC-000018")
    frames = page.locator("#as-html iframe")
    shown = frames.last.content_frame.get_by_text("Hello AC-000018")
    expect(shown).to_have_css("color", "rgb(18, 52, 86)")
    expect(frames).to_have_count(1)
    page.get_by_text("What it may say").click()
    page.locator("#note").fill("shorter")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as version 2")).to_be_visible()
    kept = [row["text"] for row in site[0].rows("template_versions")]
    assert "Hello {{ ticket.number }}\n" == kept[0]


def test_without_script_buttons_do_the_same(open_page: Open, site: tuple[Workbench, str]) -> None:
    """What is written stays in the form from page to page."""
    page = signed_in(open_page(script=False), site)
    page.locator("#body").fill("Hello {{ nobody }}\n")
    page.locator("#html").fill("<p>Plain {{ ticket.number }}</p>")
    page.get_by_role("button", name="Preview").first.click()
    expect(page.get_by_text('there is no value "nobody"')).to_be_visible()
    page.locator("#body").fill("Hello {{ ticket.number }}\n")
    page.get_by_role("button", name="Preview").first.click()
    page.get_by_role("button", name="Show the HTML as it is written").click()
    expect(page.frame_locator("iframe").get_by_text("Plain AC-000018")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as version 2")).to_be_visible()
    page.get_by_role("link", name="Versions", exact=True).click()
    page.get_by_role("button", name="Take version 2 back").click()
    expect(page.get_by_text("Saved as version 4")).to_be_visible()
