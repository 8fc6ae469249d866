"""Mails that mean no good, in a real browser: on no page that shows one does anything of it live.

Each piece of the corpus would open a dialog or ask a foreign host; a browser that does either, or
has to refuse it, has been handed more than text.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from browser.conftest import Open
from browser.watched import Watched
from gateway.config.served import Console
from gateway.console.application import console
from gateway.desk.route import Routes
from gateway.mail.model import Verdict
from gateway.serving.server import ServingThread
from gateway.store import audit, sessions, users
from gateway.store.audit import Act
from gateway.web.pages import pages
from lib.console import CHIEF, visitor
from lib.rating import ADA, asking, closed, link, rate
from lib.workbench import Workbench
from lib.xss import PIECES, attacks

DESK = "help@north.example"
SOME = PIECES[1::26]
EDITOR = "/templates/edit?desk=north&language=en&name=customer/acknowledge"

# What of a page would run or lead elsewhere, as the browser has understood it: its own reader of
# HTML is the one that counts.
_LIVELY = """
() => {
 const leads = (value) => {
  const there = new URL(value, document.baseURI);
  return there.host === location.host || there.protocol === "cid:";
 };
 return [...document.querySelectorAll("*")].flatMap((one) => {
  const found = [...one.attributes].filter((attribute) =>
    attribute.name.startsWith("on") ||
    ["srcdoc", "srcset", "background"].includes(attribute.name) ||
    (/^(href|src|action|formaction|data|poster)$/.test(attribute.name) &&
      !leads(attribute.value)));
  const name = one.localName;
  const foreign = ["object", "embed", "base", "math", "plaintext"].includes(name) ||
    (name === "script" && !one.getAttribute("src")?.startsWith("/assets/")) ||
    (name === "iframe" && one.getAttribute("sandbox") !== "") ||
    (name === "meta" && one.hasAttribute("http-equiv"));
  return [...found.map((attribute) => `${name} ${attribute.name}=${attribute.value}`),
    ...(foreign ? [one.outerHTML.slice(0, 120)] : [])];
 });
}
"""
# Whatever waits for somebody to come upon it does not wait any longer.
_TOUCH = """
() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  for (const one of document.querySelectorAll("main *")) {
    one.dispatchEvent(new MouseEvent("mouseover", {bubbles: true}));
    one.dispatchEvent(new MouseEvent("mouseenter"));
    if (one.tabIndex >= 0) one.focus({preventScroll: true});
  }
}
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A house that got all that, and where it is served."""

    bench: Workbench
    console: str
    web: str
    secret: str
    token: str

    def opened(self, open_page: Open) -> Watched:
        """Give a page of an admin who has signed in."""
        seen = open_page()
        seen.context.add_cookies([{"name": "casepost", "value": self.secret, "url": self.console}])
        return seen


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A house whose desk got each piece as a case, and once more as a mail that is held."""
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("house")
        bench = stack.enter_context(asking(folder, "sqlite:///casepost.db"))
        # On a thread of its own, since the browser's loop runs on this one.
        with ThreadPoolExecutor(1) as apart:
            token = apart.submit(_written_to, bench).result()
        desks = (replace(bench.house.desks[0], case_page="90d"), *bench.house.desks[1:])
        bench.house = replace(bench.house, desks=desks, routes=Routes(desks))
        places = []
        for application in (console, pages):
            thread = ServingThread(
                "test", "127.0.0.1", 0, application(lambda: bench.house, bench.now)
            )
            thread.start()
            stack.callback(thread.stop, 1)
            places.append(f"http://127.0.0.1:{thread.port}")
        settings = bench.house.settings
        assert settings.web is not None
        web = replace(settings.web, base_url=places[1])
        settings = replace(settings, web=web, console=Console(base_url=places[0]))
        bench.house = replace(bench.house, settings=settings)
        yield Site(bench, places[0], places[1], visitor(bench).cookies["casepost"], token)


def _written_to(bench: Workbench) -> str:
    """Let everything come in, in mails and otherwise; give the link of a rating."""
    closed(bench)
    token = link(bench)
    rate(bench, token, 2, "\n".join(PIECES)[:900])
    for place, content in enumerate(attacks(DESK)):
        # So many mails of one author would be a storm.
        own = f"m{place % 9}@evil.example"
        bench.deliver_bytes(content.replace(b"mallory@evil.example", own.encode()), sender=own)
    bench.work()
    bench.time += timedelta(minutes=1)
    bench.work()
    bench.verdict = Verdict.UNKNOWN
    for content in attacks(DESK, ADA):
        bench.deliver_bytes(content.replace(b"Message-ID: <", b"Message-ID: <held"), sender=ADA)
    bench.work()
    _said_elsewhere(bench)
    return token


def _said_elsewhere(bench: Workbench) -> None:
    """Let people and browsers call themselves all that, and let it stand in the trail."""
    with bench.house.database.writing() as connection:
        chief = users.add(connection, CHIEF, "Chief", "admin", "", bench.now())
        end = bench.now() + timedelta(days=1)
        for place, piece in enumerate(PIECES):
            address = f"u{place}@north.example"
            users.add(connection, address, piece.replace("\0", ""), "agent", "", bench.now())
            plain = piece.replace("\0", "")
            act = Act(bench.now(), plain, "template.save", plain, plain, plain)
            audit.note(connection, act)
            if piece in SOME:
                sessions.begin(
                    connection, f"{place:064}", chief, bench.now(), end, browser=plain, peer=plain
                )


def look(page: Page, address: str) -> list[str]:
    """Open a page and come upon everything on it; give what is alive there."""
    answer = page.goto(address)
    assert answer is not None
    assert 200 == answer.status, address
    page.evaluate(_TOUCH)
    return [f"{address}: {one}" for one in page.evaluate(_LIVELY)]


def forget_its_own_pictures(seen: Watched) -> None:
    """Leave out that a picture which came with its mail is not shown: it is nothing from elsewhere.

    To be asked for, and refused, is what the policy of a frame is for.
    """
    seen.troubles[:] = [said for said in seen.troubles if "cid:x" not in said]


def test_no_list_runs_what_stands_in_it(site: Site, open_page: Open) -> None:
    """Of cases, of mails that wait or went out, of users and what they did; nor the overview."""
    page = site.opened(open_page).page
    lists = [
        *(
            "/overview",
            "/tickets?shown=all",
            "/tickets?shown=all&order=updated",
            "/held",
            "/failed",
        ),
        *("/outbox?state=queued", "/mails/waiting", "/mails/dropped", "/users", "/audit"),
        *("/account", "/held/drop?mails=60,61,62,63,64,65,66,67,68,69", "/templates", "/rules"),
    ]
    found = []
    for path in lists:
        found += look(page, site.console + path)
        for name in ("Older", "Next"):
            older = page.get_by_role("link", name=name)
            if older.count():
                address = older.first.get_attribute("href") or ""
                found += look(page, site.console + address)
    assert [] == found


def test_no_case_runs_what_was_written_on_it(site: Site, open_page: Open) -> None:
    """Neither its page, nor why its mail went its way, nor the mail's own HTML in its frame."""
    seen, rows = site.opened(open_page), site.bench.rows("entries")
    mails = [row for row in rows if row["spool"] and row["attachments"]]
    numbers = {row["id"]: row["number"] for row in site.bench.rows("tickets")}
    found = []
    for place, row in enumerate(mails):
        if place % 2:
            found += look(seen.page, f"{site.console}/tickets/{numbers[row['ticket']]}")
        found += look(seen.page, f"{site.console}/ticket-mails/{row['spool']}/html")
        if place % 13 == 0:
            found += look(seen.page, f"{site.console}/ticket-mails/{row['spool']}/why")
    forget_its_own_pictures(seen)
    assert [] == found
    assert len(PIECES) == len(mails)


def test_no_held_or_outgoing_mail_runs(site: Site, open_page: Open) -> None:
    """A mail that is on no case yet is read by those who decide on it, and so is what went out."""
    seen = site.opened(open_page)
    held = [row["id"] for row in site.bench.rows("spool") if row["state"] == "held"]
    out = [row["id"] for row in site.bench.rows("outbox") if row["template"] == "agent/new"]
    places = [f"/mails/{mail}" for mail in held[::8]]
    places += [f"/mails/{mail}/html" for mail in held[4::8]]
    places += [f"/outbox/{mail}" for mail in out[::13]]
    places += [f"/outbox/{mail}/html" for mail in out[4::13]]
    found = [one for place in places for one in look(seen.page, site.console + place)]
    forget_its_own_pictures(seen)
    assert [] == found
    assert out
    assert len(PIECES) == len(held)


def test_no_page_runs_what_is_asked_of_it(site: Site, open_page: Open) -> None:
    """What stands in an address is shown again in fields and sentences, and is text there."""
    page = site.opened(open_page).page
    found = []
    for piece in SOME:
        asked = urlencode(dict.fromkeys(("q", "tag", "assignee", "actor", "desk", "done"), piece))
        for path in ("/tickets", "/audit", "/templates", "/account", "/overview"):
            found += look(page, f"{site.console}{path}?{asked}")
        found += look(page, f"{site.console}/sign-out")
    assert [] == found


def test_a_mail_that_rules_or_templates_are_tried_on_runs_nothing(
    site: Site, open_page: Open
) -> None:
    """It is decided on, or its words are put into a template, and both are shown."""
    page, tickets = site.opened(open_page).page, site.bench.rows("tickets")
    found = []
    for ticket in tickets[1::26]:
        found += look(page, f"{site.console}{EDITOR}&{urlencode({'ticket': ticket['number']})}")
    page.goto(f"{site.console}/rules/try?mail=7")
    page.get_by_role("button", name="Try").first.click()
    page.get_by_role("heading", level=2).first.wait_for()
    page.evaluate(_TOUCH)
    found += page.evaluate(_LIVELY)
    assert [] == found


def test_no_page_of_customers_runs_it(site: Site, open_page: Open) -> None:
    """The page of a case, which says what its customer wrote, and the page of a rating."""
    page, house = open_page().page, site.bench.house
    found = look(page, f"{site.web}/feedback/{site.token}")
    end = site.bench.now() + timedelta(days=1)
    for ticket in site.bench.rows("tickets")[::3]:
        token = house.case_links.issue(ticket["id"], ticket["requester"], end)
        found += look(page, f"{site.web}/case/{token}")
    assert [] == found
