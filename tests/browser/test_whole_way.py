"""What people do in pages, from a customer's mail to what the overview says in the end."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Open
from browser.living import CUSTOMER, ask, living, look_at, sign_in
from gateway.demo.stage import Stage
from gateway.web.feedback_words import WORDS

WORDING = WORDS["en"]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A daemon of its own for one test."""
    with living(tmp_path) as one:
        yield one


def test_a_case_from_the_first_mail_to_its_stars(stage: Stage, open_page: Open) -> None:
    """Mail in, the agent answers and closes, the link opens, stars are given, the average shows."""
    number = _number(ask(stage, "Toolbar", "Where do I switch it on?").mail.subject)
    console = open_page().page
    sign_in(stage, console)
    console.goto(f"{stage.console_url}/overview")
    expect(console.get_by_text("nobody has rated yet", exact=True)).to_be_visible()
    console.goto(f"{stage.console_url}/tickets")
    console.get_by_role("link", name=number).click()
    console.get_by_label("Your text").fill("In the menu, below View.")
    console.get_by_role("button", name="Send", exact=True).click()
    answer = stage.mailroom.wait(CUSTOMER, 2)
    assert "In the menu, below View." in answer.mail.text
    _close(console, stage, number)
    link = re.search(r"http://\S+/feedback/\w+", stage.mailroom.wait(CUSTOMER, 3).mail.text)
    assert link is not None
    _rate(open_page().page, link[0])
    console.goto(f"{stage.console_url}/overview")
    card = console.locator(".card", has=console.locator("dt", has_text="Rating"))
    expect(card.locator("dd")).to_contain_text("4.0")
    expect(console.get_by_text("It worked, but late.")).to_be_visible()


def test_a_template_from_its_preview_to_its_roll_back(stage: Stage, open_page: Open) -> None:
    """A mistake shows at its line and cannot be saved; what is saved is sent, until taken back."""
    before = ask(stage, "First", "How do I begin?").mail.text
    page = open_page().page
    sign_in(stage, page)
    _open_acknowledgement(page, stage)
    body = page.get_by_label("Text", exact=True)
    sound = body.input_value()
    body.fill("Hello,\n\nthank you, {{ persn.name }}.\n")
    expect(page.get_by_role("link", name="line 3")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("this cannot be saved")).to_be_visible()
    assert before == _same_but_number(ask(stage, "Second", "How do I begin?").mail.text, before)
    body = page.get_by_label("Text", exact=True)
    body.fill(f"THE NEW WORDING\n\n{sound}")
    expect(page.locator("#outcome").get_by_text("THE NEW WORDING")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as version")).to_be_visible()
    assert "THE NEW WORDING" in ask(stage, "Third", "How do I begin?").mail.text
    _take_back(page)
    assert "THE NEW WORDING" not in ask(stage, "Fourth", "How do I begin?").mail.text


def _number(subject: str) -> str:
    found = re.search(r"\[([A-Z]+-\d+)\]", subject)
    assert found is not None
    return found[1]


def _same_but_number(text: str, other: str) -> str:
    """Give a text with the number of the other in place of its own."""
    pattern = r"[A-Z]{2,}-\d+"
    old, new = re.search(pattern, text), re.search(pattern, other)
    assert old is not None
    assert new is not None
    return text.replace(old[0], new[0])


def _close(page: Page, stage: Stage, number: str) -> None:
    page.goto(f"{stage.console_url}/tickets/{number}")
    page.get_by_text("Solve, close, wait, hold").click()
    page.get_by_role("button", name="Close").click()


def _rate(page: Page, link: str) -> None:
    """Give four stars, so quickly that the page wants to know that no program did."""
    page.goto(link)
    page.get_by_label(WORDING.marks[3]).check()
    page.get_by_label(WORDING.comment).fill("It worked, but late.")
    page.get_by_role("button", name=WORDING.send).click()
    mine, thanks = WORDING.mine, page.get_by_text(WORDING.thanks.format(stars=4))
    page.get_by_role("button", name=mine).or_(thanks).first.wait_for()
    if not thanks.is_visible():
        look_at(page, seconds=4)
        page.get_by_role("button", name=mine).click()
    expect(thanks).to_be_visible()


def _open_acknowledgement(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.console_url}/templates")
    page.get_by_label("Desk").select_option("reseller-first")
    page.get_by_role("button", name="Show").click()
    row = page.get_by_role("row").filter(has_text="customer/acknowledge")
    row.get_by_role("link").first.click()


def _take_back(page: Page) -> None:
    page.get_by_role("link", name="Versions").first.click()
    page.get_by_role("button", name=re.compile("^Take version .* back$")).click()
    expect(page.get_by_text("It holds on every node within seconds")).to_be_visible()
