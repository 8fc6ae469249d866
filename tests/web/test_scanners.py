"""Programs that open links and send forms rate nothing, and keep nobody from rating."""

import asyncio
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from starlette.types import Message

from gateway.desk.scanner import LEAST, TRAP_HOLDS, Showing
from gateway.mail.feedback_link import digest_of
from gateway.web.pages import pages
from gateway.web.showing import Showings
from lib.rating import asked, link
from lib.workbench import START, Workbench

SECOND = timedelta(seconds=1)
MOMENT = timedelta(milliseconds=50)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page answers."""

    status: int
    location: str
    text: str

    @property
    def form(self) -> dict[str, str]:
        """Give the fields of its form that nobody fills in."""
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.text)
        return {name: html.unescape(value) for name, value in found}


class Client:
    """Asks for pages, without a socket."""

    def __init__(self, bench: Workbench) -> None:
        """Ask a house."""
        self.bench = bench
        self._pages = pages(lambda: bench.house, bench.now)

    def get(self, url: str) -> Answer:
        """Look."""
        return asyncio.run(self._ask("GET", url, b""))

    def post(self, url: str, **fields: str) -> Answer:
        """Send."""
        return asyncio.run(self._ask("POST", url, urlencode(fields).encode()))

    async def _ask(self, method: str, url: str, body: bytes) -> Answer:
        said: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            said.append(message)

        await self._pages(_scope(method, url), receive, send)
        headers = dict(said[0]["headers"])
        text = b"".join(one.get("body", b"") for one in said[1:]).decode()
        return Answer(said[0]["status"], headers.get(b"location", b"").decode(), text)


def _scope(method: str, url: str) -> dict[str, Any]:
    where = urlsplit(url)
    form = (b"content-type", b"application/x-www-form-urlencoded")
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": where.path,
        "raw_path": where.path.encode(),
        "root_path": "",
        "query_string": where.query.encode(),
        "headers": [(b"host", b"localhost"), form],
    }


@pytest.fixture
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A house with a case that is closed, and that a low rating would reopen."""
    policy = 'notify = ["managers"]\nreopen = true'
    with asked(tmp_path_factory.mktemp("house"), policy) as opened:
        yield opened


@pytest.fixture
def client(bench: Workbench) -> Client:
    """Whoever asks for its pages."""
    return Client(bench)


@pytest.fixture
def path(bench: Workbench) -> str:
    """The page that the closure notice leads to."""
    return f"/feedback/{link(bench)}"


def rated(bench: Workbench) -> list[tuple[int | None, str]]:
    """Give what counts."""
    return [(row["stars"], row["comment"]) for row in bench.rows("feedback")]


def aside(bench: Workbench) -> list[int | None]:
    """Give what was said and does not count."""
    return [row["unconfirmed_stars"] for row in bench.rows("feedback")]


def scan(client: Client, first: str, *, links: bool = True) -> int:
    """Open all there is from a page on and send each form with each choice; count what was sent."""
    sent, waiting, seen = 0, [first], set[str]()
    while waiting:
        url = waiting.pop()
        if url in seen or len(seen) > 30:
            continue
        seen.add(url)
        answer = client.get(url)
        client.bench.time += MOMENT
        if links:
            found = re.findall(r'<a href="([^"]+)"', answer.text)
            waiting += [urljoin(url, html.unescape(one)) for one in found]
        for stars in re.findall(r'name="stars" value="(\d)"', answer.text):
            fields = {**answer.form, "stars": stars, "comment": "x"}
            taken = client.post(url, **fields)
            client.bench.time += MOMENT
            sent += 1
            if taken.location:
                waiting.append(urljoin(url, taken.location))
    return sent


@pytest.mark.parametrize("links", [True, False])
def test_a_scanner_that_sends_every_form_at_once_rates_nothing(
    bench: Workbench, client: Client, path: str, *, links: bool
) -> None:
    """Neither does it reopen a case, nor tell anybody; what it said stands aside."""
    before = {table: bench.rows(table) for table in ("events", "tickets", "outbox")}

    assert scan(client, path, links=links) > 5

    assert bench.time - START < 4 * SECOND
    assert [(None, "")] == rated(bench)
    assert [None] != aside(bench)
    assert before == {table: bench.rows(table) for table in before}


def test_whoever_comes_after_a_scanner_is_asked_to_confirm_and_counts(
    bench: Workbench, client: Client, path: str
) -> None:
    """One more button, no script; they are shown nothing of what the scanner said."""
    scan(client, path)
    bench.time += 60 * SECOND
    page = client.get(path)
    bench.time += 20 * SECOND
    taken = client.post(path, **page.form, stars="4", comment="Good\r\nhelp")
    question = client.get(urljoin(path, taken.location))
    bench.time += 5 * SECOND
    thanked = client.post(urljoin(path, taken.location), **question.form)

    assert "checked" not in page.text
    assert (303, f"{path.rpartition('/')[2]}?unconfirmed") == (taken.status, taken.location)
    assert "4 of 5 stars" in question.text
    assert (303, path.rpartition("/")[2]) == (thanked.status, thanked.location)
    assert [(4, "Good\nhelp")] == rated(bench)
    assert [None] == aside(bench)


def test_a_person_counts_at_once(bench: Workbench, client: Client, path: str) -> None:
    """Where no scanner was, or long before."""
    page = client.get(path)
    client.get(f"{path}/contents")
    bench.time += TRAP_HOLDS
    client.post(path, **page.form, stars="5")

    assert [(5, "")] == rated(bench)


def test_a_confirmation_that_comes_at_once_is_none(
    bench: Workbench, client: Client, path: str
) -> None:
    """It is asked for again."""
    client.post(path, stars="1")
    bench.time += MOMENT
    question = client.get(f"{path}?unconfirmed")
    bench.time += LEAST - MOMENT
    again = client.post(path, **question.form)
    bench.time += MOMENT
    same = client.post(path, **question.form)
    assert ("?", [(None, "")]) == (same.location[-12:-11], rated(bench))
    question = client.get(f"{path}?unconfirmed")
    bench.time += LEAST
    done = client.post(path, **question.form)

    assert (True, False) == ("?" in again.location, "?" in done.location)
    assert [(1, "")] == rated(bench)


def test_whoever_sent_something_at_once_is_no_person_a_little_later(
    bench: Workbench, client: Client, path: str
) -> None:
    """Such as a program that takes a second for each of the choices of one form."""
    page = client.get(path)
    for stars in "12345" * 2:
        bench.time += SECOND
        client.post(path, **page.form, stars=stars)

    assert [(None, "")] == rated(bench)
    assert [5] == aside(bench)


def test_the_trap_of_the_question_counts_however_soon_it_comes_after_another(
    bench: Workbench, client: Client, path: str
) -> None:
    """Nobody hides behind it that what follows links without end writes less often."""
    page = client.get(path)
    bench.time += MOMENT
    client.get(trap_on(path, page))
    taken = client.post(path, **page.form, stars="1")
    bench.time += MOMENT
    question = client.get(urljoin(path, taken.location))
    bench.time += MOMENT
    client.get(trap_on(path, question))
    bench.time += 20 * SECOND
    client.post(path, **question.form)

    assert [(None, "")] == rated(bench)


def trap_on(path: str, page: Answer) -> str:
    """Give where the link leads that nobody sees."""
    (trap,) = re.findall(r'<p hidden><a href="([^"]+)"', page.text)
    return urljoin(path, html.unescape(trap))


def test_a_confirmation_after_the_trap_is_none(bench: Workbench, client: Client, path: str) -> None:
    """Whoever follows what nobody sees on the question, too, is no person."""
    client.post(path, stars="5")
    question = client.get(f"{path}?unconfirmed")
    trap = html.unescape(re.findall(r'<p hidden><a href="([^"]+)"', question.text)[0])
    assert 200 == client.get(urljoin(path, trap)).status
    bench.time += 20 * SECOND
    client.post(path, **question.form)

    assert [(None, "")] == rated(bench)


def test_what_is_aside_is_asked_about_by_nobody_else(
    bench: Workbench, client: Client, path: str
) -> None:
    """The page itself shows nothing of it, nor does the question where there is none."""
    assert 'name="comment" value' not in client.get(f"{path}?unconfirmed").text
    client.post(path, stars="2", comment="From a program")
    bench.time += 5 * SECOND

    assert "From a program" not in client.get(path).text
    assert "From a program" in client.get(f"{path}?unconfirmed").text


def test_a_mark_that_is_not_ours_is_none(bench: Workbench, client: Client, path: str) -> None:
    """Whatever a form says of when it was shown is signed."""
    mark = client.get(path).form["shown"]
    others = (
        "",
        mark[:-1] + ("a" if mark[-1] != "a" else "b"),
        mark.replace("-f-", "-c-"),
        re.sub(r"-(\d)(\d+)-", r"-\g<1>0\2-", mark),
        "9" + mark,
        f"1-f-{'9' * 14}-{'a' * 26}",
        mark * 100,
    )
    for other in others:
        bench.time += 60 * SECOND
        assert 303 == client.post(path, stars="5", shown=other).status

    assert [(None, "")] == rated(bench)


def test_a_mark_holds_for_its_page_and_is_read_by_all_keys() -> None:
    """A key that has been replaced still says when a form was shown."""
    old = Showings({"1": b"a" * 32}, "1")
    new = Showings({"1": b"a" * 32, "2": b"b" * 32}, "2")
    page, other = "a" * 26, "b" * 26
    showing = Showing(START, confirms=True)

    assert showing == new.read(page, old.mark(page, showing))
    assert showing == new.read(page.upper(), new.mark(page, showing))
    assert None is old.read(page, new.mark(page, showing))
    assert None is new.read(other, new.mark(page, showing))
    assert None is new.read(page, new.mark(page, replace(showing, confirms=False))[:-1])
    assert "aaaa" not in repr(old)
    assert digest_of(page) not in new.mark(page, showing)
