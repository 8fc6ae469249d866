"""A daemon with all that it serves, an MSA that keeps its mails, and whoever reads and writes."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from gateway.demo.stage import Arrived, Stage
from lib.daemon import starting
from servers.process import wait_until

CUSTOMER = "bob@studio.example"
AGENT = "anna@reseller-first.example"
DESK = "support@reseller-first.example"


@contextmanager
def living(folder: Path) -> Iterator[Stage]:
    """Run a daemon with the shipped desks; the agent is an admin of the console, too."""
    stage = Stage(folder)
    starting(stage.config)
    try:
        stage.start()
        yield stage
    finally:
        stage.stop()


def ask(stage: Stage, subject: str, text: str) -> Arrived:
    """Write to the desk as the customer, and give the acknowledgement."""
    before = stage.mailroom.count(CUSTOMER)
    mail = (
        f"From: Bob <{CUSTOMER}>\r\nTo: {DESK}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{secrets.token_hex(8)}@studio.example>\r\n\r\n{text}\r\n"
    )
    assert stage.send(CUSTOMER, DESK, mail.encode()).startswith("250")
    return stage.mailroom.wait(CUSTOMER, before + 1)


def sign_in(stage: Stage, page: Page) -> None:
    """Sign in to the console as the agent, who is an admin."""
    password = secrets.token_urlsafe(16)
    stage.let_in(AGENT, password)
    page.goto(f"{stage.console_url}/sign-in")
    page.get_by_label("Mail address").fill(AGENT)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Sign out").or_(
        page.get_by_role("button", name="Sign out")
    ).wait_for()


def look_at(page: Page, seconds: float) -> None:
    """Look at a page for as long as a person does before they press anything."""

    def looked() -> bool:
        age: float = page.evaluate("performance.now()")
        return age > seconds * 1000

    wait_until(looked, seconds=seconds + 30, what="somebody who has looked")
